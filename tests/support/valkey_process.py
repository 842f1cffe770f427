"""A Valkey server for one test, which may kill it or let it hang."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from astral.circuit_breaker import CircuitBreaker
from astral.local.postgres_valkey import ValkeyServer
from astral.local.scratch_dirs import ScratchDir

PAUSE_S = 0.3


class KillableValkey(ValkeyServer):
    @property
    def address(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        self.launch()
        self.wait_until_ready()

    def send_signal(self, number: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(number)

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()


@contextmanager
def run_own_valkey(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[KillableValkey]:
    """Run a server that is the cache inside the block. After a failure it is tried again after PAUSE_S."""
    folder = ScratchDir.make()
    server = KillableValkey(folder.path, folder.path)
    server.start()
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": server.address}}
    monkeypatch.setattr("astral.caching.breaker.redis_breaker", CircuitBreaker(PAUSE_S))
    yield server
    server.send_signal(signal.SIGCONT)
    server.stop()
    folder.remove()
