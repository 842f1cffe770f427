"""What somebody decides about the own account: clock and units, password, tokens."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.exceptions import ValidationError

from astral.http.errors import Refused
from astral.http.fields import ChoiceField, Question, TextField, ZoneField, zone_names
from astral.http.pages import faults_by_field, sent
from athletes.access.protected_page import AdmittedPage
from athletes.accounts.passwords import change_password
from athletes.accounts.sign_in import confirm, sign_out_everywhere
from athletes.accounts.updates import change_athlete, change_display_name
from athletes.models import Athlete


class SettingsForm(Question):
    display_name = TextField(allow_blank=True, max_length=120, help_text="The name as shown.")
    timezone = ZoneField(help_text="IANA name; your days begin there.")
    unit_system = ChoiceField(Athlete.Units.choices, help_text="How pages show distances.")


class SettingsPage(AdmittedPage):
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
        fields = sent(request)
        try:
            asked = SettingsForm.asked(fields)
        except ValidationError as error:
            return self._form(fields.dict(), errors=faults_by_field(error.detail))
        change_display_name(self.person, asked.pop("display_name"))
        change_athlete(self.person.athlete, asked, timezone.now())
        messages.success(request, "Your settings are saved.")
        return redirect("settings-page")

    def _form(self, fields: dict[str, Any], **context: Any) -> HttpResponse:
        return self.page(fields=fields, zones=sorted(zone_names()), unit_choices=Athlete.Units.choices, **context)


class PasswordForm(Question):
    current_password = TextField(
        required=False, max_length=256, trim_whitespace=False, help_text="The password until now, where there is one."
    )
    password = TextField(max_length=256, trim_whitespace=False, help_text="The new one.")


class PasswordPage(AdmittedPage):
    template_name = "athletes/accounts/password.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            asked = PasswordForm.asked(sent(request))
            confirm(request, self.person, asked.get("current_password"))
            change_password(request, self.person, asked["password"])
        except ValidationError as error:
            return self.page(errors=faults_by_field(error.detail))
        except Refused as refusal:
            return self.page(errors={"current_password": str(refusal.detail)})
        messages.success(request, "Your password is changed. Whoever was signed in with the old one no longer is.")
        return redirect("password-page")


class TokensPage(AdmittedPage):
    """Personal tokens for programs; a new one is shown in the answer to the form that made it, and never again."""

    template_name = "athletes/accounts/tokens.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._list()

    def post(self, request: HttpRequest) -> HttpResponse:
        Question.asked(sent(request))
        row, token = AuthToken.objects.create(self.person)
        return self._list(token=token, expires_at=row.expiry)

    def _list(self, **context: Any) -> HttpResponse:
        live = AuthToken.objects.filter(user=self.person, expiry__gt=timezone.now())
        return self.page(tokens=list(live.order_by("-created")), **context)


class TokenForm(Question):
    token_key = TextField(max_length=25, help_text="How the token begins.")


class TokenEndPage(AdmittedPage):
    def post(self, request: HttpRequest) -> HttpResponse:
        begins = TokenForm.asked(sent(request))["token_key"]
        AuthToken.objects.filter(user=self.person, token_key=begins).delete()
        messages.success(request, "The token is ended.")
        return redirect("tokens-page")


class SignOutEverywherePage(AdmittedPage):
    def post(self, request: HttpRequest) -> HttpResponse:
        Question.asked(sent(request))
        sign_out_everywhere(self.person)
        messages.success(request, "You are signed out everywhere.")
        return redirect("sign-in-page")
