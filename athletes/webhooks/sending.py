"""Post one message to one target over HTTP. No redirects, no proxies, limited time and size."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from io import BufferedReader, RawIOBase
from threading import Event, Timer
from time import monotonic
from typing import Any, cast

from athletes.webhooks.targets import TargetRefused, TargetRules, WebhookTarget, parse_target, resolve_target

CONNECT_TIMEOUT_S, TOTAL_TIMEOUT_S = 3.0, 10.0
MAX_ANSWER_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class SendingOutcome:
    """What one try gave: the status of the answer, or the code of an error."""

    status: int | None = None
    error: str = ""

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post_message(url: str, headers: Mapping[str, str], body: bytes, rules: TargetRules) -> SendingOutcome:
    """Send the message once. Every failure is a `SendingOutcome`."""
    deadline = monotonic() + TOTAL_TIMEOUT_S
    try:
        target = parse_target(url, rules)
        address = resolve_target(target, rules)
    except TargetRefused as refusal:
        return SendingOutcome(error=refusal.code)
    connection = PinnedConnection(target, address)
    limit = TimeLimit(connection, deadline - monotonic())
    try:
        return _exchange(connection, target, headers, body)
    except (OSError, HTTPException, ValueError) as error:
        return SendingOutcome(error="TIMEOUT" if limit.has_run_out.is_set() else _name_error(error))
    finally:
        limit.timer.cancel()
        connection.close()


class LimitedInput(RawIOBase):
    """At most `left` bytes of another input."""

    def __init__(self, source: RawIOBase, left: int) -> None:
        self.source, self.left = source, left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        size = min(len(buffer), self.left)
        count = self.source.readinto(memoryview(buffer)[:size]) or 0 if size else 0
        self.left -= count
        return count

    def close(self) -> None:
        self.source.close()
        super().close()


class LimitedAnswer(HTTPResponse):
    """An answer of which at most 64 kB are read, its headers included."""

    def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp.close()
        source = cast(RawIOBase, sock.makefile("rb", buffering=0))
        self.fp = BufferedReader(LimitedInput(source, MAX_ANSWER_BYTES))


class PinnedConnection(HTTPConnection):
    """Connects to one address, whatever the host's name resolves to meanwhile."""

    response_class = LimitedAnswer

    def __init__(self, target: WebhookTarget, address: str) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_TIMEOUT_S)
        self.target, self.address = target, address

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), CONNECT_TIMEOUT_S)
        if self.target.uses_tls:
            self.sock = _load_tls_context().wrap_socket(self.sock, server_hostname=self.target.host)
        self.sock.settimeout(TOTAL_TIMEOUT_S)

    def cut(self) -> None:
        """End the connection while another thread waits for it."""
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.sock.close()


class TimeLimit:
    """Cuts a connection after some seconds: a receiver could send one byte a second for ever."""

    def __init__(self, connection: PinnedConnection, seconds: float) -> None:
        self.connection, self.has_run_out = connection, Event()
        self.timer = Timer(seconds, self._end)
        self.timer.daemon = True
        self.timer.start()

    def _end(self) -> None:
        self.has_run_out.set()
        self.connection.cut()


@cache
def _load_tls_context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _exchange(
    connection: PinnedConnection, target: WebhookTarget, headers: Mapping[str, str], body: bytes
) -> SendingOutcome:
    connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
    sent = {"Host": target.host_header, "Connection": "close", "Content-Length": str(len(body)), **headers}
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    with connection.getresponse() as answer:
        with suppress(OSError, HTTPException, ValueError):  # the status counts, not what follows
            answer.read()
        return SendingOutcome(status=answer.status)


def _name_error(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "TIMEOUT"
    if isinstance(error, ssl.SSLError):
        return "TLS_FAILED"
    return "UNREACHABLE" if isinstance(error, OSError) else "NO_HTTP"
