"""What is kept is the answer, never a part of it, never another's; and Redis may go away at any moment."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.test import RequestFactory
from rest_framework.request import Request

from astral import caching
from astral.caching import CachedAnswer, CacheKey, CircuitBreaker, get_or_compute
from tests.support.paths import ROOT
from tests.support.valkey_process import KillableValkey, run_own_valkey

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
STAMP = CacheKey.of("sums", {"days": 7}, "ada:own", 3, date(2026, 6, 10))


@pytest.fixture
def valkey(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[KillableValkey]:
    with run_own_valkey(settings, monkeypatch) as server:
        yield server


def redis() -> Any:
    return cache.client.get_client(write=True)  # type: ignore[attr-defined]


class Counted:
    """A computation that counts how often it is asked for, and can be slow or fail."""

    def __init__(self, value: Any = "sum", *, slow_s: float = 0.0, fails: Exception | None = None) -> None:
        self.value, self.slow_s, self.fails = value, slow_s, fails
        self.calls = 0

    def __call__(self) -> Any:
        self.calls += 1
        time.sleep(self.slow_s)
        if self.fails:
            raise self.fails
        return {"value": self.value}


def states(*kept: CachedAnswer) -> list[str]:
    return [one.state for one in kept]


def together(callers: int, call: Callable[[], Any]) -> list[Any]:
    """What each of many threads gets that call at the same moment; exceptions are values here."""
    ready = Barrier(callers)

    def one(_: int) -> Any:
        ready.wait()
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(callers) as threads:
        return list(threads.map(one, range(callers)))


# --- kept and found -----------------------------------------------------------------------------------------


def test_an_answer_is_computed_once_and_then_found():
    compute = Counted()
    first, second = get_or_compute(STAMP, 300, compute), get_or_compute(STAMP, 300, compute)
    assert states(first, second) == ["miss", "hit"]
    assert first.body == second.body == b'{"value":"sum"}'
    assert compute.calls == 1


def test_a_refresh_computes_anew_and_keeps_that():
    get_or_compute(STAMP, 300, Counted("old"))
    assert get_or_compute(STAMP, 300, Counted("new"), refresh=True) == CachedAnswer(
        b'{"value":"new"}', "refresh"
    )
    assert get_or_compute(STAMP, 300, Counted("never")) == CachedAnswer(b'{"value":"new"}', "hit")


def test_the_age_is_told_in_whole_seconds():
    with time_machine.travel(NOON, tick=False) as clock:
        get_or_compute(STAMP, 300, Counted())
        clock.move_to(NOON + timedelta(seconds=41, milliseconds=900))
        assert get_or_compute(STAMP, 300, Counted()).age_s == 41
        clock.move_to(NOON - timedelta(seconds=5))  # another machine's clock was ahead
        assert get_or_compute(STAMP, 300, Counted()).age_s == 0


def test_an_answer_is_kept_for_as_long_as_told_and_its_turn_is_over():
    get_or_compute(STAMP, 300, Counted())
    assert 295 <= redis().ttl(STAMP.key) <= 300
    assert not redis().exists(STAMP.lock_key)


def test_what_is_kept_is_plain_json():
    get_or_compute(STAMP, 300, Counted())
    assert json.loads(redis().get(STAMP.key).partition(b"\n")[2]) == {"value": "sum"}


def test_emptying_the_cache_costs_nothing_but_the_answer():
    get_or_compute(STAMP, 300, Counted())
    cache.clear()
    assert states(get_or_compute(STAMP, 300, Counted()), get_or_compute(STAMP, 300, Counted())) == [
        "miss",
        "hit",
    ]


@pytest.mark.parametrize(
    "other",
    [
        CacheKey.of("means", {"days": 7}, "ada:own", 3, date(2026, 6, 10)),
        CacheKey.of("sums", {"days": 8}, "ada:own", 3, date(2026, 6, 10)),
        CacheKey.of("sums", {"days": "7"}, "ada:own", 3, date(2026, 6, 10)),
        CacheKey.of("sums", {"days": 7, "zone": None}, "ada:own", 3, date(2026, 6, 10)),
        CacheKey.of("sums", {"days": 7}, "ada:coach", 3, date(2026, 6, 10)),
        CacheKey.of("sums", {"days": 7}, "ben:own", 3, date(2026, 6, 10)),
        CacheKey.of("sums", {"days": 7}, "ada:own", 4, date(2026, 6, 10)),
        CacheKey.of("sums", {"days": 7}, "ada:own", 3, date(2026, 6, 11)),
    ],
)
def test_everything_an_answer_depends_on_makes_another_stamp(other: CacheKey):
    assert STAMP not in (other, CacheKey(other.text))
    get_or_compute(STAMP, 300, Counted("mine"))
    assert get_or_compute(other, 300, Counted("other")).body == b'{"value":"other"}'


def test_the_same_question_in_another_order_is_the_same_stamp():
    madrid = {"zone": ZoneInfo("Europe/Madrid"), "from": NOON}
    turned = {"from": NOON, "zone": ZoneInfo.no_cache("Europe/Madrid")}
    assert CacheKey.of("sums", madrid, "a", 1, 2) == CacheKey.of("sums", turned, "a", 1, 2)


# --- what Redis may hold ------------------------------------------------------------------------------------


def real_value() -> bytes:
    get_or_compute(STAMP, 300, Counted())
    value: bytes = redis().get(STAMP.key)
    return value


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: b"",
        lambda value: b"0",
        lambda value: b"0 ",
        lambda value: b" ",
        lambda value: b"\xff\x00\x80" * 100,
        lambda value: b'{"status":"ok","data":{}}',
        lambda value: b'!{"status": "ok"}',
        lambda value: value[:-1],
        lambda value: value[: len(value) // 2],
        lambda value: value + b" ",
        lambda value: value[1:],
        lambda value: value.replace(b"sum", b"Sum"),
        lambda value: value.replace(b"\n", b"0\n"),
        lambda value: b"astral 1 1781092800 123\n" + value,
        lambda value: value * 2,
    ],
)
def test_whatever_is_not_whole_is_computed_and_replaced(spoil: Callable[[bytes], bytes]):
    redis().set(STAMP.key, spoil(real_value()))
    assert states(get_or_compute(STAMP, 300, Counted()), get_or_compute(STAMP, 300, Counted())) == [
        "miss",
        "hit",
    ]


def test_a_value_of_another_kind_is_replaced():
    redis().rpush(STAMP.key, "one", "two")
    assert states(get_or_compute(STAMP, 300, Counted()), get_or_compute(STAMP, 300, Counted())) == [
        "miss",
        "hit",
    ]


def test_the_answer_of_an_older_version_is_not_asked_for(monkeypatch: pytest.MonkeyPatch):
    get_or_compute(STAMP, 300, Counted("old shape"))
    monkeypatch.setattr(caching, "ANSWER_SCHEMA_VERSION", caching.ANSWER_SCHEMA_VERSION + 1)
    now = CacheKey.of("sums", {"days": 7}, "ada:own", 3, date(2026, 6, 10))
    assert get_or_compute(now, 300, Counted("new shape")) == CachedAnswer(b'{"value":"new shape"}', "miss")


# --- computations that fail, are slow, are killed -------------------------------------------------------------


def test_what_a_computation_raises_is_the_callers_and_nothing_is_kept():
    failing = Counted(fails=LookupError("nothing there"))
    for refresh in (False, True):
        with pytest.raises(LookupError, match="nothing there"):
            get_or_compute(STAMP, 300, failing, refresh=refresh)
    assert not redis().exists(STAMP.key, STAMP.lock_key)
    assert get_or_compute(STAMP, 300, Counted()).state == "miss"


def test_readers_who_wait_for_a_failing_computation_are_released_together():
    failing = Counted(slow_s=0.1, fails=LookupError("nothing there"))
    began = time.monotonic()
    found = together(30, lambda: get_or_compute(STAMP, 300, failing))
    assert [type(error) for error in found] == [LookupError] * 30
    assert time.monotonic() - began < 1.5  # one after the other it would be 3 s


def test_the_turn_of_a_killed_process_runs_out():
    redis().set(STAMP.lock_key, 1, px=300)
    began = time.monotonic()
    assert get_or_compute(STAMP, 300, Counted()).state == "miss"
    assert 0.2 < time.monotonic() - began < 1.5


def test_nobody_waits_longer_than_a_turn(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(caching, "LOCK_TTL_S", 1)
    redis().set(STAMP.lock_key, 1)
    began = time.monotonic()
    assert get_or_compute(STAMP, 300, Counted()).state == "miss"
    assert 1 <= time.monotonic() - began < 2


def test_a_slow_computation_that_was_overtaken_takes_no_turn_away(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(caching, "LOCK_TTL_S", 1)
    slow, quick = Counted(slow_s=1.6), Counted(slow_s=0.1)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(get_or_compute, STAMP, 300, slow)
        time.sleep(0.2)
        second = threads.submit(get_or_compute, STAMP, 300, quick)
        assert states(second.result(), first.result()) == ["miss", "miss"]
    assert (slow.calls, quick.calls) == (1, 1)
    assert not redis().exists(STAMP.lock_key)


def test_a_refresh_beside_waiting_readers_answers_them_too():
    started, go_on = Event(), Event()

    def held() -> dict[str, str]:
        started.set()
        go_on.wait(10)
        return {"value": "held"}

    with ThreadPoolExecutor(6) as threads:
        holder = threads.submit(get_or_compute, STAMP, 300, held)
        started.wait(10)
        waiting = [threads.submit(get_or_compute, STAMP, 300, Counted("never")) for _ in range(4)]
        time.sleep(0.05)
        assert get_or_compute(STAMP, 300, Counted("fresh"), refresh=True).state == "refresh"
        assert {future.result(2).body for future in waiting} == {b'{"value":"fresh"}'}
        go_on.set()
        assert holder.result().state == "miss"


def test_emptying_the_cache_releases_those_who_wait():
    redis().set(STAMP.lock_key, 1, ex=60)
    with ThreadPoolExecutor(4) as threads:
        waiting = [threads.submit(get_or_compute, STAMP, 300, Counted()) for _ in range(4)]
        time.sleep(0.1)
        cache.clear()
        assert {future.result(2).body for future in waiting} == {b'{"value":"sum"}'}


READERS = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
import django
django.setup()
from astral.caching import CacheKey, get_or_compute
go, tally = float(sys.argv[1]), sys.argv[2]

def compute():
    with open(tally, "a") as computed:
        computed.write("x")
    time.sleep(0.3)
    return {"value": "sum"}

def read(_):
    time.sleep(max(0, go - time.time()))
    return get_or_compute(CacheKey("the-same"), 300, compute)

with ThreadPoolExecutor(100) as threads:
    for kept in threads.map(read, range(100)):
        print(kept.state, kept.body.decode())
"""


def test_two_hundred_cold_readers_in_two_processes_make_one_computation(
    valkey: KillableValkey, tmp_path: Path
):
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


def test_a_killed_redis_costs_no_answer_and_comes_back_by_itself(valkey: KillableValkey):
    get_or_compute(STAMP, 300, Counted())
    valkey.kill()
    assert states(*(get_or_compute(STAMP, 300, Counted()) for _ in range(20))) == ["off"] * 20
    valkey.start()
    time.sleep(0.35)
    assert states(get_or_compute(STAMP, 300, Counted()), get_or_compute(STAMP, 300, Counted())) == [
        "miss",
        "hit",
    ]


def test_a_redis_killed_between_the_look_and_the_keeping_costs_no_answer(valkey: KillableValkey):
    def compute() -> dict[str, str]:
        valkey.kill()
        return {"value": "sum"}

    assert get_or_compute(STAMP, 300, compute) == CachedAnswer(b'{"value":"sum"}', "off")


def test_a_redis_killed_under_those_who_wait_costs_no_answer(valkey: KillableValkey):
    redis().set(STAMP.lock_key, 1, ex=60)
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(get_or_compute, STAMP, 300, Counted()) for _ in range(8)]
        time.sleep(0.1)
        valkey.kill()
        assert states(*(future.result(3) for future in waiting)) == ["off"] * 8


def test_a_failing_computation_beside_a_killed_redis_still_tells_its_own_failure(valkey: KillableValkey):
    def compute() -> None:
        valkey.kill()
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        get_or_compute(STAMP, 300, compute)


def test_a_hung_redis_costs_a_few_callers_their_patience_and_the_others_nothing(
    valkey: KillableValkey, monkeypatch: Any
):
    monkeypatch.setattr(caching, "breaker", CircuitBreaker(pause_s=30))
    get_or_compute(STAMP, 300, Counted())
    valkey.send_signal(signal.SIGSTOP)

    def timed() -> tuple[str, float]:
        began = time.monotonic()
        return get_or_compute(STAMP, 300, Counted()).state, time.monotonic() - began

    first = together(8, timed)
    then = [answer for _ in range(10) for answer in together(8, timed)]
    assert {state for state, _ in first + then} == {"off"}
    assert max(seconds for _, seconds in first) < 1
    assert max(seconds for _, seconds in then) < 0.15  # SOCKET_TIMEOUT is 0.2


def test_a_hung_redis_that_wakes_up_answers_each_question_with_its_own_answer(valkey: KillableValkey):
    stamps = [CacheKey(f"question-{number}") for number in range(8)]
    for stamp in stamps:
        get_or_compute(stamp, 300, Counted(stamp.text))
    valkey.send_signal(signal.SIGSTOP)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda stamp: get_or_compute(stamp, 300, Counted(stamp.text)), stamps))
        valkey.send_signal(signal.SIGCONT)
        time.sleep(0.35)
        for _ in range(3):
            found = list(threads.map(lambda stamp: get_or_compute(stamp, 300, Counted("wrong")), stamps))
    assert [json.loads(kept.body)["value"] for kept in found] == [stamp.text for stamp in stamps]
    assert states(*found) == ["hit"] * 8


def test_after_the_pause_one_caller_tries_and_the_rest_go_on_without():
    breaker = CircuitBreaker(pause_s=0.2)
    breaker.trip(OSError())
    assert not breaker.allows()
    time.sleep(0.25)
    assert sorted(together(20, breaker.allows)) == [False] * 19 + [True]
    breaker.reset()
    assert together(20, breaker.allows) == [True] * 20


# --- conditional requests -------------------------------------------------------------------------------------


def asked(compute: Counted, if_none_match: str | None = None, *, refresh: bool = False) -> Any:
    headers = {} if if_none_match is None else {"If-None-Match": if_none_match}
    request = Request(RequestFactory().get("/", headers=headers))
    return caching.cached_response(request, STAMP, 300, compute, refresh=refresh)


@pytest.mark.parametrize(
    ("if_none_match", "status"),
    [
        (STAMP.etag, 304),
        (f'"{STAMP.text}"', 304),
        (f'W/"other",  {STAMP.etag} , "third"', 304),
        ("*", 200),
        (None, 200),
        ("", 200),
        (STAMP.text, 200),
        ('W/"other"', 200),
        (f'W/"{STAMP.text}x"', 200),
        (",,,", 200),
        ("\x00é", 200),
    ],
)
def test_what_the_caller_has_already_is_not_sent_again(if_none_match: str | None, status: int):
    compute = Counted()
    response = asked(compute, if_none_match)
    assert (response.status_code, compute.calls) == (status, int(status == 200))
    assert response.content == (b"" if status == 304 else b'{"value":"sum"}')
    assert response.headers["ETag"] == STAMP.etag
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["Vary"] == "Authorization, Cookie, X-API-Key, Accept"


def test_a_refresh_is_computed_and_sent_whatever_the_caller_has():
    compute = Counted()
    response = asked(compute, STAMP.etag, refresh=True)
    assert (response.status_code, response.headers["X-Cache"], compute.calls) == (200, "refresh", 1)


def test_where_an_answer_comes_from_is_told():
    compute = Counted()
    told = [asked(compute).headers for _ in range(2)]
    assert [(headers["X-Cache"], headers["Age"]) for headers in told] == [("miss", "0"), ("hit", "0")]
    assert {headers["Content-Type"] for headers in told} == {"application/json"}
