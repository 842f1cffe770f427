"""gunicorn's worker with threads, for clients of any speed."""

from __future__ import annotations

import errno
import selectors
import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any

import structlog
from gunicorn.errors import ConfigError
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from astral.server.arrival import RefusedRequest
from astral.server.connection import BufferedConnection
from astral.server.refusals import build_refusal, make_request_id

LINGER_S = 2.0
EXPIRY_INTERVAL_S = 0.5
DRAIN_BYTES = 65_536
GONE = (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK)
STATUS_OF_ERROR: tuple[tuple[type[Exception], int], ...] = (
    (errors.InvalidResponseHeader, 500),  # the application's fault
    (errors.InvalidResponseHeaderName, 500),
    (errors.LimitRequestLine, 414),
    (errors.LimitRequestHeaders, 431),
    (errors.ExpectationFailed, 417),
    (errors.UnsupportedTransferCoding, 501),
    (errors.ParseException, 400),
)
log = structlog.get_logger("astral.server")


class BufferingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """The main loop collects requests; a thread gets one when all of it has arrived.

    So a client that sends slowly holds a socket and no thread. gunicorn's own loop gives a connection to a
    thread at its first byte. Everything but `handle` and `handle_error` runs in the main loop.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arriving: set[BufferedConnection] = set()
        self.lingering: dict[BufferedConnection, float] = {}  # until when
        self.next_expiry_s = 0.0

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        super().check_config(cfg, log)
        if cfg.is_ssl:
            raise ConfigError("Astral serves plain http. A reverse proxy in front of it does TLS.")

    def accept(self, listener: socket.socket) -> None:
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno not in GONE:
                raise
            return
        self.nr_conns += 1
        server = listener.getsockname()
        self.enqueue_req(BufferedConnection(self.cfg, accepted, address, server, self._start_lingering))

    def enqueue_req(self, conn: BufferedConnection) -> None:
        """Collect the next request of this connection. Then a thread gets it."""
        try:
            conn.start_arrival(time.monotonic())
        except RefusedRequest as refusal:
            self._refuse(conn, refusal.status)
            return
        if conn.arrival.is_complete:
            super().enqueue_req(conn)
        else:
            self._receive(conn)

    def _receive(self, conn: BufferedConnection, _file: Any = None) -> None:
        try:
            is_open = conn.receive_bytes(time.monotonic())
        except RefusedRequest as refusal:
            self._refuse(conn, refusal.status)
            return
        if conn.arrival.is_complete:
            self._stop_receiving(conn)
            super().enqueue_req(conn)
        elif not is_open:
            self._drop(conn)
        elif conn not in self.arriving:
            self.arriving.add(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._receive, conn))

    def _stop_receiving(self, conn: BufferedConnection) -> None:
        if conn in self.arriving:
            self.arriving.remove(conn)
            self.poller.unregister(conn.sock)

    def _drop(self, conn: BufferedConnection) -> None:
        self._stop_receiving(conn)
        self.nr_conns -= 1
        conn.close()

    def _refuse(self, conn: BufferedConnection, status: int) -> None:
        self._stop_receiving(conn)
        self.nr_conns -= 1
        conn.send_at_once(self._build_refusal(status, conn.client))
        conn.arrival.leaves_bytes = True
        conn.close(graceful=True)

    def _build_refusal(self, status: int, client: Any) -> bytes:
        request_id = make_request_id()
        address = client[0] if client else None  # None: a unix socket
        log.info("request_refused", status=status, address=address, request_id=request_id)
        return build_refusal(status, request_id)

    def murder_pending(self) -> None:
        """gunicorn calls it after each turn of its loop: here it ends what has taken too long."""
        super().murder_pending()
        now = time.monotonic()
        if now < self.next_expiry_s:
            return
        self.next_expiry_s = now + EXPIRY_INTERVAL_S
        for conn in [conn for conn in self.arriving if self._is_late(conn, now)]:
            if conn.arrival.has_bytes:
                self._refuse(conn, 408)
            else:
                self._drop(conn)
        for conn in [conn for conn, until_s in self.lingering.items() if until_s <= now]:
            self._stop_lingering(conn)

    def _is_late(self, conn: BufferedConnection, now_s: float) -> bool:
        """A worker that stops does not wait for connections without a request."""
        return conn.arrival.deadline_s <= now_s or not (self.alive or conn.arrival.has_bytes)

    def _start_lingering(self, conn: BufferedConnection) -> None:
        """Read and forget what the client still sends: closing at once would delete the answer on its way."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))
        except (OSError, ValueError):
            conn.sock.close()
            return
        self.lingering[conn] = time.monotonic() + LINGER_S

    def _drain(self, conn: BufferedConnection, _file: Any) -> None:
        try:
            is_open = bool(conn.sock.recv(DRAIN_BYTES))
        except BlockingIOError:
            return
        except OSError:
            is_open = False
        if not is_open:
            self._stop_lingering(conn)

    def _stop_lingering(self, conn: BufferedConnection) -> None:
        del self.lingering[conn]
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        conn.sock.close()

    def _keepalive_after(self, conn: BufferedConnection, keepalive: bool) -> bool:
        """In the thread. Bytes behind this request begin the next one."""
        if not keepalive or conn.arrival.leaves_bytes or not super()._keepalive_after(conn, keepalive):
            return False
        conn.arrival.content.close()
        conn.parser.unreader.unread(conn.arrival.surplus)
        return True

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """In the thread. As gunicorn's, with the error shape and the headers of other answers."""
        status = next((status for kind, status in STATUS_OF_ERROR if isinstance(exc, kind)), 500)
        if status == 500:
            self.log.exception("Error handling request %s", getattr(req, "path", "(not read)"))
        with suppress(OSError):
            client.sendall(self._build_refusal(status, addr))
