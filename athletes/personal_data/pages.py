"""Page: download your data, delete your account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone

from astral.http.fields import ChoiceField
from astral.http.forms import ConfirmationField, SerializerForm
from astral.http.pages import FormPage
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.pages.fields import CurrentPasswordField
from athletes.accounts.serializers import DeleteAccountRequest
from athletes.accounts.sign_in import confirm_password
from athletes.personal_data.account_deletion import delete_account


class DeleteAccountConfirmation(DeleteAccountRequest):
    sure = ChoiceField(["on"], error_messages={"required": "Tick the box to confirm."})


class DeleteAccountForm(SerializerForm):
    is_saved_once = False  # it creates nothing, and failed tries must be counted
    serializer_class = DeleteAccountConfirmation
    ignores_empty = True
    password = CurrentPasswordField("Your password")
    sure = ConfirmationField("Delete everything. I know that this cannot be undone.", required=True)


class PersonalDataPage(ProtectedPage, FormPage):
    """Download, and the form that deletes the account."""

    template_name = "athletes/personal_data/download_and_delete.html"

    def build_form(self, data: QueryDict | None = None) -> DeleteAccountForm:
        form = DeleteAccountForm(data)
        if not self.person.has_usable_password():
            del form.fields["password"]
        return form

    def save(self, values: dict[str, Any]) -> HttpResponse:
        confirm_password(self.request, self.person, values.get("password"))
        delete_account(self.person, timezone.now())
        logout(self.request)
        messages.success(self.request, "Your account and all data about you are deleted.")
        return redirect("sign-in-page")
