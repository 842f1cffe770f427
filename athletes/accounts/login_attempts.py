"""Decides which attempts to sign in are taken. django-axes calls this for pages, the API and the admin.

A known device has a counter of its own. All unknown devices share the account's counter; besides, django-axes
counts them per account and address, and an address that fails too often is slowed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_failure_limit
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict

from astral.http.error_pages import render_error_page
from astral.http.errors import build_status_error_body, is_api_request
from astral.logs import log_event
from athletes.accounts.browsers import record_browser
from athletes.accounts.known_devices import SIGNED_IN, find_known_device, hash_address, remember_devices
from athletes.accounts.sign_in_counters import (
    NO_WAIT,
    UNKNOWN,
    Attempt,
    give_back_attempt,
    take_attempt_of_known_device,
    take_attempt_of_unknown_device,
)
from athletes.models import User


class LoginAttemptHandler(AxesDatabaseHandler):  # type: ignore[misc]
    """The attempt of a request is its `sign_in_attempt`. Stores no form data."""

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Take the attempt, before its password is checked. False: refused."""
        attempt = self._take_attempt(request, credentials or {})
        request.sign_in_attempt = attempt  # type: ignore[attr-defined]
        return not attempt.wait

    def _take_attempt(self, request: HttpRequest, credentials: dict[str, Any]) -> Attempt:
        account, now = normalize_account_name(request, credentials), _get_attempt_time(request)
        device = SIGNED_IN if credentials.get("is_signed_in") else find_known_device(request, account, now)
        if device != UNKNOWN:
            return take_attempt_of_known_device(account, device, now)
        failures = int(super().get_failures(request, credentials))
        if failures >= get_failure_limit(request, credentials):
            return Attempt(account, UNKNOWN, failures, settings.AXES_COOLOFF_TIME)
        return take_attempt_of_unknown_device(account, now, self._find_noisy_address(request))

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """Count the failure. django-axes would also store the form, which may contain secrets."""
        if request is None:
            super().user_login_failed(sender, credentials, request, **kwargs)
            return
        form, query = request.POST, request.GET
        request.POST = request.GET = QueryDict()
        try:
            super().user_login_failed(sender, credentials, request, **kwargs)
        finally:
            request.POST, request.GET = form, query
        is_locked = getattr(request, "axes_locked_out", False)
        log_event("sign_in_locked" if is_locked else "sign_in_refused")

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Failures after which the last one, too, is answered with 429."""
        attempt = _get_attempt(request)
        if attempt is not None and attempt.is_known:
            return attempt.failures
        return int(super().get_failures(request, credentials))

    def user_logged_in(self, sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().user_logged_in(sender, request, user, **kwargs)
        accept_attempt(request)
        now = _get_attempt_time(request)
        remember_devices(request, user.email, now)
        if not is_api_request(request):
            record_browser(request, user, now)

    def _find_noisy_address(self, request: HttpRequest) -> str:
        """The hash of the request's address, if it is past its limit; else empty."""
        noisy = self._count_failures_from_address(request) >= settings.LOGIN_ATTEMPTS_PER_ADDRESS
        return hash_address(request) if noisy else ""

    def _count_failures_from_address(self, request: HttpRequest) -> int:
        """Recent failures from this address, in one SQL statement; 0 if the address is unknown."""
        address = getattr(request, "axes_ip_address", None)
        recent = AccessAttempt.objects.filter(
            ip_address=address, attempt_time__gt=get_cool_off_threshold(request)
        )
        return (recent.aggregate(sum=Sum("failures_since_start"))["sum"] or 0) if address else 0


def accept_attempt(request: HttpRequest) -> None:
    """The password was right: the attempt of this request is no failure."""
    attempt = _get_attempt(request)
    if attempt is not None:
        give_back_attempt(attempt)


def _get_attempt(request: HttpRequest) -> Attempt | None:
    return getattr(request, "sign_in_attempt", None)


def _get_attempt_time(request: HttpRequest) -> datetime:
    """The time that django-axes has read for this request."""
    time: datetime = request.axes_attempt_time  # type: ignore[attr-defined]
    return time


def normalize_account_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The account name under which attempts count; capitals and spaces make no difference."""
    given = (credentials or {}).get("username") or request.POST.get("username", "")
    return str(given).strip().lower()[:255]


def build_lockout_response(request: HttpRequest, *args: Any) -> HttpResponse:
    """The answer after too many failed attempts: JSON for the API, a page for browsers."""
    attempt = _get_attempt(request)
    wait = (attempt.wait if attempt else NO_WAIT) or settings.AXES_COOLOFF_TIME
    headers = {"Retry-After": str(ceil(wait.total_seconds()))}
    if is_api_request(request):
        return JsonResponse(build_status_error_body(429), status=429, headers=headers)
    return render_error_page(request, 429, f"Wait {_format_wait(wait)} and try again.", headers=headers)


def _format_wait(wait: timedelta) -> str:
    minutes = ceil(wait.total_seconds() / 60)
    if wait.total_seconds() <= 30:
        return "a few seconds"
    return "a minute" if minutes == 1 else f"{minutes} minutes"
