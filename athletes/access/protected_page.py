"""Base of all pages. Pages use the same policy table, rights and querysets as the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from rest_framework.exceptions import PermissionDenied as Denied

from astral.http.error_pages import render_error_page
from astral.http.errors import ApiError
from astral.http.pages import Page
from athletes.access.acting import check_acting
from athletes.access.page_user import ANONYMOUS_PAGE_USER, PageUser, load_page_user
from athletes.access.permissions import Permit, find_request_row, get_permit, parse_id
from athletes.access.sent_forms import FormSending, save_form_once
from athletes.models import Athlete, Organization, SentForm, User
from athletes.roles import Role

LAST_ORGANIZATION_KEY = "org_id"  # key in the session
FOR_COACHES_TITLE = "This page is for coaches"


class NoCoachedOrganization(ApiError):
    def __init__(self) -> None:
        super().__init__("NO_ORGANIZATION", "You are not a coach of any organization.", 404)


class ProtectedPage(Page):
    """A page that the policy row of its URL name and method protects.

    Anonymous users go to the sign-in page. `saves_in_transaction`: a form is saved in the transaction of its
    one-time token. Turn it off for a `save` that waits for another server.
    """

    saves_in_transaction: ClassVar[bool] = True

    def check_access(self, request: HttpRequest) -> HttpResponseBase | None:
        row = find_request_row(request)
        if row is None:
            raise PermissionDenied
        check_acting(request, row)
        if row.right.anybody or row.right.allows(request.user):
            return self.redirect_if_unspecified(request)
        if request.user.is_anonymous:
            return redirect_to_sign_in(request)
        raise PermissionDenied

    def redirect_if_unspecified(self, request: HttpRequest) -> HttpResponseBase | None:
        """A redirect for a permitted user who must first choose something; None shows the page."""
        return None

    def _error_response(self, request: HttpRequest, error: Exception) -> HttpResponse:
        if isinstance(error, PermissionDenied | Denied | NoCoachedOrganization) and self._is_for_coaches(
            request
        ):
            status = 404 if isinstance(error, NoCoachedOrganization) else 403
            return render_error_page(request, status, self._explain_refusal(), title=FOR_COACHES_TITLE)
        return super()._error_response(request, error)

    def _explain_refusal(self) -> str:
        clubs = [club.name for club in self.page_user.suspended_in if club.role != Role.ATHLETE]
        own = "Your own training is under “My training”."
        if not clubs:
            return own
        names = ", ".join(clubs)
        return f"Your membership of {names} is suspended. Only the head coach can end that. {own}"

    def _is_for_coaches(self, request: HttpRequest) -> bool:
        """Whether a signed-in user who coaches nowhere asks for a page that only coaches may see."""
        row = find_request_row(request)
        only_coaches = row is not None and bool(row.right.roles) and not row.right.own
        return only_coaches and self.page_user.signed_in and not self.page_user.can_view_organization_pages

    @cached_property
    def permit(self) -> Permit:
        return get_permit(self.request)

    @property
    def person(self) -> User:
        return cast(User, self.request.user)

    @property
    def author(self) -> User:
        """The author of what a form makes: the person, or the staff member who acts as the person."""
        return cast(User, self.person.acting.staff) if self.person.acting else self.person

    @cached_property
    def page_user(self) -> PageUser:
        return load_page_user(self.person) if self.request.user.is_authenticated else ANONYMOUS_PAGE_USER

    def save_once(self, save: Callable[[], HttpResponse]) -> HttpResponse:
        """Save a form; one that was sent before leads to the result of its first sending."""
        if not self.form_token:
            return save()
        sending = FormSending(self.form_token, self.request.user.pk, timezone.now())
        answer = save_form_once(sending, save, in_transaction=self.saves_in_transaction)
        return self.answer_repeat(answer.location) if isinstance(answer, SentForm) else answer

    def answer_repeat(self, location: str) -> HttpResponse:
        """The answer to a form that was sent before. `location`: where the first answer led to, or empty."""
        if location:
            messages.success(self.request, "You sent this form twice. It was saved once.")
        else:
            messages.warning(self.request, "You sent this form before. Look here before you send it again.")
        return redirect(location or self.build_repeat_url())

    def build_repeat_url(self) -> str:
        """The page to show if a form was sent before and its first answer led to no other page."""
        return self.request.get_full_path()

    def context(self) -> dict[str, Any]:
        """`visitor`: the page user, for the header. `units` and `zone`: for the values on the page."""
        visitor = self.page_user
        return {"visitor": visitor, "units": visitor.units, "zone": visitor.zone}

    def organization(self, org_id: UUID | None) -> Organization:
        """The organization in the address, else the last one opened, else the first by name.

        Remembers it in the session. Raises 403 (404 for staff) if the user may not see it, and 404
        NO_ORGANIZATION if the user coaches nowhere.
        """
        identifier = org_id or self._last_organization_id()
        if identifier is None:
            raise NoCoachedOrganization
        organization = self.permit.organization(identifier)
        if self.request.session.get(LAST_ORGANIZATION_KEY) != organization.public_id:
            self.request.session[LAST_ORGANIZATION_KEY] = organization.public_id
        return organization

    def _last_organization_id(self) -> UUID | None:
        coached = [organization.org_id for organization in self.page_user.coaches]
        last = self.request.session.get(LAST_ORGANIZATION_KEY)
        chosen = last if last in coached else next(iter(coached), None)
        return Organization.parse_public_id(chosen) if chosen else None


class OneAthletePage(ProtectedPage):
    """A page about the athlete of `user_id` in the address.

    Templates get `athlete`, `name`, `own` and `section`.
    """

    athlete: Athlete
    own_section: ClassVar[str] = "own"

    def load_target(self) -> None:
        self.athlete = self.permit.athlete(parse_id(User.prefix, self.kwargs["user_id"], "user_id"))

    @cached_property
    def today(self) -> date:
        """The athlete's local day."""
        return self.athlete.local_date(timezone.now())

    @property
    def own(self) -> bool:
        return bool(self.athlete.pk == self.person.pk)

    def context(self) -> dict[str, Any]:
        return super().context() | {
            "athlete": self.athlete,
            "name": str(self.athlete.user),
            "own": self.own,
            "section": self.own_section if self.own else "roster",
        }


def redirect_to_sign_in(request: HttpRequest) -> HttpResponse:
    """302 to the sign-in page, which returns here. htmx gets a header that loads it as a full page."""
    back = {"next": request.get_full_path()} if request.method in ("GET", "HEAD") else {}
    address = reverse("sign-in-page") + (f"?{urlencode(back)}" if back else "")
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
