"""Pages for somebody who forgot the password: ask for a link, and choose a new password with it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.http.errors import ApiError
from astral.http.fields import StrictSerializer, TextField
from astral.http.forms import InputField, SerializerForm
from astral.http.pages import FormPage
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.email_links.password_reset import request_password_reset, reset_password
from athletes.accounts.pages.fields import LinkCodeField, NewPasswordField
from athletes.request_fields import EmailAddressField


class ForgottenPasswordRequest(StrictSerializer):
    email = EmailAddressField(help_text="The account's e-mail address.")


class ForgottenPasswordForm(SerializerForm):
    serializer_class = ForgottenPasswordRequest
    is_saved_once = False  # each sending counts as one e-mail
    email = InputField("E-mail address", type="email", required=True, max_length=254, autocomplete="username")


class ForgottenPasswordPage(ProtectedPage, FormPage):
    """The answer does not reveal whether the address has an account."""

    template_name = "athletes/accounts/forgotten_password.html"
    form_class = ForgottenPasswordForm

    def save(self, values: dict[str, Any]) -> HttpResponse:
        if not settings.SENDS_EMAIL:
            raise ApiError("NO_EMAIL", "This server sends no e-mail.")
        reset_page = self.request.build_absolute_uri(reverse("new-password-page"))
        request_password_reset(self.request, values["email"], timezone.now(), reset_page=reset_page)
        return self.page(sent_to=values["email"])

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self.page(form=form, sends_email=settings.SENDS_EMAIL)


class NewPasswordRequest(StrictSerializer):
    token = TextField(max_length=200, help_text="The part of the link after the #.")
    password = TextField(max_length=256, trim_whitespace=False, help_text="The new password.")


class NewPasswordForm(SerializerForm):
    serializer_class = NewPasswordRequest
    is_saved_once = False  # its link works once
    token = LinkCodeField()
    password = NewPasswordField("New password")


class NewPasswordPage(ProtectedPage, FormPage):
    """The secret follows the # of the link, so it is in no log. A script copies it into the form."""

    template_name = "athletes/accounts/new_password.html"
    form_class = NewPasswordForm

    def save(self, values: dict[str, Any]) -> HttpResponse:
        reset_password(self.request, values["token"], values["password"], timezone.now())
        messages.success(
            self.request, "Your new password is set. All browsers and tokens are signed out. Sign in with it."
        )
        return redirect("sign-in-page")
