"""Pages of a sign-in: the code of the second step, and the passkey that needs no password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.http.errors import ApiError
from astral.http.fields import StrictSerializer, TextField
from astral.http.forms import InputField, SerializerForm, form_data
from astral.http.pages import FormPage, NextUrlFields, safe_redirect_url
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.known_devices import hash_address
from athletes.accounts.limits.use_limits import PASSKEY_CHALLENGES, compute_counter_id, count_use
from athletes.accounts.second_factor.passkeys import (
    MAX_CREDENTIAL_LENGTH,
    begin_passkey_sign_in,
    check_passkey,
)
from athletes.accounts.second_factor.steps import (
    FIRST_STEP,
    check_second_step,
    find_challenged_person,
    open_session,
)


class CodeRequest(NextUrlFields):
    code = TextField(max_length=20, help_text="A code of the authenticator app, or a recovery code.")


class CodeForm(SerializerForm):
    serializer_class = CodeRequest
    is_saved_once = False  # it creates nothing, and failed tries must be counted
    extra_fields = ("next",)
    code = InputField(
        "Code",
        hint="Six digits from your authenticator app, or a recovery code.",
        required=True,
        max_length=20,
        autocomplete="one-time-code",
        inputmode="numeric",
    )


class SecondFactorPage(ProtectedPage, FormPage):
    """Comes after the password, for accounts with a second factor."""

    template_name = "athletes/accounts/second_factor.html"
    query_serializer_class = NextUrlFields
    form_class = CodeForm

    def get(self, request: HttpRequest, **address: str) -> HttpResponse:
        if find_challenged_person(request.session.get(FIRST_STEP, "")) is None:
            return redirect("sign-in-page")
        return super().get(request, **address)

    def save(self, values: dict[str, Any]) -> HttpResponse:
        person = find_challenged_person(self.request.session.get(FIRST_STEP, ""))
        if person is None:
            messages.warning(self.request, "That took longer than five minutes. Sign in again.")
            return redirect("sign-in-page")
        check_second_step(person, values["code"], timezone.now())
        open_session(self.request, person)
        return redirect(_get_next_url(self.request, values))

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self.page(
            form=form, next=_get_next_url(self.request, form.sent if form.is_bound else self.parse_query())
        )


class PasskeyOptionsPage(ProtectedPage):
    """The challenge for the browser, as JSON. `passkeys.js` asks for it when the button is pressed."""

    def post(self, request: HttpRequest) -> HttpResponse:
        StrictSerializer.parse(form_data(request))
        count_use(compute_counter_id(hash_address(request)), PASSKEY_CHALLENGES, timezone.now())
        return JsonResponse(begin_passkey_sign_in())


class PasskeyRequest(NextUrlFields):
    credential = TextField(max_length=MAX_CREDENTIAL_LENGTH, help_text="The browser's answer, as JSON.")


class PasskeySignInPage(ProtectedPage):
    def post(self, request: HttpRequest) -> HttpResponse:
        values = PasskeyRequest.parse(form_data(request))
        try:
            person = check_passkey(values["credential"], timezone.now())
        except ApiError as refusal:
            messages.warning(request, str(refusal.detail))
            return redirect("sign-in-page")
        open_session(request, person)
        return redirect(_get_next_url(request, values))


def _get_next_url(request: HttpRequest, values: Mapping[str, Any]) -> str:
    return safe_redirect_url(request, values.get("next", ""), reverse("home-page"))
