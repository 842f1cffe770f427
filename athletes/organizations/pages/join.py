"""The page of an invitation link: join with the signed-in account, or create one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from astral.http.errors import ApiError
from astral.http.fields import list_zone_names
from astral.http.pages import errors_by_field, form_data, remove_empty_fields
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.sign_in import PASSWORD_BACKEND
from athletes.models import Membership
from athletes.organizations.access_serializers import AcceptInvitationRequest
from athletes.organizations.invitations import NewAccount, accept_invitation
from athletes.roles import Role


class JoinPage(ProtectedPage):
    """The code follows the # of the link. Browsers do not send it, so a script puts it into the form."""

    template_name = "athletes/organizations/join.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._form()

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            membership = self._accept(request)
        except ValidationError as error:
            return self._form(fields=form_data(request), errors=errors_by_field(error.detail))
        except ApiError as refusal:
            return self._form(
                fields=form_data(request), errors={refusal.details.get("field", "form"): str(refusal.detail)}
            )
        if not self.page_user.signed_in:
            login(request, membership.user, PASSWORD_BACKEND)
        messages.success(request, f"Welcome to {membership.organization.name}!")
        return redirect("sharing-page" if membership.role == Role.ATHLETE else "home-page")

    def _accept(self, request: HttpRequest) -> Membership:
        person = self.person if self.page_user.signed_in else None
        asked = AcceptInvitationRequest.parse(
            remove_empty_fields(form_data(request)), signed_in=person is not None
        )
        return accept_invitation(asked["token"], person or _new_account(asked), timezone.now())

    def _form(self, **context: Any) -> HttpResponse:
        return self.page(zones=sorted(list_zone_names()), **context)


def _new_account(asked: dict[str, Any]) -> NewAccount:
    return NewAccount(asked["email"], asked["password"], asked.get("display_name", ""), asked.get("timezone"))
