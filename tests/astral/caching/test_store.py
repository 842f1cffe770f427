"""Stored answers: computed once, stored for a time, and replaced when unreadable."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
import time_machine
from django.core.cache import cache

from astral.caching import CachedAnswer, get_or_compute, store
from tests.astral.caching.computations import (
    KEY,
    NOON,
    CountedComputation,
    call_at_once,
    get_redis,
    list_states,
)


def test_cache_computes_an_answer_once():
    compute = CountedComputation()
    first, second = get_or_compute(KEY, 300, compute), get_or_compute(KEY, 300, compute)
    assert list_states(first, second) == ["miss", "hit"]
    assert first.body == second.body == b'{"value":"sum"}'
    assert compute.calls == 1


def test_refresh_computes_and_replaces_the_stored_answer():
    get_or_compute(KEY, 300, CountedComputation("old"))
    assert get_or_compute(KEY, 300, CountedComputation("new"), refresh=True) == CachedAnswer(
        b'{"value":"new"}', "refresh"
    )
    assert get_or_compute(KEY, 300, CountedComputation("never")) == CachedAnswer(b'{"value":"new"}', "hit")


def test_age_is_in_whole_seconds_and_never_negative():
    with time_machine.travel(NOON, tick=False) as clock:
        get_or_compute(KEY, 300, CountedComputation())
        clock.move_to(NOON + timedelta(seconds=41, milliseconds=900))
        assert get_or_compute(KEY, 300, CountedComputation()).age_s == 41
        clock.move_to(NOON - timedelta(seconds=5))  # another machine's clock was ahead
        assert get_or_compute(KEY, 300, CountedComputation()).age_s == 0


def test_answer_expires_after_its_ttl_and_releases_its_lock():
    get_or_compute(KEY, 300, CountedComputation())
    assert 295 <= get_redis().ttl(KEY.redis_key) <= 300
    assert not get_redis().exists(KEY.lock_key)


def test_stored_value_is_plain_json():
    get_or_compute(KEY, 300, CountedComputation())
    assert json.loads(get_redis().get(KEY.redis_key).partition(b"\n")[2]) == {"value": "sum"}


def test_cache_recomputes_after_it_is_emptied():
    get_or_compute(KEY, 300, CountedComputation())
    cache.clear()
    assert list_states(
        get_or_compute(KEY, 300, CountedComputation()), get_or_compute(KEY, 300, CountedComputation())
    ) == [
        "miss",
        "hit",
    ]


# --- values of another format -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda value: b"", id="empty"),
        pytest.param(lambda value: b"0", id="digit"),
        pytest.param(lambda value: b"0 ", id="digit-and-space"),
        pytest.param(lambda value: b" ", id="space"),
        pytest.param(lambda value: b"\xff\x00\x80" * 100, id="binary"),
        pytest.param(lambda value: b'{"status":"ok","data":{}}', id="bare-json"),
        pytest.param(lambda value: b'!{"status": "ok"}', id="marked-json"),
        pytest.param(lambda value: value.partition(b"\n")[2], id="without-time"),
        pytest.param(lambda value: value.partition(b"\n")[0], id="time-only"),
        pytest.param(lambda value: value.partition(b"\n")[0] + b"\n", id="without-body"),
        pytest.param(lambda value: b"-" + value, id="negative-time"),
        pytest.param(lambda value: b"12345 " + value, id="with-checksum"),
        pytest.param(lambda value: b"astral 1 1781092800 123\n" + value, id="with-header"),
    ],
)
def test_cache_replaces_a_value_of_another_format(spoil: Callable[[bytes], bytes]):
    get_or_compute(KEY, 300, CountedComputation())
    get_redis().set(KEY.redis_key, spoil(get_redis().get(KEY.redis_key)))
    answers = [get_or_compute(KEY, 300, CountedComputation()) for _ in range(2)]
    assert list_states(*answers) == ["miss", "hit"]


def test_cache_replaces_a_value_of_another_redis_type():
    get_redis().rpush(KEY.redis_key, "one", "two")
    assert list_states(
        get_or_compute(KEY, 300, CountedComputation()), get_or_compute(KEY, 300, CountedComputation())
    ) == [
        "miss",
        "hit",
    ]


# --- computations that fail, are slow, are killed -----------------------------------------------------------


def test_failing_computation_raises_and_stores_nothing():
    failing = CountedComputation(fails=LookupError("nothing there"))
    for refresh in (False, True):
        with pytest.raises(LookupError, match="nothing there"):
            get_or_compute(KEY, 300, failing, refresh=refresh)
    assert not get_redis().exists(KEY.redis_key, KEY.lock_key)
    assert get_or_compute(KEY, 300, CountedComputation()).state == "miss"


def test_waiting_readers_all_go_on_when_the_computation_fails():
    failing = CountedComputation(slow_s=0.1, fails=LookupError("nothing there"))
    began = time.monotonic()
    found = call_at_once(30, lambda: get_or_compute(KEY, 300, failing))
    assert [type(error) for error in found] == [LookupError] * 30
    assert time.monotonic() - began < 1.5  # one after the other it would be 3 s


def test_lock_of_a_killed_process_expires():
    get_redis().set(KEY.lock_key, 1, px=300)
    began = time.monotonic()
    assert get_or_compute(KEY, 300, CountedComputation()).state == "miss"
    assert 0.2 < time.monotonic() - began < 1.5


def test_reader_waits_no_longer_than_the_lock_ttl(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(store, "LOCK_TTL_S", 1)
    get_redis().set(KEY.lock_key, 1)
    began = time.monotonic()
    assert get_or_compute(KEY, 300, CountedComputation()).state == "miss"
    assert 1 <= time.monotonic() - began < 2


def test_overtaken_slow_computation_leaves_no_lock(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(store, "LOCK_TTL_S", 1)
    slow, quick = CountedComputation(slow_s=1.6), CountedComputation(slow_s=0.1)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(get_or_compute, KEY, 300, slow)
        time.sleep(0.2)
        second = threads.submit(get_or_compute, KEY, 300, quick)
        assert list_states(second.result(), first.result()) == ["miss", "miss"]
    assert (slow.calls, quick.calls) == (1, 1)
    assert not get_redis().exists(KEY.lock_key)


def test_refresh_also_answers_waiting_readers():
    started, go_on = Event(), Event()

    def held() -> dict[str, str]:
        started.set()
        go_on.wait(10)
        return {"value": "held"}

    with ThreadPoolExecutor(6) as threads:
        holder = threads.submit(get_or_compute, KEY, 300, held)
        started.wait(10)
        waiting = [threads.submit(get_or_compute, KEY, 300, CountedComputation("never")) for _ in range(4)]
        time.sleep(0.05)
        assert get_or_compute(KEY, 300, CountedComputation("fresh"), refresh=True).state == "refresh"
        assert {future.result(2).body for future in waiting} == {b'{"value":"fresh"}'}
        go_on.set()
        assert holder.result().state == "miss"


def test_waiting_readers_go_on_when_the_cache_is_emptied():
    get_redis().set(KEY.lock_key, 1, ex=60)
    with ThreadPoolExecutor(4) as threads:
        waiting = [threads.submit(get_or_compute, KEY, 300, CountedComputation()) for _ in range(4)]
        time.sleep(0.1)
        cache.clear()
        assert {future.result(2).body for future in waiting} == {b'{"value":"sum"}'}
