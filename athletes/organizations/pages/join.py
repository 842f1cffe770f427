"""Page: join a club with an invitation, with an existing or a new account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone

from astral.http.forms import InputField
from astral.http.pages import FormPage
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.pages.fields import DisplayNameField, NewPasswordField, TimeZoneField, TimeZoneForm
from athletes.accounts.second_factor.steps import open_session
from athletes.organizations.access_serializers import AcceptInvitationRequest
from athletes.organizations.invitations import NewAccount, accept_invitation
from athletes.roles import Role


class JoinForm(TimeZoneForm):
    """A signed-in user gives the code only."""

    serializer_class = AcceptInvitationRequest
    ignores_empty = True
    # The serializer tells those who signed in meanwhile to send the token only.
    extra_fields = ("email", "password", "display_name", "timezone")
    token = InputField(
        "Invitation code",
        hint="The part of your link after the #.",
        required=True,
        max_length=100,
        autocomplete="off",
    )
    email = InputField(
        "E-mail address",
        hint="You sign in with it.",
        type="email",
        required=True,
        max_length=254,
        autocomplete="username",
    )
    password = NewPasswordField("Password")
    display_name = DisplayNameField()
    timezone = TimeZoneField()

    def __init__(self, data: QueryDict | None, *, signed_in: bool) -> None:
        super().__init__(data, context={"signed_in": signed_in})
        if signed_in:
            self.fields = {"token": self.fields["token"]}


class JoinPage(ProtectedPage, FormPage):
    """Accepts the token of an invitation.

    The token follows the # of the link. Browsers do not send that part, so a script copies it into the form.
    """

    template_name = "athletes/organizations/join.html"

    def build_form(self, data: QueryDict | None = None) -> JoinForm:
        return JoinForm(data, signed_in=self.page_user.signed_in)

    def save(self, values: dict[str, Any]) -> HttpResponse:
        signed_in = self.page_user.signed_in
        person = self.person if signed_in else _build_account(values)
        membership = accept_invitation(values["token"], person, timezone.now())
        if not signed_in:
            open_session(self.request, membership.user)
        messages.success(self.request, f"Welcome to {membership.organization.name}!")
        return redirect("sharing-page" if membership.role == Role.ATHLETE else "home-page")


def _build_account(values: dict[str, Any]) -> NewAccount:
    return NewAccount(
        values["email"], values["password"], values.get("display_name", ""), values.get("timezone")
    )
