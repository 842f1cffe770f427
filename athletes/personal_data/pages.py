"""Page: download your data, delete your account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from astral.http.errors import ApiError
from astral.http.fields import ChoiceField
from astral.http.forms import form_data, remove_empty_fields
from astral.http.pages import errors_by_field
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.serializers import DeleteAccountRequest
from athletes.accounts.sign_in import confirm_password
from athletes.personal_data.account_deletion import delete_account


class DeleteAccountForm(DeleteAccountRequest):
    sure = ChoiceField(["on"], error_messages={"required": "Tick the box to confirm."})


class PersonalDataPage(ProtectedPage):
    template_name = "athletes/personal_data/download_and_delete.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Delete the account."""
        try:
            form = DeleteAccountForm.parse(remove_empty_fields(form_data(request)))
            self._delete(request, form)
        except ValidationError as error:
            return self.page(errors=errors_by_field(error.detail))
        except ApiError as error:
            return self.page(errors={error.details.get("field", "form"): str(error.detail)})
        logout(request)
        messages.success(request, "Your account and all data about you are deleted.")
        return redirect("sign-in-page")

    def _delete(self, request: HttpRequest, form: dict[str, Any]) -> None:
        confirm_password(request, self.person, form.get("password"))
        delete_account(self.person, timezone.now())
