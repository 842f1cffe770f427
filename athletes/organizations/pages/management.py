"""The head coach's forms on the club's page; they call the same functions as the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from astral.http.errors import ApiError
from astral.http.fields import ChoiceField, IdField, StrictSerializer, TextField
from astral.http.pages import errors_by_field, form_data, remove_empty_fields
from athletes.models import ApiKey, Invitation, Organization, User
from athletes.organizations.access_serializers import (
    ApiKeyRequest,
    EmailInvitationRequest,
    LinkInvitationRequest,
)
from athletes.organizations.api_keys import create_api_key
from athletes.organizations.invitations import (
    InvitationOffer,
    build_invitation_link,
    create_invitation,
    end_invitation,
    invite_by_email,
    resend_invitation,
)
from athletes.organizations.membership import change_membership, hand_over_organization, leave_organization
from athletes.organizations.pages.organization import ClubPageBase
from athletes.organizations.serializers import CURRENT_STATUSES, INVITABLE_ROLES
from athletes.rights import Scope

CONSOLE = "django.core.mail.backends.console.EmailBackend"


class ClubFormPage(ClubPageBase):
    """Redirects to the club's page on success; otherwise shows the errors beside the form, or above it."""

    form: str  # the key of this form's fields and errors in the template

    def post(self, request: HttpRequest) -> HttpResponse:
        club, fields = self.club(), remove_empty_fields(form_data(request))
        try:
            new_secret_context = self.change(club, fields.dict())
        except ValidationError as error:
            return self._render_errors(club, fields.dict(), errors_by_field(error.detail))
        except ApiError as error:
            return self._render_errors(
                club, fields.dict(), {error.details.get("field", "form"): str(error.detail)}
            )
        if new_secret_context:
            return self.render_club(club, **new_secret_context)
        return redirect(f"{reverse('club-page')}?org_id={club.public_id}")

    def change(self, club: Organization, fields: Mapping[str, Any]) -> dict[str, Any] | None:
        """Make the change; returns template context with a secret to show once, or None."""
        raise NotImplementedError

    def _render_errors(
        self, club: Organization, fields: Mapping[str, Any], errors: Mapping[str, str]
    ) -> HttpResponse:
        return self.render_club(club, fields={self.form: fields}, errors={self.form: errors})

    def join_page(self) -> str:
        return self.request.build_absolute_uri(reverse("join-page"))


class LinkPage(ClubFormPage):
    form = "link"

    def change(self, club: Organization, fields: Mapping[str, Any]) -> dict[str, Any]:
        now = timezone.now()
        invitation, token = create_invitation(
            club, InvitationOffer(**LinkInvitationRequest.parse(fields, now=now)), self.person, now
        )
        return {"new_link": build_invitation_link(token, self.join_page()), "new_invitation": invitation}


class MailPage(ClubFormPage):
    form = "mail"

    def change(self, club: Organization, fields: Mapping[str, Any]) -> None:
        now = timezone.now()
        offer = InvitationOffer(**EmailInvitationRequest.parse(fields, now=now))
        invite_by_email(club, offer, self.person, now, join_page=self.join_page())
        messages.success(self.request, mail_message(f"Invitation sent to {offer.email}."))


def mail_message(text: str) -> str:
    """`text`, or a hint that the console backend only prints the mail."""
    if settings.EMAIL_BACKEND != CONSOLE:
        return text
    return "No mail server is set up. The invitation and its link were printed in the server's terminal."


class InvitationForm(StrictSerializer):
    invitation_id = IdField(Invitation.prefix, help_text="Which one.")
    do = ChoiceField(["resend", "end"], help_text="Send it again with a new link, or end it.")


class InvitationPage(ClubFormPage):
    form = "invitation"

    def change(self, club: Organization, fields: Mapping[str, Any]) -> None:
        form, now = InvitationForm.parse(fields), timezone.now()
        opened = Invitation.objects.open(now).filter(organization=club)
        invitation = self.permit.get_or_forbidden(opened.filter(pk=form["invitation_id"]).first())
        if form["do"] == "end":
            end_invitation(invitation, now)
            messages.success(self.request, "Invitation ended. Its link no longer works.")
        else:
            resend_invitation(invitation, self.person, now, join_page=self.join_page())
            messages.success(
                self.request, mail_message(f"Sent again to {invitation.email}. The old link no longer works.")
            )


class KeyForm(StrictSerializer):
    name = TextField(max_length=80, help_text="Key name.")
    scope = ChoiceField(Scope.choices, help_text="Access.")


class KeyPage(ClubFormPage):
    form = "key"

    def change(self, club: Organization, fields: Mapping[str, Any]) -> dict[str, Any]:
        form = KeyForm.parse(fields)
        given = {"name": form["name"], "scopes": [form["scope"]]}
        key, secret = create_api_key(club, by=self.person, **ApiKeyRequest.parse(given, now=timezone.now()))
        return {"new_key": key, "new_secret": secret}


class KeyEndForm(StrictSerializer):
    key_id = IdField(ApiKey.prefix, help_text="Which one.")


class KeyEndPage(ClubFormPage):
    form = "key"

    def change(self, club: Organization, fields: Mapping[str, Any]) -> None:
        keys = ApiKey.objects.filter(organization=club, pk=KeyEndForm.parse(fields)["key_id"])
        key = self.permit.get_or_forbidden(keys.first())
        key.delete()
        messages.success(self.request, f"Key {key.name} deleted.")


class MemberForm(StrictSerializer):
    user_id = IdField(User.prefix, help_text="The member.")
    do = ChoiceField(["change", "remove"], help_text="Change the membership, or remove it.")
    role = ChoiceField(INVITABLE_ROLES, required=False, help_text="Role in the club.")
    status = ChoiceField(CURRENT_STATUSES, required=False, help_text="Coaches cannot see a suspended member.")
    level = TextField(default="", max_length=30, help_text="A word such as advanced.")


class MemberPage(ClubFormPage):
    form = "member"

    def change(self, club: Organization, fields: Mapping[str, Any]) -> None:
        form = MemberForm.parse(fields)
        found = self.permit.members(club).select_related("user").filter(user=form["user_id"])
        membership = self.permit.get_or_forbidden(found.first())
        if form["do"] == "remove":
            leave_organization(membership)
            messages.success(self.request, f"{membership.user} removed from the club.")
            return
        changes = {name: form[name] for name in ("role", "status", "level") if name in form}
        same = {name for name, value in changes.items() if getattr(membership, name) == value}
        change_membership(membership, {name: value for name, value in changes.items() if name not in same})
        messages.success(self.request, f"{membership.user} saved.")


class HandOverForm(StrictSerializer):
    user_id = IdField(User.prefix, help_text="The new head coach.")
    sure = ChoiceField(["on"], help_text="Tick to confirm.")


class HandOverPage(ClubFormPage):
    form = "hand_over"

    def change(self, club: Organization, fields: Mapping[str, Any]) -> None:
        hand_over_organization(club, HandOverForm.parse(fields)["user_id"], self.permit.viewer)
        messages.success(self.request, f"{club.name} has a new head coach.")
