"""Every instant belongs to the period of its local date, also at clock changes."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astral.http.fields import list_zone_names
from metrics import buckets

ZONES = sorted(list_zone_names())
START, END = datetime(2010, 1, 1, tzinfo=UTC), datetime(2029, 12, 31, tzinfo=UTC)
HOUR = timedelta(hours=1)


@cache
def find_clock_changes(zone: str) -> tuple[datetime, ...]:
    """The instants in 2010–2029 at which the zone's clocks change, to the second."""
    info = ZoneInfo(zone)
    grid = [START + timedelta(days=5) * step for step in range(20 * 73)]
    offsets = [instant.astimezone(info).utcoffset() for instant in grid]
    return tuple(
        buckets._find_clock_shift(grid[step - 1], grid[step], info)
        for step in range(1, len(grid))
        if offsets[step] != offsets[step - 1]
    )


@st.composite
def zoned_instants(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """A zone and an instant. Half of the instants are within a day of a clock change."""
    zone = draw(st.sampled_from(ZONES))
    if draw(st.booleans()) and (changes := find_clock_changes(zone)):
        near = draw(st.sampled_from(changes))
        return ZoneInfo(zone), near + timedelta(seconds=draw(st.integers(-86_400, 86_400)))
    return ZoneInfo(zone), START + timedelta(seconds=draw(st.integers(0, 20 * 365 * 86_400)))


def get_period(window: buckets.Window, instant: datetime) -> date:
    """The period of an instant, as `width_bucket` finds it from the edges."""
    return window.owners[bisect_right(window.edges, instant) - 1]


@settings(max_examples=1_500)
@given(
    zoned_instants(),
    st.integers(1, 10 * 86_400),
    st.floats(0, 1, exclude_max=True),
    st.sampled_from(["day", "week", "month"]),
)
def test_every_instant_belongs_to_the_period_of_its_local_date(zoned_instant, length_s, fraction, bucket):
    zone, start = zoned_instant
    window = buckets.build_window(bucket, start, start + timedelta(seconds=length_s), zone)
    instant = start + timedelta(seconds=int(fraction * length_s))
    assert get_period(window, instant) == buckets.get_period_start(bucket, instant.astimezone(zone).date())
    assert list(window.edges) == sorted(set(window.edges))
    assert window.edges[0] == start


@settings(max_examples=500)
@given(zoned_instants(), st.integers(0, 40))
def test_a_window_contains_exactly_the_instants_of_its_days(zoned_instant, days):
    zone, near = zoned_instant
    first = near.astimezone(zone).date()
    last = first + timedelta(days=days)
    window = buckets.build_days_window("day", first, last, zone)
    probes = [window.start, window.end - timedelta(seconds=1), near]
    for instant in probes:
        day = instant.astimezone(zone).date()
        inside = window.start <= instant < window.end and get_period(window, instant) in window.periods
        assert inside == (first <= day <= last)
    for outside in (window.start - timedelta(seconds=1), window.end):
        assert not first <= outside.astimezone(zone).date() <= last


def test_a_week_begins_on_monday_also_in_iso_week_53():
    window = buckets.build_days_window("week", date(2026, 12, 25), date(2027, 1, 5), ZoneInfo("UTC"))
    assert window.periods == (date(2026, 12, 21), date(2026, 12, 28), date(2027, 1, 4))


def test_a_leap_day_is_a_day_of_february():
    days = buckets.build_days_window("day", date(2028, 2, 28), date(2028, 3, 1), ZoneInfo("UTC"))
    assert date(2028, 2, 29) in days.periods
    months = buckets.build_days_window("month", date(2028, 2, 29), date(2028, 3, 1), ZoneInfo("UTC"))
    assert months.periods == (date(2028, 2, 1), date(2028, 3, 1))


def test_the_day_that_apia_skipped_is_an_empty_period():
    apia = ZoneInfo("Pacific/Apia")
    window = buckets.build_days_window("day", date(2011, 12, 29), date(2011, 12, 31), apia)
    assert window.periods == (date(2011, 12, 29), date(2011, 12, 30), date(2011, 12, 31))
    assert date(2011, 12, 30) not in window.owners


def test_an_evening_that_occurs_twice_belongs_to_its_date():
    """In St. John's, clocks went back from 00:01 on 7 November 2010 to 23:01 on 6 November."""
    newfoundland = ZoneInfo("America/St_Johns")
    window = buckets.build_days_window("day", date(2010, 11, 6), date(2010, 11, 7), newfoundland)
    midnight = datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
    assert get_period(window, midnight + timedelta(seconds=30)) == date(2010, 11, 7)
    assert get_period(window, midnight + timedelta(minutes=30)) == date(2010, 11, 6)
    assert get_period(window, midnight + timedelta(minutes=61)) == date(2010, 11, 7)


def test_the_last_seven_days_have_seven_periods_also_for_a_range_of_an_hour():
    end = datetime(2026, 6, 10, 12, tzinfo=UTC)
    window = buckets.build_last_days_window(7, end - HOUR, end, ZoneInfo("Asia/Tokyo"))
    assert window.periods == tuple(date(2026, 6, day) for day in range(4, 11))
    assert set(window.owners) == {date(2026, 6, 10)}


@pytest.mark.parametrize(
    ("minutes", "label"), [(0, "UTC+00:00"), (540, "UTC+09:00"), (-210, "UTC-03:30"), (840, "UTC+14:00")]
)
def test_a_fixed_offset_is_named_utc_with_its_sign(minutes, label):
    assert buckets.format_zone(buckets.build_fixed_zone(minutes)) == label
