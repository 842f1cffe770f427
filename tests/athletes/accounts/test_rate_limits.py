"""A person or key may make so many calls a minute. Each answer says what is left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from astral.caching import breaker
from athletes.organizations.api_keys import create_api_key
from tests.support.cast import NOON, ApiClient, Cast
from tests.support.error_shape import assert_error

pytestmark = pytest.mark.django_db
RACES, RACE = "/api/v1/races", {"race_name": "Harbour 10", "race_date": "2027-05-01", "distance": 10_000}


@pytest.fixture(autouse=True)
def _three_a_minute(settings: Any) -> Iterator[None]:
    settings.READS_PER_MINUTE = settings.WRITES_PER_MINUTE = 3
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


def test_each_answer_says_what_is_left(cast: Cast):
    api = ApiClient(cast.ada)
    answers = [api.get(RACES) for _ in range(4)]
    assert [answer.headers["RateLimit"] for answer in answers] == [
        f'"read";r={left};t=60' for left in (2, 1, 0, 0)
    ]
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {'"read";q=3;w=60'}
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert_error(answers[-1], 429, "LIMIT_REACHED")


def test_reads_and_writes_and_callers_are_counted_apart(cast: Cast):
    secret = create_api_key(cast.harbour, "sync", ["read"], NOON + timedelta(days=9), cast.hanna)[1]
    own = ApiClient(cast.ada)
    callers: list[Client] = [own, ApiClient(cast.hanna), Client(headers={"X-API-Key": secret})]
    path = f"{RACES}?user_id={cast.ada.public_id}"
    for _ in range(3):
        assert [api.get(path).status_code for api in callers] == [200, 200, 200]
    assert [api.get(path).status_code for api in callers] == [429, 429, 429]
    written = own.send_json("post", RACES, RACE)
    assert (written.status_code, written.headers["RateLimit"]) == (201, '"write";r=2;t=60')


def test_next_minute_begins_anew(cast: Cast):
    api = ApiClient(cast.ada)
    assert [api.get(RACES).status_code for _ in range(4)] == [200, 200, 200, 429]
    with time_machine.travel(NOON + timedelta(seconds=60), tick=False):
        assert api.get(RACES).status_code == 200


def test_zero_means_no_limit(cast: Cast, settings: Any):
    settings.READS_PER_MINUTE = 0
    answer = ApiClient(cast.ada).get(RACES)
    assert (answer.status_code, answer.headers.get("RateLimit")) == (200, None)


def test_without_redis_reads_go_on_and_writes_stay_limited(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(breaker.redis_breaker, "allows", lambda: False)
    api = ApiClient(cast.ada)
    assert [api.get(RACES).status_code for _ in range(5)] == [200] * 5
    written = [api.send_json("post", RACES, RACE | {"race_name": f"Race {number}"}) for number in range(4)]
    assert [answer.status_code for answer in written] == [201, 201, 201, 429]
    assert int(written[-1].headers["Retry-After"]) == 60
