"""The address of a webhook: what it may look like, and where its host is."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import ip_address
from threading import Thread
from urllib.parse import SplitResult, urlsplit

from athletes.models.webhooks import LONGEST_URL
from athletes.webhooks.addresses import is_loopback_address, is_public_address

DNS_TIMEOUT_S = 3.0
LOOPBACK_NAMES = ("localhost", "localhost.")


class TargetRefused(Exception):
    """A message must not be sent there. `code`: for the list of deliveries. The text is for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class TargetRules:
    """The allowed ports. `allows_loopback`: also http, and any port, to this machine: for tests."""

    ports: tuple[int, ...] = (443, 8443)
    allows_loopback: bool = False


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """Where to connect. `host` is for the Host header and the certificate, as the URL has it."""

    host: str
    port: int
    uses_tls: bool
    path: str  # with its query

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.uses_tls else 80) else f"{host}:{self.port}"


def parse_target(url: str, rules: TargetRules) -> WebhookTarget:
    """Check everything about a URL that needs no network. Raises TargetRefused."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise TargetRefused("URL_INVALID", "Use an address of printable ASCII characters without spaces.")
    parts, port = _split_url(url)
    host = (parts.hostname or "").lower()
    is_local = rules.allows_loopback and (host in LOOPBACK_NAMES or is_loopback_address(host))
    if parts.scheme != "https" and not (is_local and parts.scheme == "http"):
        raise TargetRefused("SCHEME_REFUSED", "Use an address that begins with https://.")
    if "@" in parts.netloc:
        raise TargetRefused("CREDENTIALS_REFUSED", "Leave user name and password out of the address.")
    if "#" in url:
        raise TargetRefused("URL_INVALID", "Leave out what follows the #.")
    uses_tls = parts.scheme == "https"
    number = port if port is not None else 443 if uses_tls else 80
    if not is_local:
        _check_host(host)
        if number not in rules.ports:
            ports = " or ".join(map(str, rules.ports))
            raise TargetRefused("PORT_REFUSED", f"Use port {ports}.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return WebhookTarget(host, number, uses_tls, path)


def _split_url(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise TargetRefused("URL_INVALID", "This is not an address of the web.") from None
    if not parts.hostname or port == 0:
        raise TargetRefused("URL_INVALID", "This is not an address of the web.")
    return parts, port


def _check_host(host: str) -> None:
    """Refuse a literal address that is not public. A name is checked when it is resolved."""
    try:
        ip_address(host)
    except ValueError:
        if len(host) <= 253 and all(0 < len(label) <= 63 for label in host.rstrip(".").split(".")):
            return
        raise TargetRefused("URL_INVALID", "This is not an address of the web.") from None
    if not is_public_address(host):
        raise _build_address_refusal()


def resolve_target(target: WebhookTarget, rules: TargetRules) -> str:
    """The one address to connect to. Raises TargetRefused if any address of the host is not public.

    Whoever connects uses this address and does not ask again: a second answer could differ.
    """
    addresses = _look_up(target)
    allowed = [
        address
        for address in addresses
        if is_public_address(address) or (rules.allows_loopback and is_loopback_address(address))
    ]
    if len(allowed) < len(addresses):
        raise _build_address_refusal()
    return allowed[0]


def _build_address_refusal() -> TargetRefused:
    return TargetRefused("ADDRESS_REFUSED", "Use an address of the public internet.")


def _look_up(target: WebhookTarget) -> list[str]:
    """All addresses of the host. In a thread, because a look-up itself has no time limit."""
    found: list[str] = []

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(str(row[4][0]) for row in rows))

    thread = Thread(target=look_up, name="webhook look-up", daemon=True)
    thread.start()
    thread.join(DNS_TIMEOUT_S)
    if not found:
        raise TargetRefused("HOST_UNKNOWN", "The host has no address.")
    return list(found)
