"""Known devices: where an account signed in before. Guesses of others do not slow them.

A browser is known by a signed cookie with a random number, a program by its network address. The cookie is
the same for all accounts: the database knows which accounts signed in with it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from astral.http.errors import is_api_request
from astral.http.middleware.caller import get_client_address
from athletes.accounts.sign_in_counters import UNKNOWN
from athletes.models import SignInCounter

SIGNED_IN = "signed in"  # the device of a person who repeats the password for a change
COOKIE = "device"
BROWSER_KNOWN_FOR, ADDRESS_KNOWN_FOR = timedelta(days=90), timedelta(days=30)


class KnownDeviceMiddleware:
    """Sends the cookie after a sign-in on a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        number = getattr(request, "known_browser", None)
        if number is not None:
            answer.set_signed_cookie(
                COOKIE,
                number,
                max_age=BROWSER_KNOWN_FOR,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return answer


def find_known_device(request: HttpRequest, account: str, now: datetime) -> str:
    """The hash of the browser or address from which this account signed in before, or UNKNOWN."""
    devices = [device for device in (_hash_browser(_read_cookie(request)), hash_address(request)) if device]
    known = SignInCounter.objects.filter(account=account, device__in=devices, known_until__gt=now)
    return min(known.values_list("device", flat=True), key=devices.index, default=UNKNOWN)


def remember_devices(request: HttpRequest, account: str, now: datetime) -> None:
    """The password was right: address and, on pages, browser are known now. Their failures are forgotten."""
    known = {hash_address(request): now + ADDRESS_KNOWN_FOR}
    if not is_api_request(request):
        number = _read_cookie(request) or token_urlsafe(16)
        request.known_browser = number  # type: ignore[attr-defined]  # for KnownDeviceMiddleware
        known[_hash_browser(number)] = now + BROWSER_KNOWN_FOR
    rows = [
        SignInCounter(account=account, device=device, attempted_at=now, known_until=until)
        for device, until in sorted(known.items())  # sorted: two sign-ins at once lock in the same order
        if device
    ]
    SignInCounter.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["account", "device"],
        update_fields=["failures", "attempted_at", "known_until"],
    )


def hash_address(request: HttpRequest) -> str:
    """The keyed hash of the client's address; empty if there is none."""
    return _hash("address", get_client_address(request) or "")


def _hash_browser(number: str) -> str:
    return _hash("browser", number)


def _hash(kind: str, value: str) -> str:
    digest = salted_hmac("athletes.known_devices", f"{kind} {value}", algorithm="sha256").hexdigest()
    return digest[:32] if value else ""


def _read_cookie(request: HttpRequest) -> str:
    return request.get_signed_cookie(COOKIE, default="", max_age=BROWSER_KNOWN_FOR) or ""
