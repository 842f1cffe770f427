"""Hypothesis strategies for random requests of the four statistics, often at clock changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from astral.http.fields import list_zone_names
from tests.metrics.statistics import oracle
from tests.metrics.statistics.oracle_athletes import (
    CALENDAR,
    LATE,
    ODD_ZONES,
    OFFSETS_S,
    SPORTS,
    find_clock_changes,
    find_odd_clock_changes,
    get_midnight,
)

ZONES = sorted(list_zone_names())


@dataclass(frozen=True, slots=True)
class RequestZone:
    """An athlete (row of ODD_ZONES) and the zone of a request: a name, an offset, or the athlete's zone."""

    row: int
    params: dict[str, Any]
    zone: tzinfo
    label: str


# Made once: hypothesis checks each new strategy, and that took a third of the oracle's time.
BOOLEANS = st.booleans()
ROWS = st.integers(0, len(ODD_ZONES) - 1)
ODD_NAMES = [st.sampled_from(names) for names in ODD_ZONES]
NAMES = st.sampled_from(ZONES)
ZONE_KINDS = st.sampled_from(["trap", "trap", "own", "any"])
ZONE_AND_OFFSET_KINDS = st.sampled_from(["trap", "trap", "own", "any", "offset"])
OFFSET_MINUTES = st.integers(-840, 840)
INSTANT_KINDS = st.sampled_from(["change", "change", "change", "midnight", "calendar", "any"])
SECONDS_BEFORE = st.integers(0, 21 * 365 * 86_400)
SECONDS_AWAY = st.sampled_from(OFFSETS_S) | st.integers(-100_000, 100_000)
CALENDAR_DAYS = st.sampled_from(CALENDAR)
DAYS_AWAY = st.integers(-9, 9)
LENGTHS_S = st.sampled_from([1, 2, 60, 3_599, 3_600, 7_200, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400])
ANY_LENGTH_S = LENGTHS_S | st.integers(1, 40 * 86_400)
PERIODS, METRICS = (
    st.sampled_from(["daily", "weekly", "monthly", "yearly"]),
    st.sampled_from(["distance", "duration", "training_load"]),
)
NEAR_DAYS = st.integers(-2, 2)
LENGTHS_DAYS = st.sampled_from([0, 1, 2, 6, 30, 399]) | st.integers(0, 399)
DAYS_BEFORE = st.integers(0, 399)
ANY_SPORT = st.none() | st.sampled_from(SPORTS)
DAY_OR_MONTH, DAY_WEEK_OR_MONTH = st.sampled_from(["day", "month"]), st.sampled_from(["day", "week", "month"])
FITNESS_DAYS = st.sampled_from([1, 2, 7, 30, 365]) | st.integers(1, 365)
HEALTH_DAYS = st.sampled_from([date(2020, 12, 26), date(2021, 1, 2), date(2024, 2, 27), date(2023, 12, 19)])
HEALTH_DAYS_BEFORE = st.integers(0, 60)


@cache
def choose_clock_change(zone: str, odd: bool) -> st.SearchStrategy[datetime]:
    return st.sampled_from((find_odd_clock_changes(zone) if odd else find_clock_changes(zone)) or [LATE])


def draw_request_zone(draw: st.DrawFn, *, offsets: bool = True) -> RequestZone:
    row = draw(ROWS)
    kind = draw(ZONE_AND_OFFSET_KINDS if offsets else ZONE_KINDS)
    if kind == "offset":
        minutes = draw(OFFSET_MINUTES)
        zone = timezone(timedelta(minutes=minutes))
        return RequestZone(row, {"timezone_offset": minutes}, zone, oracle.format_offset(minutes))
    if kind == "own":
        return RequestZone(row, {}, ZoneInfo(ODD_ZONES[row][0]), ODD_ZONES[row][0])
    name = draw(ODD_NAMES[row] if kind == "trap" else NAMES)
    return RequestZone(row, {"timezone": ZoneInfo(name)}, ZoneInfo(name), name)


def draw_instant(draw: st.DrawFn, request_zone: RequestZone) -> datetime:
    """A whole second near a clock change, near a local midnight, or anywhere."""
    kind = draw(INSTANT_KINDS)
    if kind == "any":
        return LATE - timedelta(seconds=draw(SECONDS_BEFORE))
    offset = timedelta(seconds=draw(SECONDS_AWAY))
    if kind == "calendar":
        return get_midnight(draw(CALENDAR_DAYS), request_zone.zone) + offset
    zones = ODD_ZONES[request_zone.row]
    zone = request_zone.label if request_zone.label in zones else draw(ODD_NAMES[request_zone.row])
    change = draw(choose_clock_change(zone, draw(BOOLEANS)))
    if kind == "change":
        return change + offset
    day = oracle.get_local_day(change, request_zone.zone) + timedelta(days=draw(DAYS_AWAY))
    return get_midnight(day, request_zone.zone) + offset


def draw_range(draw: st.DrawFn, request_zone: RequestZone) -> tuple[datetime, datetime]:
    start = draw_instant(draw, request_zone)
    if draw(BOOLEANS):
        end = draw_instant(draw, request_zone)
        start, end = min(start, end), max(start, end)
        if timedelta(0) < end - start <= timedelta(days=365):
            return start, end
    return start, start + timedelta(seconds=draw(ANY_LENGTH_S))


def draw_days(draw: st.DrawFn, near: date) -> tuple[date, date]:
    """First and last day of at most 400 days, often of a few."""
    first = near + timedelta(days=draw(NEAR_DAYS))
    return first, first + timedelta(days=draw(LENGTHS_DAYS))


@st.composite
def running_requests(draw: st.DrawFn) -> tuple[RequestZone, dict[str, Any]]:
    request_zone = draw_request_zone(draw)
    start, end = draw_range(draw, request_zone)
    return request_zone, {
        "from_timestamp": start,
        "to_timestamp": end,
        "granularity": draw(PERIODS),
        "metric_type": draw(METRICS),
    } | request_zone.params


@st.composite
def activity_requests(draw: st.DrawFn) -> tuple[RequestZone, dict[str, Any]]:
    request_zone = draw_request_zone(draw, offsets=False)
    near = oracle.get_local_day(draw_instant(draw, request_zone), request_zone.zone)
    if draw(BOOLEANS):
        near -= timedelta(days=draw(DAYS_BEFORE))
    first, last = draw_days(draw, near)
    sport = draw(ANY_SPORT)
    return request_zone, {
        "start_date": first,
        "end_date": last,
        "granularity": draw(DAY_OR_MONTH),
    } | request_zone.params | ({"activity_type": sport} if sport else {})


@st.composite
def fitness_requests(draw: st.DrawFn) -> tuple[RequestZone, datetime, int]:
    """A request of `days` at a moment near a clock change of the athlete's zone."""
    row = draw(ROWS)
    request_zone = RequestZone(row, {}, ZoneInfo(ODD_ZONES[row][0]), ODD_ZONES[row][0])
    return (
        request_zone,
        draw_instant(draw, request_zone),
        draw(FITNESS_DAYS),
    )


@st.composite
def health_requests(draw: st.DrawFn) -> tuple[int, dict[str, Any]]:
    near = draw(HEALTH_DAYS)
    first, last = draw_days(draw, near - timedelta(days=draw(HEALTH_DAYS_BEFORE)))
    granularity = draw(DAY_WEEK_OR_MONTH)
    return draw(ROWS), {
        "start_date": first,
        "end_date": last,
        "granularity": granularity,
    }
