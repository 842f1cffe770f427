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
from athletes.organizations.api_keys import create_api_key, end_api_key
from athletes.organizations.invitations import (
    InvitationOffer,
    build_invitation_link,
    create_invitation,
    end_invitation,
    invite_by_email,
    resend_invitation,
)
from athletes.organizations.membership import change_membership, hand_over_organization, leave_organization
from athletes.organizations.pages.organization import OrganizationDetailPageBase
from athletes.organizations.serializers import CURRENT_STATUSES, INVITABLE_ROLES
from athletes.rights import Scope

CONSOLE_EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"


class OrganizationFormPage(OrganizationDetailPageBase):
    """Redirects to the club's page on success; otherwise shows the errors beside the form, or above it."""

    form: str  # whose errors they are

    def post(self, request: HttpRequest) -> HttpResponse:
        club, fields = self.club(), remove_empty_fields(form_data(request))
        try:
            shown_once = self.apply_change(club, fields.dict())
        except ValidationError as error:
            return self._render_again(club, fields.dict(), errors_by_field(error.detail))
        except ApiError as refusal:
            return self._render_again(
                club, fields.dict(), {refusal.details.get("field", "form"): str(refusal.detail)}
            )
        if shown_once:
            return self.render_organization(club, **shown_once)
        return redirect(f"{reverse('club-page')}?org_id={club.public_id}")

    def apply_change(self, club: Organization, fields: Mapping[str, Any]) -> dict[str, Any] | None:
        """Make the change; returns template context with a secret to show once, or None."""
        raise NotImplementedError

    def _render_again(
        self, club: Organization, fields: Mapping[str, Any], errors: Mapping[str, str]
    ) -> HttpResponse:
        return self.render_organization(club, fields={self.form: fields}, errors={self.form: errors})

    def build_join_url(self) -> str:
        return self.request.build_absolute_uri(reverse("join-page"))


class InviteByLinkPage(OrganizationFormPage):
    form = "link"

    def apply_change(self, club: Organization, fields: Mapping[str, Any]) -> dict[str, Any]:
        now = timezone.now()
        invitation, token = create_invitation(
            club, InvitationOffer(**LinkInvitationRequest.parse(fields, now=now)), self.person, now
        )
        return {"new_link": build_invitation_link(token, self.build_join_url()), "new_invitation": invitation}


class InviteByEmailPage(OrganizationFormPage):
    form = "mail"

    def apply_change(self, club: Organization, fields: Mapping[str, Any]) -> None:
        now = timezone.now()
        offer = InvitationOffer(**EmailInvitationRequest.parse(fields, now=now))
        invite_by_email(club, offer, self.person, now, join_page=self.build_join_url())
        messages.success(self.request, format_email_notice(f"Invitation sent to {offer.email}."))


def format_email_notice(text: str) -> str:
    """`text`, or a hint that the console backend only prints the mail."""
    if settings.EMAIL_BACKEND != CONSOLE_EMAIL_BACKEND:
        return text
    return "No mail server is set up. The invitation and its link were printed in the server's terminal."


class ManageInvitationForm(StrictSerializer):
    invitation_id = IdField(Invitation.prefix, help_text="Which one.")
    do = ChoiceField(["resend", "end"], help_text="Send it again with a new link, or end it.")


class ManageInvitationPage(OrganizationFormPage):
    form = "invitation"

    def apply_change(self, club: Organization, fields: Mapping[str, Any]) -> None:
        asked, now = ManageInvitationForm.parse(fields), timezone.now()
        opened = Invitation.objects.open(now).filter(organization=club)
        invitation = self.permit.get_or_forbidden(opened.filter(pk=asked["invitation_id"]).first())
        if asked["do"] == "end":
            end_invitation(invitation, now)
            messages.success(self.request, "Invitation ended. Its link no longer works.")
        else:
            resend_invitation(invitation, self.person, now, join_page=self.build_join_url())
            messages.success(
                self.request,
                format_email_notice(f"Sent again to {invitation.email}. The old link no longer works."),
            )


class CreateApiKeyForm(StrictSerializer):
    name = TextField(max_length=80, help_text="Key name.")
    scope = ChoiceField(Scope.choices, help_text="Access.")


class CreateApiKeyPage(OrganizationFormPage):
    form = "key"

    def apply_change(self, club: Organization, fields: Mapping[str, Any]) -> dict[str, Any]:
        asked = CreateApiKeyForm.parse(fields)
        given = {"name": asked["name"], "scopes": [asked["scope"]]}
        key, secret = create_api_key(club, by=self.person, **ApiKeyRequest.parse(given, now=timezone.now()))
        return {"new_key": key, "new_secret": secret}


class EndApiKeyForm(StrictSerializer):
    key_id = IdField(ApiKey.prefix, help_text="Which one.")


class EndApiKeyPage(OrganizationFormPage):
    form = "key"

    def apply_change(self, club: Organization, fields: Mapping[str, Any]) -> None:
        keys = ApiKey.objects.filter(organization=club, pk=EndApiKeyForm.parse(fields)["key_id"])
        key = self.permit.get_or_forbidden(keys.first())
        end_api_key(key, self.person)
        messages.success(self.request, f"Key {key.name} deleted.")


class ManageMemberForm(StrictSerializer):
    user_id = IdField(User.prefix, help_text="The member.")
    do = ChoiceField(["change", "remove"], help_text="Change the membership, or remove it.")
    role = ChoiceField(INVITABLE_ROLES, required=False, help_text="Role in the club.")
    status = ChoiceField(CURRENT_STATUSES, required=False, help_text="Coaches cannot see a suspended member.")
    level = TextField(default="", max_length=30, help_text="A word such as advanced.")


class ManageMemberPage(OrganizationFormPage):
    form = "member"

    def apply_change(self, club: Organization, fields: Mapping[str, Any]) -> None:
        asked = ManageMemberForm.parse(fields)
        found = self.permit.members(club).select_related("user").filter(user=asked["user_id"])
        membership = self.permit.get_or_forbidden(found.first())
        if asked["do"] == "remove":
            leave_organization(membership)
            messages.success(self.request, f"{membership.user} removed from the club.")
            return
        changes = {name: asked[name] for name in ("role", "status", "level") if name in asked}
        same = {name for name, value in changes.items() if getattr(membership, name) == value}
        change_membership(membership, {name: value for name, value in changes.items() if name not in same})
        messages.success(self.request, f"{membership.user} saved.")


class HandOverForm(StrictSerializer):
    user_id = IdField(User.prefix, help_text="The new head coach.")
    sure = ChoiceField(["on"], help_text="Tick to confirm.")


class HandOverPage(OrganizationFormPage):
    form = "hand_over"

    def apply_change(self, club: Organization, fields: Mapping[str, Any]) -> None:
        hand_over_organization(club, HandOverForm.parse(fields)["user_id"], self.permit.viewer)
        messages.success(self.request, f"{club.name} has a new head coach.")
