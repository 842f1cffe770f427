"""Pagination: 50 rows per page, at most 200, with totals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from astral.http.pagination import build_pagination
from tests.support.cast import NOON, ApiClient, Cast, create_run
from tests.support.error_shape import assert_error

ACTIVITIES = "/api/v1/activities"


@pytest.fixture
def seven(cast: Cast) -> list[str]:
    """The ids of seven runs of Ada, newest first."""
    runs = [create_run(cast.ada, NOON - timedelta(days=day)) for day in range(7)]
    return [activity.public_id for activity in runs]


def ids(answer) -> list[str]:
    return [row["activity_id"] for row in answer.json()["data"]]


def test_list_has_50_rows_per_page_by_default(cast: Cast, seven: list[str]):
    answer = ApiClient(cast.ada).get(ACTIVITIES)
    assert ids(answer) == seven
    assert answer.json().keys() == {"status", "data", "pagination"}
    assert answer.json()["pagination"] == {"page": 1, "page_size": 50, "total": 7, "total_pages": 1}


def test_pages_together_have_all_rows(cast: Cast, seven: list[str]):
    pages = [ApiClient(cast.ada).get(f"{ACTIVITIES}?page={page}&page_size=3") for page in (1, 2, 3)]
    assert [ids(page) for page in pages] == [seven[:3], seven[3:6], seven[6:]]
    assert pages[2].json()["pagination"] == {"page": 3, "page_size": 3, "total": 7, "total_pages": 3}


def test_page_after_the_last_is_empty(cast: Cast, seven: list[str]):
    answer = ApiClient(cast.ada).get(f"{ACTIVITIES}?page=1000000&page_size=200")
    assert ids(answer) == []
    assert answer.json()["pagination"]["total"] == 7


def test_empty_list_has_no_pages(cast: Cast):
    answer = ApiClient(cast.otto).get(ACTIVITIES).json()
    assert answer["data"] == []
    assert answer["pagination"] == {"page": 1, "page_size": 50, "total": 0, "total_pages": 0}


def test_totals_count_filtered_rows(cast: Cast, seven: list[str]):
    answer = ApiClient(cast.ada).get(f"{ACTIVITIES}?start_date=2026-06-08&page_size=2").json()
    assert answer["pagination"] == {"page": 1, "page_size": 2, "total": 3, "total_pages": 2}


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("page=0", "MIN_VALUE", "page"),
        ("page=-1", "MIN_VALUE", "page"),
        ("page=1000001", "MAX_VALUE", "page"),
        ("page=last", "INVALID", "page"),
        ("page=", "INVALID", "page"),
        ("page=１", "INVALID", "page"),
        ("page_size=0", "MIN_VALUE", "page_size"),
        ("page_size=201", "MAX_VALUE", "page_size"),
        ("page_size=1e2", "INVALID", "page_size"),
        ("page=1&page=2", "REPEATED", "page"),
        ("limit=10", "UNKNOWN_FIELD", "limit"),
    ],
)
def test_invalid_page_is_400(cast: Cast, query: str, code: str, field: str):
    assert_error(ApiClient(cast.ada).get(f"{ACTIVITIES}?{query}"), 400, code, field)


@pytest.mark.parametrize(("total", "pages"), [(0, 0), (1, 1), (50, 1), (51, 2), (100, 2), (101, 3)])
def test_total_pages_is_rounded_up(total: int, pages: int):
    assert build_pagination(1, 50, total)["total_pages"] == pages
