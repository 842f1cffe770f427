"""Settings pages: name, time zone, units, password and tokens."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.exceptions import ValidationError

from astral.http.errors import ApiError
from astral.http.fields import ChoiceField, StrictSerializer, TextField, ZoneField, list_zone_names
from astral.http.forms import form_data
from astral.http.pages import errors_by_field
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.passwords import change_password
from athletes.accounts.sign_in import confirm_password, sign_out_everywhere
from athletes.accounts.updates import change_athlete, change_display_name
from athletes.models import Athlete


class SettingsForm(StrictSerializer):
    display_name = TextField(allow_blank=True, max_length=120, help_text="The displayed name.")
    timezone = ZoneField(help_text="IANA name. Your days start at midnight there.")
    unit_system = ChoiceField(Athlete.Units.choices, help_text="How pages show distances.")


class SettingsPage(ProtectedPage):
    template_name = "athletes/accounts/settings.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        person = self.person
        stored = {
            "display_name": person.display_name,
            "timezone": person.athlete.timezone,
            "unit_system": person.athlete.unit_system,
        }
        return self._form(stored)

    def post(self, request: HttpRequest) -> HttpResponse:
        fields = form_data(request)
        try:
            changes = SettingsForm.parse(fields)
        except ValidationError as error:
            return self._form(fields.dict(), errors=errors_by_field(error.detail))
        change_display_name(self.person, changes.pop("display_name"))
        change_athlete(self.person.athlete, changes, timezone.now())
        messages.success(request, "Settings saved.")
        return redirect("settings-page")

    def _form(self, fields: dict[str, Any], **context: Any) -> HttpResponse:
        return self.page(
            fields=fields, zones=sorted(list_zone_names()), unit_choices=Athlete.Units.choices, **context
        )


class PasswordForm(StrictSerializer):
    current_password = TextField(
        required=False,
        max_length=256,
        trim_whitespace=False,
        help_text="The current password, if there is one.",
    )
    password = TextField(max_length=256, trim_whitespace=False, help_text="The new password.")


class PasswordPage(ProtectedPage):
    template_name = "athletes/accounts/password.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            passwords = PasswordForm.parse(form_data(request))
            confirm_password(request, self.person, passwords.get("current_password"))
            change_password(request, self.person, passwords["password"])
        except ValidationError as error:
            return self.page(errors=errors_by_field(error.detail))
        except ApiError as error:
            return self.page(errors={"current_password": str(error.detail)})
        messages.success(request, "Password changed. All other browsers and all tokens are signed out.")
        return redirect("password-page")


class TokensPage(ProtectedPage):
    """API tokens of the user. A new token is shown once, right after it is created."""

    template_name = "athletes/accounts/tokens.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._list()

    def post(self, request: HttpRequest) -> HttpResponse:
        StrictSerializer.parse(form_data(request))
        row, token = AuthToken.objects.create(self.person)
        return self._list(token=token, expires_at=row.expiry)

    def _list(self, **context: Any) -> HttpResponse:
        live = AuthToken.objects.filter(user=self.person, expiry__gt=timezone.now())
        return self.page(tokens=list(live.order_by("-created")), **context)


class TokenForm(StrictSerializer):
    token_key = TextField(max_length=25, help_text="The first characters of the token.")


class TokenEndPage(ProtectedPage):
    def post(self, request: HttpRequest) -> HttpResponse:
        token_key = TokenForm.parse(form_data(request))["token_key"]
        AuthToken.objects.filter(user=self.person, token_key=token_key).delete()
        messages.success(request, "Token ended.")
        return redirect("tokens-page")


class SignOutEverywherePage(ProtectedPage):
    def post(self, request: HttpRequest) -> HttpResponse:
        StrictSerializer.parse(form_data(request))
        sign_out_everywhere(self.person)
        messages.success(request, "You are signed out everywhere.")
        return redirect("sign-in-page")
