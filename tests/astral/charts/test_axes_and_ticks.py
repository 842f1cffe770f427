"""Ticks of an axis cover its range in familiar steps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from astral.charts.quantities import DURATION, NUMBER, PACE
from astral.charts.ticks import clock_ticks, date_ticks, number_ticks

ENDS = st.floats(-1e7, 1e7).map(lambda value: round(value, 3))


@given(ENDS, st.floats(0.01, 1e7), st.integers(2, 12))
@example(-0.001, 500_001.0, 2)
def test_ticks_cover_the_range_evenly_and_are_few(low: float, span: float, max_steps: int) -> None:
    for ticks in (
        number_ticks(low, low + span, max_steps),
        clock_ticks(low, low + max(span, 1.0), max_steps),
    ):
        apart = [after - before for before, after in zip(ticks, ticks[1:], strict=False)]
        invisible = 1e-6 * max(1.0, abs(low), span)
        assert ticks[0] <= low + invisible
        assert ticks[-1] >= low + span - invisible
        assert 2 <= len(ticks) <= max_steps + 1
        assert max(apart) == pytest.approx(min(apart), abs=1e-8)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 10, [0, 5, 10]), (3, 17, [0, 10, 20]), (0.12, 0.18, [0.1, 0.15, 0.2]), (-7, 7, [-10, 0, 10])],
)
def test_number_ticks_are_multiples_of_1_2_or_5(low: float, high: float, ticks: list[float]) -> None:
    assert number_ticks(low, high, 2) == ticks


def test_clock_ticks_are_multiples_of_clock_steps() -> None:
    assert [DURATION.text(tick) for tick in clock_ticks(0, 5_400, 4)] == ["0", "30 min", "1 h", "1:30 h"]
    assert [PACE.text(tick) for tick in clock_ticks(270, 330, 4)] == ["4:30", "4:45", "5:00", "5:15", "5:30"]


@pytest.mark.parametrize(
    ("days", "texts"),
    [
        (3, ["30 Dec", "31 Dec", "1 Jan", "2 Jan"]),
        (21, ["5 Jan", "12 Jan", "19 Jan"]),
        (150, ["2026", "Feb", "Mar", "Apr", "May"]),
        (1_500, ["2026", "2027", "2028", "2029", "2030"]),
    ],
)
def test_date_ticks_are_days_mondays_months_or_years(days: int, texts: list[str]) -> None:
    first = date(2025, 12, 30)
    ticks = date_ticks(first, first + timedelta(days=days))
    assert [text for _, text in ticks] == texts
    assert all(first <= day <= first + timedelta(days=days) for day, _ in ticks)


def test_numbers_are_short_with_a_typographic_minus() -> None:
    assert [NUMBER.text(value) for value in (1234.5, -0.001, -3.0, 0.125)] == ["1,234.5", "0", "−3", "0.12"]
