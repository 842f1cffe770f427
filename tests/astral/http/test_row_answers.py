"""CSV and NDJSON: which format a caller gets, whole lists, ETags, formulas, and the access log."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import orjson
import pytest
import time_machine

from astral.http.tables import row_answers, whole_list
from astral.http.tables.media_types import RowFormat, choose_row_format
from astral.http.tables.whole_list import WholeList
from athletes.looks.buffer import look_buffer
from metrics.models import Activity
from tests.support.cast import NOON, ApiClient, Cast, create_run

CSV, NDJSON = "text/csv", "application/x-ndjson"
STATS = "/api/v2/analytics/activity_stats?start_date=2026-06-09&end_date=2026-06-10"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def ask(user: Any, path: str, accept: str, **headers: str) -> Any:
    return ApiClient(user).get(path, headers={"Accept": accept} | headers)


def read_lines(answer: Any) -> list[Any]:
    return [orjson.loads(line) for line in answer.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("accept", "form", "takes_json"),
    [
        ("", None, False),
        ("*/*", None, True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", None, True),
        ("text/csv", RowFormat.CSV, False),
        ("TEXT/CSV; charset=utf-8", RowFormat.CSV, False),
        ("application/x-ndjson, */*;q=0.1", RowFormat.NDJSON, True),
        ("application/json, text/csv", None, True),
        ("application/json;q=0.5, text/csv", RowFormat.CSV, True),
        ("text/csv;q=0.2, application/x-ndjson;q=0.3", RowFormat.NDJSON, False),
        ("text/csv;q=0", None, False),
        ("text/csv;q=nan", None, False),
        ("text/*", None, False),
    ],
)
def test_row_format_is_chosen_only_by_its_name(accept: str, form: RowFormat | None, takes_json: bool):
    assert choose_row_format(accept) == (form, takes_json)


def test_call_without_rows_answers_406_in_the_one_error_shape(cast: Cast):
    answer = ask(cast.ada, "/api/v1/auth/me", CSV)
    assert answer.status_code == 406
    assert answer.json() == {
        "error": "This call answers only with JSON: send Accept: application/json.",
        "details": {"code": "NOT_ACCEPTABLE"},
    }
    assert ask(cast.ada, "/api/v1/auth/me", f"{CSV}, application/json;q=0.1").status_code == 200


def test_whole_list_has_every_row_once_in_its_order(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(whole_list, "ROWS_PER_PART", 2)
    runs = [create_run(cast.ada, NOON - timedelta(days=day)) for day in range(5)]
    answer = ask(cast.ada, "/api/v1/activities", NDJSON)
    assert [row["activity_id"] for row in read_lines(answer)] == [run.public_id for run in runs]
    monkeypatch.setattr(whole_list, "MOST_ROWS", 3)
    assert len(read_lines(ask(cast.ada, "/api/v1/activities", NDJSON))) == 3


def test_page_of_a_list_has_the_rows_of_that_page(cast: Cast):
    runs = [create_run(cast.ada, NOON - timedelta(days=day)) for day in range(3)]
    answer = ask(cast.ada, "/api/v1/activities?page=2&page_size=2", NDJSON)
    assert [row["activity_id"] for row in read_lines(answer)] == [runs[2].public_id]


def test_row_deleted_while_the_list_is_read_is_left_out(cast: Cast):
    runs = [create_run(cast.ada, NOON - timedelta(days=day)) for day in range(2)]

    class Reader:
        def read_keys(self, queryset: Any, limit: int) -> list[Any]:
            return [run.pk for run in runs]

        def read_rows(self, queryset: Any, keys: Any) -> list[Any]:
            return list(queryset.filter(pk__in=keys))

    whole = WholeList()
    runs[0].delete()
    assert whole.read_part(Reader(), Activity.objects.all()) == [runs[1]]
    assert whole.is_over


def test_roster_is_read_page_by_page(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    path = f"/api/v1/analytics/coach_athletes_metrics?org_id={cast.harbour.public_id}"
    expected = [row["user_id"] for row in ApiClient(cast.hanna).get(path).json()["data"]["athletes"]]
    assert len(expected) > 1
    monkeypatch.setattr(row_answers, "ROWS_PER_PAGE", 1)
    answer = ask(cast.hanna, path, CSV)
    rows = list(csv.DictReader(StringIO(answer.getvalue().decode())))
    assert [row["user_id"] for row in rows] == expected
    assert "ETag" not in answer.headers
    assert "metrics.fitness.current.vdot" in rows[0]


def test_formats_of_a_cached_answer_have_their_own_etags(cast: Cast):
    create_run(cast.ada)
    plain = ApiClient(cast.ada).get(STATS)
    sheet = ask(cast.ada, STATS, CSV)
    lines = ask(cast.ada, STATS, NDJSON)
    assert (plain.headers["X-Cache"], sheet.headers["X-Cache"]) == ("miss", "hit")
    etags = [answer.headers["ETag"] for answer in (plain, sheet, lines)]
    assert len(set(etags)) == 3
    for accept, own in ((CSV, etags[1]), (NDJSON, etags[2]), ("*/*", etags[0])):
        for etag in etags:
            answer = ask(cast.ada, STATS, accept, **{"If-None-Match": etag})
            assert answer.status_code == (304 if etag == own else 200)
            assert answer.headers["ETag"] == own
    assert ApiClient(cast.ada).get(STATS).json() == plain.json()  # CSV did not change what is cached


def test_formula_in_a_text_is_escaped_and_a_negative_number_is_not(cast: Cast):
    create_run(cast.ada, name='=HYPERLINK("x")', utc_offset_min=-300, gear='a,\n"b"')
    answer = ask(cast.ada, "/api/v1/activities", CSV)
    text = answer.getvalue().decode()
    [row] = csv.DictReader(StringIO(text, newline=""), strict=True)
    assert row["name"] == '\'=HYPERLINK("x")'
    assert row["utc_offset"] == "-300"
    assert row["gear"] == 'a,\n"b"'
    assert row["is_race"] == "false"
    assert row["pace_zones.z1"] == ""
    assert text.count("\r\n") == 2
    assert not text.startswith("\ufeff")


def test_access_log_gets_the_athletes_of_every_part(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(whole_list, "ROWS_PER_PART", 1)
    create_run(cast.ada, NOON)
    create_run(cast.ben, NOON - timedelta(days=1))
    answer = ask(cast.hanna, "/api/v1/activities", NDJSON)
    first = {look.athletes for look, _ in look_buffer.drain()}
    assert len(read_lines(answer)) == 2
    later = {look.athletes for look, _ in look_buffer.drain()}
    assert (first, later) == ({f"{{{cast.ada.pk}}}"}, {f"{{{cast.ben.pk}}}"})
