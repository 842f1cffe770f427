"""The range of days of a month and a week."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.calendar.pages.calendar_days import FIRST_SHOWN, LAST_SHOWN, VIEWS, build_calendar_span

days = st.dates(FIRST_SHOWN + timedelta(40), LAST_SHOWN - timedelta(40))


@given(st.sampled_from(VIEWS), days)
def test_span_has_whole_weeks_around_its_day(view: str, day: date):
    span = build_calendar_span(view, day)
    assert (span.first.weekday(), span.last.weekday()) == (0, 6)
    assert span.first <= day <= span.last
    if view == "month":
        assert not span.is_outside(day)
        assert span.last - span.first < timedelta(42)


@given(st.sampled_from(VIEWS), days)
def test_neighbours_lead_back_and_leave_no_gap(view: str, day: date):
    span = build_calendar_span(view, day)
    after, before = build_calendar_span(view, span.following), build_calendar_span(view, span.previous)
    assert build_calendar_span(view, after.previous).title == span.title
    assert build_calendar_span(view, before.following).title == span.title
    assert before.first < span.first <= before.last + timedelta(1)
    assert span.last + timedelta(1) >= after.first > span.first


@pytest.mark.parametrize(("day", "title"), [(FIRST_SHOWN, "February 1970"), (LAST_SHOWN, "November 2099")])
def test_ends_of_the_calendar_have_a_page(day: date, title: str):
    span = build_calendar_span("month", day)
    assert span.title == title
    assert date(1970, 1, 1) <= span.first
    assert span.last <= date(2099, 12, 31)
    assert FIRST_SHOWN <= span.previous <= span.following <= LAST_SHOWN
