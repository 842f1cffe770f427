"""The head coach's forms on the club's page; they call the same functions as the API."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.http.forms import SerializerForm
from astral.http.pages import FormTargetPage
from athletes.models import ApiKey, Invitation
from athletes.organizations.api_keys import SECRET_PREFIX, confirm_api_key, create_api_key, end_api_key
from athletes.organizations.invitations import (
    InvitationOffer,
    build_invitation_link,
    create_invitation,
    end_invitation,
    invite_by_email,
    resend_invitation,
)
from athletes.organizations.membership import (
    change_membership,
    hand_over_organization,
    leave_organization,
    require_second_factor,
)
from athletes.organizations.pages.organization import OrganizationDetailPageBase
from athletes.organizations.pages.organization_forms import (
    ApiKeyForm,
    ChosenApiKeyForm,
    EmailInvitationForm,
    HandOverForm,
    LinkInvitationForm,
    ManageInvitationForm,
    ManageMemberForm,
    SecondFactorRuleForm,
)
from athletes.secret_tokens import derive_secret, hash_secret

CONSOLE_EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"


class OrganizationFormPage(OrganizationDetailPageBase, FormTargetPage):
    """`form_name`: the form's name in the template.

    A form in a row of a table is called `row_form`. Its errors are shown above the table.
    """

    form_name: ClassVar[str] = "row_form"

    def build_form(self, data: QueryDict | None = None) -> SerializerForm:
        return self.form_class(data, context={"now": timezone.now()})

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self.render_organization(**{self.form_name: form})

    def build_repeat_url(self) -> str:
        return f"{reverse('club-page')}?org_id={self.club.public_id}"

    def build_secret(self, prefix: str = "") -> str:
        """The secret of this form, the same for each sending. Empty for a form without a one-time token."""
        return derive_secret(self.form_token, self.person.pk, prefix) if self.form_token else ""

    def redirect_with_notice(self, notice: str) -> HttpResponse:
        messages.success(self.request, notice)
        return redirect(self.build_repeat_url())

    def build_join_url(self) -> str:
        return self.request.build_absolute_uri(reverse("join-page"))


class InviteByLinkPage(OrganizationFormPage):
    form_class = LinkInvitationForm
    form_name = "link_form"

    def save(self, values: dict[str, Any]) -> HttpResponse:
        if self._find_invitation():  # of this form, sent long ago
            return self.answer_repeat("")
        offer, secret = InvitationOffer(**values), self.build_secret()
        invitation, token = create_invitation(self.club, offer, self.person, timezone.now(), secret)
        return self._show_link(invitation, token)

    def answer_repeat(self, location: str) -> HttpResponse:
        """Show the link of the first sending again: browsers show the answer to the last one only."""
        invitation = self._find_invitation()
        if invitation is None or invitation.ended_at:
            return super().answer_repeat(location)
        return self._show_link(invitation, self.build_secret())

    def _find_invitation(self) -> Invitation | None:
        digest = hash_secret(self.build_secret())
        found = Invitation.objects.filter(organization=self.club, digest=digest)
        return found.first() if self.form_token else None

    def _show_link(self, invitation: Invitation, token: str) -> HttpResponse:
        link = build_invitation_link(token, self.build_join_url())
        return self.render_organization(new_link=link, new_invitation=invitation)


class InviteByEmailPage(OrganizationFormPage):
    saves_in_transaction = False  # it waits for the mail server
    form_class = EmailInvitationForm
    form_name = "mail_form"

    def save(self, values: dict[str, Any]) -> HttpResponse:
        offer = InvitationOffer(**values)
        invite_by_email(self.club, offer, self.person, timezone.now(), join_page=self.build_join_url())
        return self.redirect_with_notice(format_email_notice(f"Invitation sent to {offer.email}."))


def format_email_notice(text: str) -> str:
    """`text`, or a hint that the console backend only prints the mail."""
    if settings.EMAIL_BACKEND != CONSOLE_EMAIL_BACKEND:
        return text
    return "No mail server is set up. The invitation and its link were printed in the server's terminal."


class ManageInvitationPage(OrganizationFormPage):
    saves_in_transaction = False  # it waits for the mail server
    form_class = ManageInvitationForm

    def save(self, values: dict[str, Any]) -> HttpResponse:
        now = timezone.now()
        pending = Invitation.objects.pending(now).filter(organization=self.club)
        invitation = self.permit.get_or_forbidden(pending.filter(pk=values["invitation_id"]).first())
        if values["do"] == "end":
            end_invitation(invitation, now)
            return self.redirect_with_notice("Invitation ended. Its link no longer works.")
        resend_invitation(invitation, self.person, now, join_page=self.build_join_url())
        notice = f"Sent again to {invitation.email}. The old link no longer works."
        return self.redirect_with_notice(format_email_notice(notice))


class CreateApiKeyPage(OrganizationFormPage):
    form_class = ApiKeyForm
    form_name = "key_form"

    def save(self, values: dict[str, Any]) -> HttpResponse:
        if self._find_key():  # of this form, sent long ago
            return self.answer_repeat("")
        secret = self.build_secret(SECRET_PREFIX)
        key, secret = create_api_key(self.club, by=self.person, secret=secret, **values)
        return self.render_organization(new_key=key, new_secret=secret)

    def answer_repeat(self, location: str) -> HttpResponse:
        """Show the secret of the first sending again, if the key is not ended."""
        key = self._find_key()
        if key is None:
            return super().answer_repeat(location)
        return self.render_organization(new_key=key, new_secret=self.build_secret(SECRET_PREFIX))

    def _find_key(self) -> ApiKey | None:
        digest = hash_secret(self.build_secret(SECRET_PREFIX))
        found = ApiKey.objects.filter(organization=self.club, digest=digest)
        return found.first() if self.form_token else None


class ApiKeyPageBase(OrganizationFormPage):
    form_class = ChosenApiKeyForm

    def get_key(self, values: dict[str, Any]) -> ApiKey:
        keys = ApiKey.objects.filter(organization=self.club, pk=values["key_id"])
        return self.permit.get_or_forbidden(keys.first())


class ConfirmApiKeyPage(ApiKeyPageBase):
    def save(self, values: dict[str, Any]) -> HttpResponse:
        key = confirm_api_key(self.get_key(values), self.person)
        return self.redirect_with_notice(f"Key {key.name} confirmed. It works again.")


class EndApiKeyPage(ApiKeyPageBase):
    def save(self, values: dict[str, Any]) -> HttpResponse:
        key = self.get_key(values)
        end_api_key(key, self.person)
        return self.redirect_with_notice(f"Key {key.name} deleted.")


class ManageMemberPage(OrganizationFormPage):
    form_class = ManageMemberForm

    def save(self, values: dict[str, Any]) -> HttpResponse:
        found = self.permit.members(self.club).select_related("user").filter(user=values["user_id"])
        membership = self.permit.get_or_forbidden(found.first())
        if values["do"] == "remove":
            leave_organization(membership)
            return self.redirect_with_notice(f"{membership.user} removed from the club.")
        sent_values = {name: values[name] for name in ("role", "status", "level") if name in values}
        changes: dict[str, Any] = {
            name: value for name, value in sent_values.items() if getattr(membership, name) != value
        }
        change_membership(membership, changes)
        return self.redirect_with_notice(f"{membership.user} saved.")


class SecondFactorRulePage(OrganizationFormPage):
    form_class = SecondFactorRuleForm

    def save(self, values: dict[str, Any]) -> HttpResponse:
        require_second_factor(self.club, "requires_second_factor" in values)
        return self.redirect_with_notice("Saved. It counts from the next sign-in of each coach.")


class HandOverPage(OrganizationFormPage):
    form_class = HandOverForm
    form_name = "hand_over_form"

    def save(self, values: dict[str, Any]) -> HttpResponse:
        hand_over_organization(self.club, values["user_id"], self.permit.viewer, timezone.now())
        return self.redirect_with_notice(f"{self.club.name} has a new head coach.")
