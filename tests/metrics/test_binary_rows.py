"""Rows that PostgreSQL packs and numpy decodes are equal to the rows of the query."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from metrics.binary_rows import DATE, FLOAT, ID, INSTANT, BinaryRows

ROWS = BinaryRows(
    id=(ID, "id"),
    started_s=(INSTANT, "started_at"),
    date=(DATE, "date"),
    load=(FLOAT, "load"),
    laps=(FLOAT, "laps"),
)
SOME_ID, OTHER_ID = UUID(int=1), UUID(int=2**128 - 1)
SOME_DATE = date(2024, 2, 29)
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SOME_INSTANT = datetime(2024, 2, 29, 12, 30, 0, 250_000, UTC)

pytestmark = pytest.mark.django_db


def read_rows(*rows: tuple[Any, ...], order_by: str = "") -> npt.NDArray[np.void]:
    """Send these rows to PostgreSQL and decode what it returns."""
    row_sql = "(%s::uuid, %s::timestamptz, %s::date, %s::float8, %s::integer)"
    values = ", ".join([row_sql] * len(rows)) or f"{row_sql.replace('%s', 'NULL')}"
    none = "" if rows else " WHERE false"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {ROWS.aggregate(order_by)} "
            f"FROM (VALUES {values}) AS example(id, started_at, date, load, laps){none}",
            [value for row in rows for value in row],
        )
        (content,) = cursor.fetchone()
    decoded = ROWS.decode(content)
    assert ROWS.count(content or b"") == len(decoded)
    return decoded


def test_rows_come_back_as_columns_with_names_and_types():
    rows = read_rows(
        (SOME_ID, SOME_INSTANT, SOME_DATE, 12.5, 3), (OTHER_ID, SOME_INSTANT, SOME_DATE, -0.1, 4)
    )
    assert [UUID(bytes=name.tobytes()) for name in rows["id"]] == [SOME_ID, OTHER_ID]
    assert rows["started_s"].tolist() == [SOME_INSTANT.timestamp()] * 2
    assert rows["date"].tolist() == [SOME_DATE.toordinal()] * 2
    assert rows["load"].tolist() == [12.5, -0.1]
    assert rows["laps"].tolist() == [3.0, 4.0]
    assert [rows[name].dtype for name in ("started_s", "date", "load", "laps")] == [
        np.dtype(np.float64), np.dtype(np.int64), np.dtype(np.float64), np.dtype(np.float64),
    ]  # fmt: skip


def test_null_is_nan_in_a_float_column():
    rows = read_rows(
        (SOME_ID, SOME_INSTANT, SOME_DATE, None, None), (OTHER_ID, SOME_INSTANT, SOME_DATE, 1.0, 2)
    )
    assert np.isnan(rows["load"]).tolist() == [True, False]
    assert np.isnan(rows["laps"]).tolist() == [True, False]
    assert rows["date"].tolist() == [SOME_DATE.toordinal()] * 2  # the other columns keep their places


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_row_with_null_in_an_id_instant_or_date_is_left_out(place: int):
    row = (SOME_ID, SOME_INSTANT, SOME_DATE, 1.0, 1)
    without_value = (*row[:place], None, *row[place + 1 :])
    rows = read_rows(without_value, (OTHER_ID, SOME_INSTANT, SOME_DATE, 2.0, 2))
    assert rows["load"].tolist() == [2.0]
    assert len(read_rows(without_value)) == 0


def test_infinite_numbers_and_instants_stay_infinite():
    rows = read_rows(
        (SOME_ID, "infinity", SOME_DATE, "infinity", 1),
        (OTHER_ID, "-infinity", SOME_DATE, "-infinity", 1),
        (OTHER_ID, SOME_INSTANT, SOME_DATE, "NaN", 1),
    )
    assert rows["started_s"].tolist() == [np.inf, -np.inf, SOME_INSTANT.timestamp()]
    assert rows["load"][:2].tolist() == [np.inf, -np.inf]
    assert np.isnan(rows["load"][2])


def test_dates_and_instants_before_2000():
    early = datetime(1912, 7, 14, 13, 48, 0, 1, UTC)
    rows = read_rows((SOME_ID, early, early.date(), 1.0, 1), (SOME_ID, SOME_INSTANT, date(1, 1, 1), 1.0, 1))
    assert rows["started_s"][0] == early.timestamp()
    assert [date.fromordinal(day) for day in rows["date"].tolist()] == [early.date(), date(1, 1, 1)]


def test_no_rows_give_empty_columns():
    for rows in (read_rows(), ROWS.decode(b"")):
        assert len(rows) == 0
        assert rows["load"].dtype == np.float64


def test_rows_are_in_the_given_order():
    late = datetime(2024, 3, 1, tzinfo=UTC)
    given_rows = [(SOME_ID, late, SOME_DATE, 1.0, 1), (SOME_ID, SOME_INSTANT, SOME_DATE, 2.0, 1)]
    assert read_rows(*given_rows, order_by="started_at")["load"].tolist() == [2.0, 1.0]
    assert read_rows(*given_rows, order_by="started_at DESC")["load"].tolist() == [1.0, 2.0]


def test_decoded_rows_can_be_changed():
    rows = read_rows((SOME_ID, SOME_INSTANT, SOME_DATE, 1.0, 1))
    rows["load"] += 1
    assert rows["load"].tolist() == [2.0]


@given(
    st.lists(
        st.tuples(
            st.uuids(),
            st.integers(-(10**15), 10**15).map(lambda us: UNIX_EPOCH + timedelta(microseconds=us)),
            st.dates(),
            st.floats(width=64) | st.none(),
            st.integers(1 - 2**31, 2**31 - 1) | st.none(),
        ),
        max_size=5,
    )
)
def test_any_rows_come_back_unchanged(rows: list[tuple[UUID, datetime, date, float | None, int | None]]):
    decoded = read_rows(*rows)
    assert [UUID(bytes=name.tobytes()) for name in decoded["id"]] == [row[0] for row in rows]
    assert decoded["started_s"].tolist() == [row[1].timestamp() for row in rows]
    assert decoded["date"].tolist() == [row[2].toordinal() for row in rows]
    for place, name in ((3, "load"), (4, "laps")):
        expected: list[Any] = [np.nan if row[place] is None else row[place] for row in rows]
        np.testing.assert_array_equal(decoded[name], expected)
