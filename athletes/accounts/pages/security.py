"""Settings pages of the second factor: authenticator app, passkeys and recovery codes."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import Any

import orjson
import qrcode
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.utils import decrypt, encrypt
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from qrcode.image.svg import SvgPathFillImage

from astral.http.errors import ApiError
from astral.http.fields import StrictSerializer, TextField, WholeNumberField
from astral.http.forms import InputField, SerializerForm
from astral.http.pages import FormPage, FormTargetPage
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.pages.fields import CurrentPasswordField
from athletes.accounts.second_factor.authenticators import (
    APP,
    add_app,
    count_recovery_codes,
    find_factors,
    has_second_factor,
    remove_factor,
    renew_recovery_codes,
)
from athletes.accounts.second_factor.passkeys import (
    MAX_CREDENTIAL_LENGTH,
    add_passkey,
    begin_adding_passkey,
)
from athletes.accounts.second_factor.requirement import end_setup, is_setup_session, must_have_second_factor
from athletes.accounts.sign_in import confirm_password, sign_out

APP_SECRET = "app_secret"  # key of the session: the encrypted secret of an app that is being added


class PasswordConfirmation(StrictSerializer):
    password = TextField(
        required=False, max_length=256, trim_whitespace=False, help_text="Your password, if you have one."
    )


class ConfirmedForm(SerializerForm):
    """A form that asks for the password again, if the account has one."""

    serializer_class = PasswordConfirmation
    is_saved_once = False  # failed tries must be counted
    password = CurrentPasswordField("Your password")


class SecuritySettingsPage(ProtectedPage):
    """Base of the pages about the second factor."""

    template_name = "athletes/accounts/security.html"

    def redirect_if_unspecified(self, request: HttpRequest) -> HttpResponseBase | None:
        """A session that may only add the first factor ends when another browser has added it."""
        if not (is_setup_session(request) and has_second_factor(self.person)):
            return None
        sign_out(request, None)
        messages.warning(request, "Your account has a second factor now. Sign in with it.")
        return redirect("sign-in-page")

    def show_overview(self, **shown_once: Any) -> HttpResponse:
        factors = list(find_factors(self.person))
        return self.page(
            "athletes/accounts/security.html",
            factors=factors,
            has_app=any(factor.type == APP for factor in factors),
            codes_left=count_recovery_codes(self.person),
            has_password=self.person.has_usable_password(),
            must_have=must_have_second_factor(self.person),
            **shown_once,
        )

    def show_added(self, recovery_codes: list[str]) -> HttpResponse:
        """The overview after a factor was added; `recovery_codes` are shown once."""
        was_setup = is_setup_session(self.request)
        end_setup(self.request)
        return self.show_overview(recovery_codes=recovery_codes, was_setup=was_setup, was_added=True)

    def confirm_person(self, values: dict[str, Any]) -> None:
        confirm_password(self.request, self.person, values.get("password"))


class SecurityPage(SecuritySettingsPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_overview()


class ConfirmedFormPage(SecuritySettingsPage, FormTargetPage):
    """Drops the field of the password if the account has none."""

    form_class = ConfirmedForm

    def build_form(self, data: QueryDict | None = None) -> SerializerForm:
        form = self.form_class(data)
        if not self.person.has_usable_password():
            del form.fields["password"]
        return form


class AppRequest(PasswordConfirmation):
    code = TextField(max_length=20, help_text="The six digits that the app shows.")


class AppForm(ConfirmedForm):
    serializer_class = AppRequest
    code = InputField(
        "Code",
        hint="The six digits that the app shows now.",
        required=True,
        max_length=20,
        autocomplete="one-time-code",
        inputmode="numeric",
    )
    field_order = ("code", "password")


class AppPage(ConfirmedFormPage, FormPage):
    """Shows the app's secret as a picture until a code proves that the app has it."""

    template_name = "athletes/accounts/authenticator_app.html"
    form_class = AppForm

    def save(self, values: dict[str, Any]) -> HttpResponse:
        self.confirm_person(values)
        recovery_codes = add_app(self.person, self._load_secret(), values["code"], timezone.now())
        self.request.session.pop(APP_SECRET, None)
        return self.show_added(recovery_codes)

    def render_form(self, form: SerializerForm) -> HttpResponse:
        secret = self._load_secret()
        address = get_adapter().build_totp_url(self.person, secret)
        groups = " ".join(secret[first : first + 4] for first in range(0, len(secret), 4))
        return self.page(form=form, secret=groups, picture=_draw_qr_code(address), app_address=address)

    def _load_secret(self) -> str:
        if APP_SECRET not in self.request.session:
            self.request.session[APP_SECRET] = encrypt(generate_totp_secret())
        secret: str = decrypt(self.request.session[APP_SECRET])
        return secret


def _draw_qr_code(text: str) -> str:
    """A QR code as the address of an SVG image."""
    picture = BytesIO()
    qrcode.make(text, image_factory=SvgPathFillImage).save(picture)
    return f"data:image/svg+xml;base64,{b64encode(picture.getvalue()).decode()}"


class NewPasskeyRequest(PasswordConfirmation):
    name = TextField(max_length=60, help_text="How you call the device.")
    credential = TextField(
        max_length=MAX_CREDENTIAL_LENGTH,
        help_text="The browser's answer, as JSON.",
        error_messages={
            "required": "Your browser made no passkey.",
            "blank": "Your browser made no passkey.",
        },
    )


class NewPasskeyForm(ConfirmedForm):
    serializer_class = NewPasskeyRequest
    extra_fields = ("credential",)
    name = InputField("Name", hint="For example: My phone.", required=True, max_length=60, autocomplete="off")
    field_order = ("name", "password")

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        return super().explain_error("" if field == "credential" else field, text)


class PasskeyPage(ConfirmedFormPage, FormPage):
    template_name = "athletes/accounts/passkey.html"
    form_class = NewPasskeyForm

    def save(self, values: dict[str, Any]) -> HttpResponse:
        self.confirm_person(values)
        return self.show_added(add_passkey(self.person, values["name"], values["credential"]))

    def render_form(self, form: SerializerForm) -> HttpResponse:
        options = orjson.dumps(begin_adding_passkey(self.person)).decode()
        return self.page(form=form, options=options)


class FactorRemovalRequest(PasswordConfirmation):
    factor_id = WholeNumberField(min_value=1, max_value=2**62, help_text="The id of the second factor.")


class FactorRemovalForm(ConfirmedForm):
    serializer_class = FactorRemovalRequest
    extra_fields = ("factor_id",)


class FactorRemovalPage(ConfirmedFormPage):
    form_class = FactorRemovalForm

    def save(self, values: dict[str, Any]) -> HttpResponse:
        self.confirm_person(values)
        is_last = not find_factors(self.person).exclude(pk=values["factor_id"]).exists()
        if is_last and has_second_factor(self.person) and must_have_second_factor(self.person):
            raise ApiError("REQUIRED_FACTOR", "You need a second factor. Add another one first.", 409)
        remove_factor(self.person, values["factor_id"])
        return redirect("security-page")

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self.show_overview(row_form=form)


class RecoveryCodesPage(ConfirmedFormPage):
    def save(self, values: dict[str, Any]) -> HttpResponse:
        self.confirm_person(values)
        return self.show_overview(recovery_codes=renew_recovery_codes(self.person))

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self.show_overview(row_form=form)
