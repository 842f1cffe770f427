"""Pages to change and to verify the e-mail address of an account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.http.fields import StrictSerializer, TextField
from astral.http.forms import InputField, SerializerForm
from astral.http.pages import FormPage
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.email_links.address_change import confirm_address, request_address_change
from athletes.accounts.email_links.verified_addresses import is_address_verified
from athletes.accounts.pages.fields import CurrentPasswordField, LinkCodeField
from athletes.accounts.sign_in import confirm_password
from athletes.request_fields import EmailAddressField


class AddressChangeRequest(StrictSerializer):
    email = EmailAddressField(help_text="The new e-mail address.")
    password = TextField(
        required=False, max_length=256, trim_whitespace=False, help_text="Your password, if you have one."
    )


class AddressChangeForm(SerializerForm):
    serializer_class = AddressChangeRequest
    is_saved_once = False  # it creates nothing, and failed tries must be counted
    email = InputField("E-mail address", type="email", required=True, max_length=254, autocomplete="email")
    password = CurrentPasswordField("Your password")


class EmailAddressPage(ProtectedPage, FormPage):
    template_name = "athletes/accounts/email_address.html"

    def build_form(self, data: QueryDict | None = None) -> AddressChangeForm:
        form = AddressChangeForm(data, initial={"email": self.person.email})
        if not self.person.has_usable_password():
            del form.fields["password"]
        return form

    def save(self, values: dict[str, Any]) -> HttpResponse:
        confirm_password(self.request, self.person, values.get("password"))
        confirm_page = self.request.build_absolute_uri(reverse("confirm-address-page"))
        request_address_change(self.person, values["email"], timezone.now(), confirm_page=confirm_page)
        messages.success(
            self.request, f"Open the link that we send to {values['email']}. It works for a day."
        )
        return redirect("email-page")

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self.page(
            form=form, is_verified=is_address_verified(self.person), sends_email=settings.SENDS_EMAIL
        )


class AddressConfirmation(StrictSerializer):
    token = TextField(max_length=500, help_text="The part of the link after the #.")


class ConfirmAddressForm(SerializerForm):
    serializer_class = AddressConfirmation
    is_saved_once = False  # its link works once
    token = LinkCodeField()


class ConfirmAddressPage(ProtectedPage, FormPage):
    """Works in any browser: the link alone proves that its owner reads the e-mails."""

    template_name = "athletes/accounts/confirm_address.html"
    form_class = ConfirmAddressForm

    def save(self, values: dict[str, Any]) -> HttpResponse:
        person = confirm_address(values["token"])
        messages.success(self.request, f"Your e-mail address is {person.email}.")
        return redirect("email-page")
