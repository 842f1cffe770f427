"""JSON renderer and parser: both are strict."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from astral.http.renderers import dumps
from tests.support.error_shape import assert_error

pytestmark = pytest.mark.urls("tests.astral.http.faulty_urls")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | FINITE | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_nan_and_infinity_become_null(number: float):
    assert dumps({"load": number, "points": [number]}) == b'{"load":null,"points":[null]}'


def test_numpy_values_are_written_as_numbers():
    counted = {
        "kcal": np.float64(1.5),
        "steps": np.int64(3),
        "gap": np.float64("nan"),
        "row": np.array([1.0, 2.0]),
    }
    assert dumps(counted) == b'{"kcal":1.5,"steps":3,"gap":null,"row":[1.0,2.0]}'


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", ValueError("x"), 1j])
def test_dumps_refuses_types_that_json_does_not_have(value: object):
    with pytest.raises(TypeError):
        dumps({"value": value})


def test_dumps_writes_uuids_dates_and_times():
    day, nine_hours = date(2026, 11, 22), timezone(timedelta(hours=9))
    assert json.loads(
        dumps(
            {
                "id": UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
                "day": day,
                "utc": datetime(2026, 11, 22, 9, 15, tzinfo=UTC),
                "zone": ZoneInfo("Europe/Madrid"),
                "offset": datetime(2026, 11, 22, 18, 15, tzinfo=nine_hours),
            }
        )
    ) == {
        "id": "01890a5d-ac96-774b-bcce-b302099a8057",
        "day": "2026-11-22",
        "utc": "2026-11-22T09:15:00Z",
        "zone": "Europe/Madrid",
        "offset": "2026-11-22T18:15:00+09:00",
    }


@given(JSON)
def test_json_body_is_parsed_unchanged(value: Any):
    answer = Client().post("/api/echo", json.dumps(value), content_type="application/json")
    assert answer.status_code == 200
    assert answer.json()["data"]["given"] == value


@given(st.binary(max_size=30))
def test_any_body_bytes_give_200_or_400(body: bytes):
    answer = Client().post("/api/echo", body, content_type="application/json")
    if answer.status_code == 400:
        assert_error(answer, 400, "INVALID_JSON")
    else:
        assert answer.status_code == 200


@pytest.mark.parametrize("letter", [b"[", b'{"a":', b"[{"])
def test_json_nested_100_000_levels_is_400(letter: bytes):
    assert_error(Client().post("/api/echo", letter * 100_000, "application/json"), 400, "INVALID_JSON")


@pytest.mark.parametrize("wish", ["application/json", "text/html", "application/xml", "*/*", "nonsense", ""])
def test_api_answers_json_for_any_accept_header(wish: str):
    answer = Client().post("/api/echo", "{}", "application/json", headers={"Accept": wish})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON", "application/json;"])
def test_content_type_may_have_parameters_and_capitals(kind: str):
    assert Client().post("/api/echo", "{}", content_type=kind).status_code == 200
