"""Describes the caller of a request for the log: an opaque id, the credential and the network address."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from astral.logs import opaque_id


def describe_caller(request: HttpRequest) -> dict[str, str | None]:
    """`caller`: such as "person 5c1d…"; `credential`: session, token, key or none; `address`.

    Makes no SQL statement: a caller who was not loaded for the answer is "anonymous".
    """
    user, credential = find_loaded_user(request), getattr(request, "auth", None)
    if user is None or not user.is_authenticated:
        return {"caller": "anonymous", "credential": "none", "address": get_client_address(request)}
    if user.pk is None:
        caller, kind = f"key {opaque_id(credential.pk)}" if credential else "key", "key"
    else:
        role = "staff" if user.is_staff else "person"
        caller, kind = f"{role} {opaque_id(user.pk)}", "token" if credential else "session"
    return {"caller": caller, "credential": kind, "address": get_client_address(request)}


def find_loaded_user(request: HttpRequest) -> Any:
    """The user of the request, if they were loaded already; else None. Makes no SQL statement."""
    user = getattr(request, "user", None)
    return getattr(request, "_cached_user", None) if isinstance(user, SimpleLazyObject) else user


def get_client_address(request: HttpRequest) -> str | None:
    """The network address of the client.

    Each trusted proxy appends one address to X-Forwarded-For. Addresses further left come from the client and
    may be forged, so they are ignored.
    """
    peer = request.META.get("REMOTE_ADDR") or None  # empty if the server listens on a unix socket
    forwarded = [address.strip() for address in request.headers.get("X-Forwarded-For", "").split(",")]
    if not 0 < settings.TRUSTED_PROXIES <= len(forwarded):
        return _normalize_address(peer or "") or peer
    return _normalize_address(forwarded[-settings.TRUSTED_PROXIES]) or peer


def _normalize_address(address: str) -> str | None:
    """IPv4: the address.

    IPv6: its /64 network, because one connection can use all addresses of it. None: no address.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(parsed) if parsed.version == 4 else str(ip_network((parsed, 64), strict=False).network_address)
