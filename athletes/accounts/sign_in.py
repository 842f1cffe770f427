"""Signing in and out. Attempts are counted by django-axes in PostgreSQL, per account and address."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from knox.models import AuthToken

from astral.http.error_pages import render_error_page
from astral.http.errors import ApiError, build_status_error_body, is_api_request
from athletes.models import User

PASSWORD_BACKEND = (
    "django.contrib.auth.backends.ModelBackend"  # what a session says that its person came in by
)


def authenticate_account(request: HttpRequest, email: str, password: str) -> User:
    """Whose address and password these are.

    Raises Refused 401, in the same words for a wrong password, an unknown account and one that is switched off,
    and Refused 429 once there were too many attempts.
    """
    user = authenticate(request, username=email.strip().lower(), password=password)
    if getattr(request, "axes_locked_out", False):
        raise ApiError("TOO_MANY_ATTEMPTS", "Too many attempts; try again later.", 429)
    if not isinstance(user, User):
        raise ApiError("INVALID_CREDENTIALS", "This e-mail address and password do not belong together.", 401)
    return user


def sign_in(request: HttpRequest, email: str, password: str) -> tuple[User, str, datetime]:
    """A new token for this account: (user, token, expires_at). Raises what `authenticate_account` raises."""
    user = authenticate_account(request, email, password)
    # Tells django-axes to forget the failures before, and Django to note the last sign-in.
    user_logged_in.send(sender=User, request=request, user=user)
    row, token = AuthToken.objects.create(user)
    return user, token, row.expiry


def confirm_password(request: HttpRequest, person: User, password: str | None) -> None:
    """That it is really them who ask: their password again, where the account has one.

    400 REQUIRED or WRONG_PASSWORD; a wrong one counts as a failed attempt to sign in. 429 once there were too many.
    """
    if not person.has_usable_password():
        return
    if password is None:
        raise ApiError("REQUIRED", "Send your password again.", field="password")
    found = authenticate(request, username=person.email, password=password)
    if getattr(request, "axes_locked_out", False):
        raise ApiError("TOO_MANY_ATTEMPTS", "Too many attempts; try again later.", 429)
    if found != person:
        raise ApiError("WRONG_PASSWORD", "This is not your password.", field="password")


def sign_out(request: HttpRequest, token: AuthToken | None) -> None:
    """End the token the request came with; without one, the page session it came with."""
    if token is None:
        logout(request)
    else:
        token.delete()


@transaction.atomic
def sign_out_everywhere(user: User) -> None:
    """End every token and every page session of this person."""
    AuthToken.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)


def normalize_account_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What attempts are counted under: one spelling of an address, so that capitals give no further attempts."""
    given = (credentials or {}).get("username") or request.POST.get("username", "")
    return str(given).strip().lower()[:255]


def get_client_address(request: HttpRequest) -> str | None:
    """Where a request comes from. Each trusted proxy adds one address on the right of X-Forwarded-For; whatever
    stands further left was written by the client itself and is not believed."""
    peer = request.META.get("REMOTE_ADDR") or None  # empty where the server listens on a unix socket
    forwarded = [address.strip() for address in request.headers.get("X-Forwarded-For", "").split(",")]
    if not 0 < settings.TRUSTED_PROXIES <= len(forwarded):
        return _normalize_address(peer or "") or peer
    return _normalize_address(forwarded[-settings.TRUSTED_PROXIES]) or peer


def _normalize_address(address: str) -> str | None:
    """An address as attempts are counted: of IPv6 the network, because one line has more addresses than attempts."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return str(parsed) if parsed.version == 4 else str(ip_network((parsed, 64), strict=False).network_address)


def build_lockout_response(request: HttpRequest, *args: Any) -> HttpResponse:
    """django-axes' answer to one attempt too many, in the shape of whoever asked."""
    wait = {"Retry-After": str(int(settings.AXES_COOLOFF_TIME.total_seconds()))}
    if is_api_request(request):
        return JsonResponse(build_status_error_body(429), status=429, headers=wait)
    return render_error_page(
        request, 429, f"Wait {_format_minutes(settings.AXES_COOLOFF_TIME)} and try again.", headers=wait
    )


def _format_minutes(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return "a minute" if minutes == 1 else f"{minutes} minutes"
