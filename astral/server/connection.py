"""The socket and the parser of one client."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable
from typing import Any, BinaryIO, cast

from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import Unreader
from gunicorn.workers.gthread import TConn

from astral.server.arrival import Arrival

# While an answer is sent, its thread waits at most so long in total, and a second more for each 20 kB.
SEND_TIMEOUT_S, SEND_BYTES_PER_S = 15.0, 20_000
# The kernel takes an answer of this size at once, so that its thread is free, however slow the reader is.
SEND_BUFFER_BYTES = 1_000_000
BLOCK_BYTES = 65_536
# A thread reads long and chunked bodies itself. It waits at most so long, and 1 s more for each 100 kB.
READ_TIMEOUT_S, READ_BYTES_PER_S = 10.0, 100_000
TOO_SLOW = (errno.ECONNRESET, "the client is too slow")  # gunicorn logs no traceback for this error
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class PacedSocket(socket.socket):
    """A client's socket. A thread that waits too long for its client gets ConnectionResetError."""

    sending_s = 0.0
    sent_bytes = 0

    @classmethod
    def take_over(cls, accepted: socket.socket) -> PacedSocket:
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        return cls(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())

    def start_answer(self) -> None:
        self.sending_s, self.sent_bytes = 0.0, 0

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        self.sent_bytes += len(data)
        allowed_s = SEND_TIMEOUT_S + self.sent_bytes / SEND_BYTES_PER_S - self.sending_s
        started_s = time.monotonic()
        self.settimeout(max(allowed_s, 0.001))
        try:
            super().sendall(data, flags)
        except TimeoutError as error:
            raise ConnectionResetError(*TOO_SLOW) from error
        finally:
            self.sending_s += time.monotonic() - started_s

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """By blocks through `sendall`, so that a file is paced like other answers."""
        file.seek(offset)
        left = count
        sent = 0
        while block := file.read(BLOCK_BYTES if left is None else min(BLOCK_BYTES, left)):
            self.sendall(block)
            sent += len(block)
            left = None if left is None else left - len(block)
        return sent


class ArrivedBytes(Unreader):  # type: ignore[misc]  # gunicorn has no types
    """What gunicorn's parser reads: the collected request, then the rest of a long or chunked body."""

    def __init__(self, sock: PacedSocket, arrival: Arrival) -> None:
        super().__init__()
        self.sock, self.arrival = sock, arrival
        self.waited_s, self.read_bytes = 0.0, 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        size = max(size_hint or 0, BLOCK_BYTES)
        collected = cast(BinaryIO, self.arrival.content).read(size)
        if collected or not self.arrival.leaves_bytes:
            return collected
        return self._read_socket(size)

    def _read_socket(self, size: int) -> bytes:
        allowed_s = READ_TIMEOUT_S + self.read_bytes / READ_BYTES_PER_S - self.waited_s
        started_s = time.monotonic()
        self.sock.settimeout(max(allowed_s, 0.001))
        try:
            data = self.sock.recv(size)
        except TimeoutError as error:
            raise ConnectionResetError(*TOO_SLOW) from error
        finally:
            self.waited_s += time.monotonic() - started_s
        self.read_bytes += len(data)
        return data


class BufferedConnection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A client. The main loop collects its next request in `arrival`; then a thread parses it."""

    parser: Any

    def __init__(self, cfg: Any, accepted: socket.socket, address: Any, server: Any, linger: Linger) -> None:
        super().__init__(cfg, PacedSocket.take_over(accepted), address, server)
        self.data_ready = True  # gunicorn's threads do not wait for the first byte
        self.linger = linger
        self.arrival = Arrival(0.0)

    def start_arrival(self, now_s: float) -> None:
        """Expect the next request; bytes of it may have arrived behind the last one."""
        surplus = self.parser.unreader.take_buffered() if self.parser else b""
        self.sock.setblocking(False)
        self.arrival.content.close()
        self.arrival = Arrival(now_s)
        if surplus:
            self.arrival.add_bytes(surplus, now_s)

    def receive_bytes(self, now_s: float) -> bool:
        """Read what has arrived. False: the client is gone. Raises RefusedRequest."""
        try:
            data = self.sock.recv(self.arrival.next_bytes)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        self.arrival.add_bytes(data, now_s)
        if self.arrival.awaits_continue:
            self.arrival.awaits_continue = False
            self.send_at_once(_CONTINUE)
        return bool(data)

    def send_at_once(self, data: bytes) -> None:
        """Send what the kernel takes without waiting; a client that is gone gets nothing."""
        try:
            self.sock.setblocking(False)
            self.sock.send(data)
        except OSError:
            pass

    def init(self) -> None:
        """Give the collected request to the parser. gunicorn calls it in the thread, before each request."""
        self.initialized = True
        if self.parser is None:
            self.parser = RequestParser(self.cfg, self.sock, self.client)
        self.parser.unreader = ArrivedBytes(self.sock, self.arrival)
        self.sock.start_answer()

    def close(self, graceful: bool = False) -> None:
        """`graceful`: what the client still sends is read for a moment, so that it gets its answer."""
        self.arrival.content.close()
        if graceful and self.arrival.leaves_bytes:
            self.linger(self)
        else:
            super().close()


Linger = Callable[[BufferedConnection], None]
