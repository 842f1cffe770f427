"""Page: join a club with an invitation, with an existing or a new account."""

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
from astral.http.forms import form_data, remove_empty_fields
from astral.http.pages import errors_by_field
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.sign_in import PASSWORD_BACKEND
from athletes.models import Membership
from athletes.organizations.access_serializers import AcceptInvitationRequest
from athletes.organizations.invitations import NewAccount, accept_invitation
from athletes.roles import Role


class JoinPage(ProtectedPage):
    """Accepts the token of an invitation.

    The token follows the # of the link. Browsers do not send that part, so a script copies it into the form.
    """

    template_name = "athletes/organizations/join.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._form()

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            membership = self._accept(request)
        except ValidationError as error:
            return self._form(fields=form_data(request), errors=errors_by_field(error.detail))
        except ApiError as error:
            return self._form(
                fields=form_data(request), errors={error.details.get("field", "form"): str(error.detail)}
            )
        if not self.page_user.signed_in:
            login(request, membership.user, PASSWORD_BACKEND)
        messages.success(request, f"Welcome to {membership.organization.name}!")
        return redirect("sharing-page" if membership.role == Role.ATHLETE else "home-page")

    def _accept(self, request: HttpRequest) -> Membership:
        person = self.person if self.page_user.signed_in else None
        form = AcceptInvitationRequest.parse(
            remove_empty_fields(form_data(request)), signed_in=person is not None
        )
        return accept_invitation(form["token"], person or _new_account(form), timezone.now())

    def _form(self, **context: Any) -> HttpResponse:
        return self.page(zones=sorted(list_zone_names()), **context)


def _new_account(form: dict[str, Any]) -> NewAccount:
    return NewAccount(form["email"], form["password"], form.get("display_name", ""), form.get("timezone"))
