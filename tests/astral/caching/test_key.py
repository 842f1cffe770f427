"""The key of a cached answer contains everything that the answer depends on."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from astral.caching import CachedAnswer, get_or_compute, key
from tests.astral.caching.computations import ADA, BEN, KEY, NOON, CountedComputation, build_key


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "means"},
        {"question": {"days": 8}},
        {"question": {"days": "7"}},
        {"question": {"days": 7, "zone": None}},
        {"scope": "coach"},
        {"owner": BEN},
        {"version": 4},
        {"day": date(2026, 6, 11)},
    ],
    ids=str,
)
def test_key_differs_when_any_field_differs(changes: dict[str, Any]):
    other = build_key(**changes)
    assert other != KEY
    assert KEY.digest != other.digest
    get_or_compute(KEY, 300, CountedComputation("mine"))
    assert get_or_compute(other, 300, CountedComputation("other")).body == b'{"value":"other"}'


def test_key_ignores_the_order_of_the_question():
    question = {"zone": ZoneInfo("Europe/Madrid"), "from": NOON}
    reordered = {"from": NOON, "zone": ZoneInfo.no_cache("Europe/Madrid")}
    assert build_key(question=question).redis_key == build_key(question=reordered).redis_key


def test_key_begins_with_its_owner():
    assert f"answer:{ADA}:{KEY.digest}" in KEY.redis_key
    assert f"answer:{BEN}:" in build_key(owner=BEN).redis_key


def test_cache_misses_answers_of_an_older_schema_version(monkeypatch: pytest.MonkeyPatch):
    get_or_compute(KEY, 300, CountedComputation("old shape"))
    monkeypatch.setattr(key, "ANSWER_SCHEMA_VERSION", key.ANSWER_SCHEMA_VERSION + 1)
    answer = get_or_compute(build_key(), 300, CountedComputation("new shape"))
    assert answer == CachedAnswer(b'{"value":"new shape"}', "miss")
