"""Signing in and out. Attempts are counted by django-axes in PostgreSQL, per account and address."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from knox.models import AuthToken

from astral.errors import Refused, body_for, is_api
from athletes.models import User


def sign_in(request: HttpRequest, email: str, password: str) -> tuple[User, str, datetime]:
    """A new token for this account: (user, token, expires_at).

    Raises Refused 401, in the same words for a wrong password, an unknown account and one that is switched off,
    and Refused 429 once there were too many attempts.
    """
    user = authenticate(request, username=email.strip().lower(), password=password)
    if getattr(request, "axes_locked_out", False):
        raise Refused("TOO_MANY_ATTEMPTS", "Too many attempts; try again later.", 429)
    if not isinstance(user, User):
        raise Refused("INVALID_CREDENTIALS", "This e-mail address and password do not belong together.", 401)
    # Tells django-axes to forget the failures before, and Django to note the last sign-in.
    user_logged_in.send(sender=User, request=request, user=user)
    row, token = AuthToken.objects.create(user)
    return user, token, row.expiry


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


def account_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What attempts are counted under: one spelling of an address, so that capitals give no further attempts."""
    given = (credentials or {}).get("username") or request.POST.get("username", "")
    return str(given).strip().lower()[:255]


def client_address(request: HttpRequest) -> str | None:
    """Where a request comes from. Each trusted proxy adds one address on the right of X-Forwarded-For; whatever
    stands further left was written by the client itself and is not believed."""
    peer = request.META.get("REMOTE_ADDR") or None  # empty where the server listens on a unix socket
    forwarded = [address.strip() for address in request.headers.get("X-Forwarded-For", "").split(",")]
    if not 0 < settings.TRUSTED_PROXIES <= len(forwarded):
        return _counted(peer or "") or peer
    return _counted(forwarded[-settings.TRUSTED_PROXIES]) or peer


def _counted(address: str) -> str | None:
    """An address as attempts are counted: of IPv6 the network, because one line has more addresses than attempts."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return str(parsed) if parsed.version == 4 else str(ip_network((parsed, 64), strict=False).network_address)


def locked_out_page(request: HttpRequest, *args: Any) -> HttpResponse:
    """django-axes' answer to one attempt too many, in the shape of whoever asked."""
    wait = {"Retry-After": str(int(settings.AXES_COOLOFF_TIME.total_seconds()))}
    if is_api(request):
        return JsonResponse(body_for(429), status=429, headers=wait)
    return HttpResponse("Too many attempts; try again later.", status=429, content_type="text/plain", headers=wait)
