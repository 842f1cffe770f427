"""The looks of this process, until a thread stores them: the answer does not wait for the access log.

A crash loses the looks of the last second. Without the database, looks wait here, but only so many.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from time import time

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from athletes.looks.collector import Look
from athletes.looks.storage import store_looks

MOST_LOOKS = 20_000  # that wait in one process: some seconds of a very busy server
LOOKS_PER_STATEMENT = 2_000
log = structlog.get_logger("astral.access_log")

TimedLook = tuple[Look, float]


class LookBuffer:
    """A bounded queue, and a thread that empties it. A forked process starts with an empty one."""

    def __init__(self, store: Callable[[Sequence[TimedLook]], None]) -> None:
        self.store = store
        self.clear()

    def clear(self) -> None:
        """Forget everything. A forked process has no thread: its parent has it, with the looks."""
        self._waiting: deque[TimedLook] = deque()
        self._wake, self._stop = threading.Event(), threading.Event()
        self._lock, self._storing = threading.Lock(), threading.Lock()
        self._thread: threading.Thread | None = None
        self._dropped = 0

    def append(self, looks: Iterable[Look]) -> None:
        """Takes a few microseconds. If the queue is full, the look is lost and counted."""
        now = time()
        for look in looks:
            if len(self._waiting) >= MOST_LOOKS:
                self._dropped += 1
            else:
                self._waiting.append((look, now))
        if not self._wake.is_set():
            self._wake.set()
            if self._thread is None and settings.ACCESS_LOG_INTERVAL_S:
                self._start_thread()

    def drain(self) -> list[TimedLook]:
        """Take all waiting looks."""
        self._wake.clear()
        return [self._waiting.popleft() for _ in range(len(self._waiting))]

    def flush(self) -> None:
        """Store the waiting looks. Without the database, they wait again, in their order."""
        with self._storing:
            looks = self.drain()
            while looks:
                try:
                    self.store(looks[:LOOKS_PER_STATEMENT])
                except (DatabaseError, OSError) as error:
                    self._waiting.extendleft(reversed(looks))
                    self._wake.set()
                    log.warning("access_log_waits", error=type(error).__name__, looks=len(looks))
                    return
                del looks[:LOOKS_PER_STATEMENT]
            if self._dropped:
                dropped, self._dropped = self._dropped, 0
                log.warning("access_log_dropped", looks=dropped)

    def _start_thread(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="access-log", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait()
            self._stop.wait(settings.ACCESS_LOG_INTERVAL_S)
            self._flush_and_disconnect()

    def _flush_and_disconnect(self) -> None:
        """The thread lives on after any error: otherwise nothing would be logged any more."""
        try:
            self.flush()
        except Exception as error:
            log.warning("access_log_failed", error=type(error).__name__)
        finally:
            connection.close()  # give it back to the pool

    def stop(self) -> None:
        """At the end of the process: store what waits."""
        if self._thread is not None:
            self._stop.set()
            self._flush_and_disconnect()


look_buffer = LookBuffer(lambda looks: store_looks(merge_looks(looks)))
os.register_at_fork(after_in_child=look_buffer.clear)
atexit.register(look_buffer.stop)


def merge_looks(looks: Iterable[TimedLook]) -> list[tuple[Look, datetime, int]]:
    """Equal looks become one, with the time of the last one and their number."""
    merged: dict[Look, tuple[float, int]] = {}
    for look, at in looks:
        merged[look] = (at, merged[look][1] + 1 if look in merged else 1)
    return [(look, datetime.fromtimestamp(at).astimezone(), count) for look, (at, count) in merged.items()]
