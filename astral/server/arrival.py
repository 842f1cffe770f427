"""The bytes of one request while they arrive. Pure: it knows no socket and no clock."""

from __future__ import annotations

import re
from tempfile import SpooledTemporaryFile

HEAD_TIMEOUT_S = 10.0
# A body has a minute, and a second more for each kilobyte that has arrived: 1 kB/s at least.
BODY_TIMEOUT_S, BODY_BYTES_PER_S = 60.0, 1_000
LINE_BYTES, HEAD_BYTES = 4_094, 65_536  # gunicorn's own limit of a request line; a whole head
BODY_BYTES = 30_000_000  # one recording and its form. A longer body is read by the thread that refuses it.
MEMORY_BYTES = 262_144  # more than this is kept in a temporary file
READ_BYTES = 262_144
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})[ \t]*\r$", re.IGNORECASE | re.MULTILINE)
_CHUNKED = re.compile(rb"^transfer-encoding:", re.IGNORECASE | re.MULTILINE)
_EXPECT = re.compile(rb"^expect:[ \t]*100-continue[ \t]*\r$", re.IGNORECASE | re.MULTILINE)


class RefusedRequest(Exception):
    """The request is refused with this status before all of it has arrived."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Arrival:
    """One request: its head, then its body.

    `surplus`: bytes of the next request. `leaves_bytes`: the body, or a part of it, is still to be read from
    the socket, because it is chunked or too long. `awaits_continue`: the client waits for 100 Continue.
    """

    def __init__(self, started_s: float) -> None:
        self.deadline_s = started_s + HEAD_TIMEOUT_S
        self.content = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115 (closed with the request)
        self.surplus = b""
        self.is_complete = self.leaves_bytes = self.awaits_continue = False
        self.has_bytes = False
        self._head: bytearray | None = bytearray()  # None: the head is complete
        self._missing = 0

    @property
    def next_bytes(self) -> int:
        """How many bytes may be read next."""
        return READ_BYTES if self._head is None else HEAD_BYTES

    def add_bytes(self, data: bytes, now_s: float) -> None:
        """Raises RefusedRequest if the head is too long."""
        self.has_bytes = self.has_bytes or bool(data)
        if self._head is None:
            self._add_to_body(data)
            self.deadline_s += min(len(data), READ_BYTES) / BODY_BYTES_PER_S
            return
        searched = max(0, len(self._head) - len(_END))
        self._head += data
        end = self._head.find(_END, searched)
        if end >= 0:
            self._start_body(end + len(_END), now_s)
        elif b"\n" not in self._head[: LINE_BYTES + 1] and len(self._head) > LINE_BYTES:
            raise RefusedRequest(414)
        elif len(self._head) > HEAD_BYTES:
            raise RefusedRequest(431)

    def _start_body(self, end: int, now_s: float) -> None:
        assert self._head is not None
        head, rest, self._head = bytes(self._head[:end]), bytes(self._head[end:]), None
        self.content.write(head)
        self.deadline_s = now_s + BODY_TIMEOUT_S
        length = _LENGTH.search(head)
        self._missing = int(length[1]) if length else 0
        self.leaves_bytes = bool(_CHUNKED.search(head)) or self._missing > BODY_BYTES
        self.awaits_continue = bool(_EXPECT.search(head)) and len(rest) < self._missing
        if self.leaves_bytes:
            self.content.write(rest)
            self._finish()
        else:
            self._add_to_body(rest)

    def _add_to_body(self, data: bytes) -> None:
        body, self.surplus = data[: self._missing], data[self._missing :]
        self.content.write(body)
        self._missing -= len(body)
        if not self._missing:
            self._finish()

    def _finish(self) -> None:
        self.content.seek(0)
        self.is_complete = True
