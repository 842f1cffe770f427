"""Hypothesis strategies for random requests of the four statistics, often at clock changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
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


@st.composite
def request_zones(draw: st.DrawFn, *, offsets: bool = True) -> RequestZone:
    row = draw(st.integers(0, len(ODD_ZONES) - 1))
    kind = draw(st.sampled_from(["trap", "trap", "own", "any", *(["offset"] if offsets else [])]))
    if kind == "offset":
        minutes = draw(st.integers(-840, 840))
        zone = timezone(timedelta(minutes=minutes))
        return RequestZone(row, {"timezone_offset": minutes}, zone, oracle.format_offset(minutes))
    if kind == "own":
        return RequestZone(row, {}, ZoneInfo(ODD_ZONES[row][0]), ODD_ZONES[row][0])
    name = draw(st.sampled_from(ODD_ZONES[row] if kind == "trap" else ZONES))
    return RequestZone(row, {"timezone": ZoneInfo(name)}, ZoneInfo(name), name)


@st.composite
def instants(draw: st.DrawFn, request_zone: RequestZone) -> datetime:
    """A whole second near a clock change, near a local midnight, or anywhere."""
    kind = draw(st.sampled_from(["change", "change", "change", "midnight", "calendar", "any"]))
    if kind == "any":
        return LATE - timedelta(seconds=draw(st.integers(0, 21 * 365 * 86_400)))
    offset = timedelta(seconds=draw(st.sampled_from(OFFSETS_S) | st.integers(-100_000, 100_000)))
    if kind == "calendar":
        return get_midnight(draw(st.sampled_from(CALENDAR)), request_zone.zone) + offset
    zones = ODD_ZONES[request_zone.row]
    zone = request_zone.label if request_zone.label in zones else draw(st.sampled_from(zones))
    change = draw(
        st.sampled_from(
            (find_odd_clock_changes(zone) if draw(st.booleans()) else find_clock_changes(zone)) or [LATE]
        )
    )
    if kind == "change":
        return change + offset
    day = oracle.get_local_day(change, request_zone.zone) + timedelta(days=draw(st.integers(-9, 9)))
    return get_midnight(day, request_zone.zone) + offset


LENGTHS_S = st.sampled_from([1, 2, 60, 3_599, 3_600, 7_200, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400])


@st.composite
def ranges(draw: st.DrawFn, request_zone: RequestZone) -> tuple[datetime, datetime]:
    start = draw(instants(request_zone))
    if draw(st.booleans()):
        end = draw(instants(request_zone))
        start, end = min(start, end), max(start, end)
        if timedelta(0) < end - start <= timedelta(days=365):
            return start, end
    return start, start + timedelta(seconds=draw(LENGTHS_S | st.integers(1, 40 * 86_400)))


@st.composite
def running_requests(draw: st.DrawFn) -> tuple[RequestZone, dict[str, Any]]:
    request_zone = draw(request_zones())
    start, end = draw(ranges(request_zone))
    return request_zone, {
        "from_timestamp": start,
        "to_timestamp": end,
        "granularity": draw(st.sampled_from(["daily", "weekly", "monthly", "yearly"])),
        "metric_type": draw(st.sampled_from(["distance", "duration", "training_load"])),
    } | request_zone.params


@st.composite
def spans(draw: st.DrawFn, near: date) -> tuple[date, date]:
    """First and last day of at most 400 days, often of a few."""
    first = near + timedelta(days=draw(st.integers(-2, 2)))
    return first, first + timedelta(days=draw(st.sampled_from([0, 1, 2, 6, 30, 399]) | st.integers(0, 399)))


@st.composite
def activity_requests(draw: st.DrawFn) -> tuple[RequestZone, dict[str, Any]]:
    request_zone = draw(request_zones(offsets=False))
    near = oracle.get_local_day(draw(instants(request_zone)), request_zone.zone)
    if draw(st.booleans()):
        near -= timedelta(days=draw(st.integers(0, 399)))
    first, last = draw(spans(near))
    sport = draw(st.none() | st.sampled_from(SPORTS))
    return request_zone, {
        "start_date": first,
        "end_date": last,
        "granularity": draw(st.sampled_from(["day", "month"])),
    } | request_zone.params | ({"activity_type": sport} if sport else {})


@st.composite
def fitness_requests(draw: st.DrawFn) -> tuple[RequestZone, datetime, int]:
    """A request of `days` at a moment near a clock change of the athlete's zone."""
    row = draw(st.integers(0, len(ODD_ZONES) - 1))
    request_zone = RequestZone(row, {}, ZoneInfo(ODD_ZONES[row][0]), ODD_ZONES[row][0])
    return (
        request_zone,
        draw(instants(request_zone)),
        draw(st.sampled_from([1, 2, 7, 30, 365]) | st.integers(1, 365)),
    )


@st.composite
def health_requests(draw: st.DrawFn) -> tuple[int, dict[str, Any]]:
    near = draw(
        st.sampled_from([date(2020, 12, 26), date(2021, 1, 2), date(2024, 2, 27), date(2023, 12, 19)])
    )
    first, last = draw(spans(near - timedelta(days=draw(st.integers(0, 60)))))
    granularity = draw(st.sampled_from(["day", "week", "month"]))
    return draw(st.integers(0, len(ODD_ZONES) - 1)), {
        "start_date": first,
        "end_date": last,
        "granularity": granularity,
    }
