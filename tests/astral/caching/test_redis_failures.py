"""Many readers at once, and a Redis that is killed or hangs: every reader gets the right answer."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from astral.caching import CachedAnswer, get_or_compute
from astral.circuit_breaker import CircuitBreaker
from tests.astral.caching.computations import (
    KEY,
    CountedComputation,
    build_key,
    call_at_once,
    get_redis,
    list_states,
)
from tests.support.paths import ROOT
from tests.support.valkey_process import KillableValkey, run_own_valkey


@pytest.fixture
def valkey(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[KillableValkey]:
    with run_own_valkey(settings, monkeypatch) as server:
        yield server


READERS = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
import django
django.setup()
from uuid import UUID
from django.conf import settings
# Two hundred readers on two busy cores may take longer than a Redis that is gone: this is about locks.
settings.CACHES["default"]["OPTIONS"] |= {"SOCKET_CONNECT_TIMEOUT": 5, "SOCKET_TIMEOUT": 5}
from astral.caching import CacheKey, get_or_compute
KEY = CacheKey(name="sums", question={}, owner=UUID(int=1), scope="own", version=1, day=None)
go, tally = float(sys.argv[1]), sys.argv[2]

def compute():
    with open(tally, "a") as computed:
        computed.write("x")
    time.sleep(0.3)
    return {"value": "sum"}

def read(_):
    time.sleep(max(0, go - time.time()))
    return get_or_compute(KEY, 300, compute)

with ThreadPoolExecutor(100) as threads:
    for answer in threads.map(read, range(100)):
        print(answer.state, answer.body.decode())
"""


def test_two_hundred_cold_readers_in_two_processes_compute_once(valkey: KillableValkey, tmp_path: Path):
    tally = tmp_path / "computed"
    environ = {"ASTRAL_ENV": "test", "DJANGO_SETTINGS_MODULE": "astral.settings", "REDIS_URL": valkey.address}
    call = [sys.executable, "-c", READERS, str(time.time() + 4), str(tally)]
    readers = [
        subprocess.Popen(
            call, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    answers = [line for reader in readers for line in reader.communicate(timeout=60)[0].splitlines()]
    assert tally.read_text() == "x"
    assert sorted(set(answers)) == ['hit {"value":"sum"}', 'miss {"value":"sum"}']
    assert (len(answers), answers.count('miss {"value":"sum"}')) == (200, 1)


# --- Redis goes away ----------------------------------------------------------------------------------------


def test_cache_answers_without_redis_and_uses_it_again_when_it_is_back(valkey: KillableValkey):
    get_or_compute(KEY, 300, CountedComputation())
    valkey.kill()
    assert list_states(*(get_or_compute(KEY, 300, CountedComputation()) for _ in range(20))) == ["off"] * 20
    valkey.start()
    time.sleep(0.35)
    assert list_states(
        get_or_compute(KEY, 300, CountedComputation()), get_or_compute(KEY, 300, CountedComputation())
    ) == [
        "miss",
        "hit",
    ]


def test_cache_answers_when_redis_is_killed_before_it_stores(valkey: KillableValkey):
    def compute() -> dict[str, str]:
        valkey.kill()
        return {"value": "sum"}

    assert get_or_compute(KEY, 300, compute) == CachedAnswer(b'{"value":"sum"}', "off")


def test_waiting_readers_get_answers_when_redis_is_killed(valkey: KillableValkey):
    get_redis().set(KEY.lock_key, 1, ex=60)
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(get_or_compute, KEY, 300, CountedComputation()) for _ in range(8)]
        time.sleep(0.1)
        valkey.kill()
        assert list_states(*(future.result(3) for future in waiting)) == ["off"] * 8


def test_failing_computation_raises_its_own_error_when_redis_is_killed(valkey: KillableValkey):
    def compute() -> None:
        valkey.kill()
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        get_or_compute(KEY, 300, compute)


def test_hung_redis_delays_only_the_first_callers(valkey: KillableValkey, monkeypatch: Any):
    monkeypatch.setattr("astral.caching.breaker.redis_breaker", CircuitBreaker(pause_s=30))
    get_or_compute(KEY, 300, CountedComputation())
    valkey.send_signal(signal.SIGSTOP)

    def timed() -> tuple[str, float]:
        began = time.monotonic()
        return get_or_compute(KEY, 300, CountedComputation()).state, time.monotonic() - began

    first = call_at_once(8, timed)
    then = [answer for _ in range(10) for answer in call_at_once(8, timed)]
    assert {state for state, _ in first + then} == {"off"}
    assert max(seconds for _, seconds in first) < 1
    assert max(seconds for _, seconds in then) < 0.15  # SOCKET_TIMEOUT is 0.2


def test_cache_returns_the_right_answers_when_a_hung_redis_wakes_up(valkey: KillableValkey):
    keys = [build_key(name=f"question-{number}") for number in range(8)]
    for key in keys:
        get_or_compute(key, 300, CountedComputation(key.name))
    valkey.send_signal(signal.SIGSTOP)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda key: get_or_compute(key, 300, CountedComputation(key.name)), keys))
        valkey.send_signal(signal.SIGCONT)
        time.sleep(0.35)
        for _ in range(3):
            found = list(threads.map(lambda key: get_or_compute(key, 300, CountedComputation("wrong")), keys))
    assert [json.loads(answer.body)["value"] for answer in found] == [key.name for key in keys]
    assert list_states(*found) == ["hit"] * 8


def test_breaker_lets_one_caller_try_after_the_pause():
    breaker = CircuitBreaker(pause_s=0.2)
    breaker.trip(OSError())
    assert not breaker.allows()
    time.sleep(0.25)
    assert sorted(call_at_once(20, breaker.allows)) == [False] * 19 + [True]
    breaker.reset()
    assert call_at_once(20, breaker.allows) == [True] * 20
