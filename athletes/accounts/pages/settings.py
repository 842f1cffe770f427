"""Settings pages: name, time zone, units, password, browsers and tokens."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from knox.models import AuthToken

from astral.http.errors import ApiError
from astral.http.fields import ChoiceField, StrictSerializer, TextField, WholeNumberField, ZoneField
from astral.http.forms import RadioField, SerializerForm, form_data
from astral.http.pages import ActionPage, FormPage
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.browsers import end_browser, list_browsers
from athletes.accounts.pages.fields import (
    CurrentPasswordField,
    DisplayNameField,
    NewPasswordField,
    TimeZoneField,
    TimeZoneForm,
)
from athletes.accounts.passwords import change_password
from athletes.accounts.sign_in import confirm_password, sign_out_everywhere
from athletes.accounts.tokens import create_token
from athletes.accounts.updates import change_athlete, change_display_name
from athletes.models import Athlete


class SettingsRequest(StrictSerializer):
    display_name = TextField(allow_blank=True, max_length=120, help_text="The displayed name.")
    timezone = ZoneField(help_text="IANA name. Your days start at midnight there.")
    unit_system = ChoiceField(Athlete.Units.choices, help_text="How pages show distances.")
    privacy_radius = ChoiceField(
        [str(radius_m) for radius_m in Athlete.PrivacyRadius.values],
        required=False,
        help_text="Metres hidden around the start and the end.",
    )

    def validate_privacy_radius(self, radius_m: str) -> int:
        return int(radius_m)


class SettingsForm(TimeZoneForm):
    is_saved_once = False  # it creates nothing
    serializer_class = SettingsRequest
    display_name = DisplayNameField()
    timezone = TimeZoneField(required=True)
    unit_system = RadioField("Distances in", Athlete.Units.choices)
    privacy_radius = RadioField(
        "Your routes, for others",
        [(str(radius_m), words) for radius_m, words in Athlete.PrivacyRadius.choices],
        hint="Around each start and end. You always see the whole route.",
    )


class SettingsPage(ProtectedPage, FormPage):
    template_name = "athletes/accounts/settings.html"

    def build_form(self, data: QueryDict | None = None) -> SettingsForm:
        athlete = self.person.athlete
        stored = {
            "display_name": self.person.display_name,
            "timezone": athlete.timezone,
            "unit_system": athlete.unit_system,
            "privacy_radius": str(athlete.privacy_radius_m),
        }
        return SettingsForm(data, initial=stored)

    def save(self, values: dict[str, Any]) -> HttpResponse:
        change_display_name(self.person, values.pop("display_name"))
        change_athlete(self.person.athlete, values, timezone.now())
        messages.success(self.request, "Settings saved.")
        return redirect("settings-page")


class PasswordRequest(StrictSerializer):
    current_password = TextField(
        required=False,
        max_length=256,
        trim_whitespace=False,
        help_text="The current password, if there is one.",
    )
    password = TextField(max_length=256, trim_whitespace=False, help_text="The new password.")


class PasswordForm(SerializerForm):
    is_saved_once = False  # it creates nothing, and failed tries must be counted
    serializer_class = PasswordRequest
    refusal_field = "current_password"
    current_password = CurrentPasswordField("Current password")
    password = NewPasswordField("New password")


class PasswordPage(ProtectedPage, FormPage):
    template_name = "athletes/accounts/password.html"

    def build_form(self, data: QueryDict | None = None) -> PasswordForm:
        form = PasswordForm(data)
        if not self.person.has_usable_password():
            del form.fields["current_password"]
        return form

    def save(self, values: dict[str, Any]) -> HttpResponse:
        current = values.get("current_password")
        confirm_password(self.request, self.person, current, field="current_password")
        change_password(self.request, self.person, values["password"], timezone.now())
        messages.success(self.request, "Password changed. All other browsers and all tokens are signed out.")
        return redirect("password-page")


class TokensPage(ProtectedPage):
    """Browsers and API tokens of the user. A new token is shown once, right after it is created."""

    template_name = "athletes/accounts/tokens.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._list()

    def post(self, request: HttpRequest) -> HttpResponse:
        StrictSerializer.parse(form_data(request))
        try:
            row, token = create_token(self.person, timezone.now())
        except ApiError as refusal:
            messages.warning(request, str(refusal.detail))
            return redirect("tokens-page")
        return self._list(token=token, expires_at=row.expiry)

    def _list(self, **context: Any) -> HttpResponse:
        unexpired = AuthToken.objects.filter(user=self.person, expiry__gt=timezone.now())
        browsers = list_browsers(self.person, self.request.session.session_key, timezone.now())
        return self.page(tokens=list(unexpired.order_by("-created")), browsers=browsers, **context)


class TokenEndRequest(StrictSerializer):
    token_key = TextField(max_length=25, help_text="The first characters of the token.")


class TokenEndPage(ProtectedPage, ActionPage):
    serializer_class = TokenEndRequest
    return_page = "tokens-page"

    def apply_change(self, values: dict[str, Any]) -> str:
        AuthToken.objects.filter(user=self.person, token_key=values["token_key"]).delete()
        return "Token ended."


class BrowserEndRequest(StrictSerializer):
    browser_id = WholeNumberField(min_value=1, max_value=2**62, help_text="Which one.")


class BrowserEndPage(ProtectedPage, ActionPage):
    serializer_class = BrowserEndRequest
    return_page = "tokens-page"

    def apply_change(self, values: dict[str, Any]) -> str:
        end_browser(self.person, values["browser_id"])
        return "This browser is signed out."


class SignOutEverywherePage(ProtectedPage, ActionPage):
    return_page = "sign-in-page"

    def apply_change(self, values: dict[str, Any]) -> str:
        sign_out_everywhere(self.person)
        return "You are signed out everywhere."
