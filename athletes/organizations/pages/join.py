"""Pages: join a club with an invitation, with an existing or a new account.

First the code, then the invitation itself: who invites, to which club, and what the athlete shares. The code
follows the # of the link. Browsers do not send that part, so a script copies it into the first form.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.forms import HiddenInput
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.http.fields import StrictSerializer, TextField
from astral.http.forms import CheckboxField, InputField, SerializerForm
from astral.http.pages import FormPage, FormTargetPage
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.pages.fields import DisplayNameField, NewPasswordField, TimeZoneField, TimeZoneForm
from athletes.accounts.second_factor.steps import begin_second_step, open_session
from athletes.accounts.sign_in import authenticate_account
from athletes.models import Invitation, Membership
from athletes.organizations.access_serializers import AcceptInvitationRequest
from athletes.organizations.invitations import (
    NewAccount,
    accept_invitation,
    build_invalid_invitation_error,
    find_open_invitation,
    needs_join_email,
    send_join_email,
)
from athletes.request_fields import EmailAddressField
from athletes.rights import Category
from athletes.roles import Role, Status


class InvitationCode(StrictSerializer):
    token = TextField(max_length=100, help_text="The code of the invitation.")


class InvitationCodeForm(SerializerForm):
    serializer_class = InvitationCode
    token = InputField(
        "Invitation code",
        hint="The part of your link after the #.",
        required=True,
        max_length=100,
        autocomplete="off",
    )


class JoinRequest(AcceptInvitationRequest):
    """On the page a new account also needs a name, so that coaches know who joined."""

    account_fields: ClassVar[tuple[str, ...]] = ("email", "password", "display_name")


class InvitationTokenField(InputField):
    widget_class = HiddenInput


class JoinEmailRequest(StrictSerializer):
    token = TextField(max_length=100, help_text="The code of the link.")
    email = EmailAddressField(help_text="The address that gets a link of its own.")


class JoinEmailForm(SerializerForm):
    serializer_class = JoinEmailRequest
    token = InvitationTokenField(max_length=100)
    email = InputField(
        "E-mail address",
        hint="You get a link of your own there. You join with it.",
        type="email",
        required=True,
        max_length=254,
        autocomplete="email",
    )


class JoinForm(TimeZoneForm):
    """A signed-in user gives no account. Only an athlete is asked what to share."""

    serializer_class = JoinRequest
    ignores_empty = True
    # The serializer tells those who signed in meanwhile to send no account.
    extra_fields = ("email", "password", "display_name", "timezone")
    token = InvitationTokenField(max_length=100)
    email = InputField(
        "E-mail address",
        hint="You sign in with it.",
        type="email",
        required=True,
        max_length=254,
        autocomplete="username",
    )
    password = NewPasswordField("Password")
    display_name = DisplayNameField(required=True)
    timezone = TimeZoneField()
    activities = CheckboxField(
        "My activities", hint="Your runs and other training, and what comes from them: load, zones, fitness."
    )
    health = CheckboxField(
        "My health readings",
        hint="Heart rate variability, resting heart rate, sleep, weight and VO2max, and your recovery.",
    )
    goals_and_plans = CheckboxField(
        "My goals and plans", hint="Your races, training plans, and when you are ill or away."
    )

    def __init__(
        self, data: QueryDict | None = None, *, invitation: Invitation, token: str, signed_in: bool
    ) -> None:
        initial = {"token": token, "email": invitation.email}
        super().__init__(data, initial=initial, context={"signed_in": signed_in})
        self.asks_consent = invitation.role == Role.ATHLETE
        if signed_in:
            for name in self.extra_fields:
                del self.fields[name]
        if not self.asks_consent:
            for category in Category:
                del self.fields[category]

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        """Browsers do not send unticked boxes, so a missing box means: not shared."""
        answers = {category.value: fields.pop(category, "") == "on" for category in Category}
        request_data = super().to_request_data(fields)
        return request_data | {"consent": answers} if self.asks_consent else request_data

    @property
    def account_fields(self) -> list[BoundField]:
        return [self[name] for name in self.extra_fields if name in self.fields]

    @property
    def consent_fields(self) -> list[BoundField]:
        return [self[category] for category in Category if category in self.fields]


class InvitationPageBase(ProtectedPage):
    """Base of the two steps. `invitation` and `token` belong to the sent code."""

    template_name = "athletes/organizations/join.html"
    invitation_template = "athletes/organizations/invitation.html"
    invitation: Invitation
    token: str

    def post(self, request: HttpRequest, **address: str) -> HttpResponse:
        self.token = request.POST.get("token", "")
        found = find_open_invitation(self.token, timezone.now())
        if found is None:
            sent = QueryDict(mutable=True)
            sent["token"] = self.token
            form = InvitationCodeForm(sent)
            form.add_refusal(build_invalid_invitation_error())
            return self.page(form=form)
        self.invitation = found
        return self.answer_invitation(request)

    def answer_invitation(self, request: HttpRequest) -> HttpResponse:
        """The answer to a code that works."""
        raise NotImplementedError

    def build_join_form(self, data: QueryDict | None = None) -> JoinForm:
        return JoinForm(
            data, invitation=self.invitation, token=self.token, signed_in=self.page_user.signed_in
        )

    def render_invitation(self, form: SerializerForm) -> HttpResponse:
        club = self.invitation.organization
        own = Membership.objects.filter(user=self.person.pk, organization=club).first()
        return self.page(
            self.invitation_template,
            form=form,
            invitation=self.invitation,
            needs_email=self.needs_email(),
            inviter=_name_inviter(self.invitation),
            coaches=Membership.objects.filter(organization=club).active().coaching().count(),
            is_suspended=own is not None and own.status == Status.SUSPENDED,
        )

    def needs_email(self) -> bool:
        return needs_join_email(self.invitation, self.person if self.page_user.signed_in else None)


class InvitationPage(InvitationPageBase):
    """The invitation behind a code. A link for anybody first asks a new person for an address."""

    def answer_invitation(self, request: HttpRequest) -> HttpResponse:
        if self.needs_email():
            return self.render_invitation(JoinEmailForm(initial={"token": self.token}))
        return self.render_invitation(self.build_join_form())


class JoinEmailPage(InvitationPageBase, FormTargetPage):
    """Sends an invitation of their own to a person with a link for anybody.

    The answer does not reveal whether the address has an account.
    """

    saves_in_transaction = False  # it waits for the mail server
    form_class = JoinEmailForm

    def answer_invitation(self, request: HttpRequest) -> HttpResponse:
        return FormTargetPage.post(self, request)

    def save(self, values: dict[str, Any]) -> HttpResponse:
        join_page = self.request.build_absolute_uri(reverse("join-page"))
        send_join_email(self.invitation, values["email"], timezone.now(), join_page=join_page)
        return self.answer_repeat("")

    def answer_repeat(self, location: str) -> HttpResponse:
        messages.success(self.request, "We have sent you a link. Look into your mail, and open it to join.")
        return redirect("sign-in-page")

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self.render_invitation(form)


class JoinPage(InvitationPageBase, FormPage):
    """Asks for the code, and accepts the answers to the invitation."""

    def get(self, request: HttpRequest, **address: str) -> HttpResponse:
        return self.page(form=InvitationCodeForm())

    def answer_invitation(self, request: HttpRequest) -> HttpResponse:
        return FormPage.post(self, request)

    def build_form(self, data: QueryDict | None = None) -> JoinForm:
        return self.build_join_form(data)

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self.render_invitation(form)

    def answer_repeat(self, location: str) -> HttpResponse:
        """The first answer signed in the new account, but the browser shows the last answer only."""
        if not self.page_user.signed_in:
            fields = self.request.POST
            email, password = fields.get("email", "").strip().lower(), fields.get("password", "")
            if begin_second_step(self.request, authenticate_account(self.request, email, password)):
                return redirect("second-factor-page")
        return redirect(location or "home-page")

    def save(self, values: dict[str, Any]) -> HttpResponse:
        signed_in = self.page_user.signed_in
        person = self.person if signed_in else _build_account(values)
        membership = accept_invitation(values["token"], person, timezone.now(), values.get("consent"))
        if not signed_in:
            open_session(self.request, membership.user)
        club = membership.organization.name
        leads = membership.role == Role.HEAD_COACH
        messages.success(self.request, f"Welcome to {club}!{' You lead this club.' if leads else ''}")
        return redirect("home-page")


def _name_inviter(invitation: Invitation) -> str:
    """As in the e-mail: never the address of the inviter."""
    inviter = invitation.created_by
    return (inviter.display_name or inviter.username) if inviter else ""


def _build_account(values: dict[str, Any]) -> NewAccount:
    return NewAccount(
        values["email"], values["password"], values.get("display_name", ""), values.get("timezone")
    )
