"""The four statistics again, in the slowest and simplest way: a loop over every activity and its local date.

It shares no code with the statistics: it has no boundaries, no sums in SQL, and its own calendar and
rounding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from fractions import Fraction
from math import exp, fsum, log
from typing import Any, cast

OracleAnswer = dict[str, Any]
ZONES = ("z1", "z2", "z3", "z4", "z5")
LOOK_STEP, LOOK_RANGE = timedelta(seconds=20), timedelta(hours=30)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class OracleActivity:
    """An activity with the columns that statistics use."""

    started_at: datetime
    activity_type: str
    duration: float
    distance: float | None = None
    load: float | None = None
    calories: float | None = None
    gain: float | None = None
    heart_rate: float | None = None
    zones: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class OracleHealthDay:
    """A health day with the columns that statistics use."""

    day: date
    source: str
    rmssd: float | None = None
    sdnn: float | None = None
    resting: float | None = None
    vo2max: float | None = None


def get_local_day(instant: datetime, zone: tzinfo) -> date:
    return instant.astimezone(zone).date()


def get_week_start(day: date) -> date:
    year, week, _ = day.isocalendar()
    return date.fromisocalendar(year, week, 1)


def get_month_start(day: date) -> date:
    return date(day.year, day.month, 1)


def get_same_day(day: date) -> date:
    return day


PERIOD_START_BY_BUCKET: dict[str, Callable[[date], date]] = {
    "day": get_same_day,
    "week": get_week_start,
    "month": get_month_start,
}


def list_dates(first: date, last: date) -> list[date]:
    return [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]


def find_first_and_last_day(start: datetime, end: datetime, zone: tzinfo) -> tuple[date, date]:
    """The earliest and the latest date that a local clock shows in [start, end).

    A clock that goes back can show a date after the last or before the first one. So it is read every 20
    seconds near both ends.
    """
    last = end - SECOND
    dates = {get_local_day(start, zone), get_local_day(last, zone)}
    for first, end in ((start, min(last, start + LOOK_RANGE)), (max(start, last - LOOK_RANGE), last)):
        if first.astimezone(zone).utcoffset() != end.astimezone(zone).utcoffset():
            steps = (end - first) // LOOK_STEP
            dates |= {get_local_day(first + LOOK_STEP * step, zone) for step in range(steps + 1)}
    return min(dates), max(dates)


def sum_values(values: Iterable[float | None]) -> float:
    return round(fsum(value for value in values if value is not None), 2)


def compute_sums(activities: Sequence[OracleActivity]) -> OracleAnswer:
    runs = [activity for activity in activities if activity.activity_type == "run" and activity.zones]
    return {
        "distance": sum_values(activity.distance for activity in activities),
        "duration": sum_values(activity.duration for activity in activities),
        "training_load": sum_values(activity.load for activity in activities),
        "activity_count": len(activities),
        "pace_zones": {
            name: sum_values(activity.zones[n] for activity in runs if activity.zones)
            for n, name in enumerate(ZONES)
        },
    }


def group_by_period(
    activities: Sequence[OracleActivity], days: Sequence[date], zone: tzinfo, bucket: str
) -> list[tuple[date, list[OracleActivity]]]:
    """Every period of these days, with its activities, in order."""
    period_of = PERIOD_START_BY_BUCKET[bucket]
    by_period: dict[date, list[OracleActivity]] = {period_of(day): [] for day in days}
    for activity in activities:
        by_period[period_of(get_local_day(activity.started_at, zone))].append(activity)
    return sorted(by_period.items())


def compute_running_stats(
    activities: Sequence[OracleActivity],
    start: datetime,
    end: datetime,
    view: str,
    metric: str,
    zone: tzinfo,
    label: str,
) -> OracleAnswer | None:
    bucket = {"daily": "day", "weekly": "day", "monthly": "week", "yearly": "month"}[view]
    days = list_dates(*find_first_and_last_day(start, end, zone))
    if view == "weekly":
        last = get_local_day(end - SECOND, zone)
        days = list_dates(last - timedelta(days=6), last)
    runs = [
        activity
        for activity in activities
        if activity.activity_type == "run" and start <= activity.started_at < end
    ]
    runs = [activity for activity in runs if days[0] <= get_local_day(activity.started_at, zone) <= days[-1]]
    if not runs:
        return None
    points = [
        {"period_start": str(day)} | compute_sums(period_runs)
        for day, period_runs in group_by_period(runs, days, zone, bucket)
    ]
    largest = max(point[metric] for point in points)
    first = next(point for point in points if point[metric] == largest)
    running, zoned = fsum(run.duration for run in runs), fsum(run.duration for run in runs if run.zones)
    return {
        "granularity": view,
        "bucket": bucket,
        "metric_type": metric,
        "timezone": label,
        "highlight": {"period_start": first["period_start"], "value": largest} if largest else None,
        "totals": compute_sums(runs),
        "points": points,
        "zones_coverage": round(zoned / running, 4) if running else None,
    }


def compute_activity_stats(
    activities: Sequence[OracleActivity],
    first: date,
    last: date,
    bucket: str,
    activity_type: str | None,
    zone: tzinfo,
    label: str,
) -> OracleAnswer | None:
    counted = [
        activity for activity in activities if first <= get_local_day(activity.started_at, zone) <= last
    ]
    counted = [activity for activity in counted if activity_type in (None, activity.activity_type)]
    if not counted:
        return None

    def row(values: Sequence[OracleActivity]) -> OracleAnswer:
        return compute_sums(values) | {"calories": sum_values(activity.calories for activity in values)}

    return {
        "granularity": bucket,
        "bucket": bucket,
        "timezone": label,
        "totals": row(counted),
        "points": [
            {"period_start": str(day)} | row(values)
            for day, values in group_by_period(counted, list_dates(first, last), zone, bucket)
        ],
    }


def compute_fitness_stats(
    activities: Sequence[OracleActivity], today: date, count: int, zone: tzinfo
) -> OracleAnswer | None:
    first = today - timedelta(days=count - 1)
    runs = [
        activity
        for activity in activities
        if activity.activity_type == "run" and first <= get_local_day(activity.started_at, zone) <= today
    ]
    if not runs:
        return None
    with_heart_rate = [
        (activity.heart_rate, activity.duration) for activity in runs if activity.heart_rate is not None
    ]
    answer: OracleAnswer = {
        "days": count,
        "from_date": str(first),
        "to_date": str(today),
        "total_activities": len(runs),
        "total_distance": sum_values(activity.distance for activity in runs),
        "total_duration": sum_values(activity.duration for activity in runs),
        "avg_pace": format_average_pace(runs),
        "avg_pace_s_per_km": compute_average_pace(runs),
        "total_training_load": round(sum_values(activity.load for activity in runs), 1),
        "total_elevation_gain": round(sum_values(activity.gain for activity in runs), 1),
    }
    if with_heart_rate and (heart_rate_s := fsum(seconds for _, seconds in with_heart_rate)):
        answer["avg_heart_rate"] = round(
            fsum(rate * seconds for rate, seconds in with_heart_rate) / heart_rate_s, 1
        )
    return answer


def compute_average_pace(runs: Sequence[OracleActivity]) -> float | None:
    with_distance = [activity for activity in runs if activity.distance]
    if not with_distance:
        return None
    seconds = fsum(activity.duration for activity in with_distance)
    return round(1000 * seconds / fsum(cast(float, activity.distance) for activity in with_distance), 2)


def format_average_pace(runs: Sequence[OracleActivity]) -> str | None:
    """Average pace, rounded half up in exact fractions."""
    with_distance = [
        (Fraction(activity.duration), Fraction(activity.distance)) for activity in runs if activity.distance
    ]
    if not with_distance:
        return None
    per_km = 1000 * sum(seconds for seconds, _ in with_distance) / sum(metres for _, metres in with_distance)
    minutes, seconds = divmod((per_km + Fraction(1, 2)).__floor__(), 60)
    return f"{minutes}:{seconds:02d}"


def compute_health_metrics(
    health_days: Sequence[OracleHealthDay], first: date, last: date, bucket: str
) -> OracleAnswer | None:
    inside = [row for row in health_days if first <= row.day <= last]
    hrv = choose_fullest_source(inside, "rmssd", "sdnn")
    resting, vo2max = choose_fullest_source(inside, "resting"), choose_fullest_source(inside, "vo2max")
    if not (hrv or resting or vo2max):
        return None
    period_of = PERIOD_START_BY_BUCKET[bucket]
    points = []
    for period in sorted({period_of(day) for day in list_dates(first, last)}):
        rows = [row for row in inside if period_of(row.day) == period]
        values = {
            "resting_heart_rate": list_values(rows, resting),
            "hrv": list_values(rows, hrv),
            "vo2_max": list_values(rows, vo2max),
        }
        means = {name: compute_rounded_mean(values) for name, values in values.items()}
        if values["hrv"]:
            means["hrv"] = round(exp(compute_plain_mean([log(value) for value in values["hrv"]])), 2)
        counts = {name: len(values) for name, values in values.items()}
        points.append({"period_start": str(period)} | means | {"readings": counts})
    return {
        "granularity": bucket,
        "hrv_method": hrv[0] if hrv else None,
        "sources": {
            name: chosen[1] if chosen else None
            for name, chosen in (("resting_heart_rate", resting), ("hrv", hrv), ("vo2_max", vo2max))
        },
        "points": points,
    }


def choose_fullest_source(rows: Sequence[OracleHealthDay], *kinds: str) -> tuple[str, str] | None:
    """The kind and source with the most readings. On a tie, the first kind, then the first source by name."""
    counts: dict[tuple[int, str], int] = defaultdict(int)
    for row in rows:
        for place, kind in enumerate(kinds):
            counts[place, row.source] += getattr(row, kind) is not None
    ranked = sorted((-count, place, source) for (place, source), count in counts.items() if count)
    return (kinds[ranked[0][1]], ranked[0][2]) if ranked else None


def list_values(rows: Sequence[OracleHealthDay], chosen: tuple[str, str] | None) -> list[float]:
    if not chosen:
        return []
    kind, source = chosen
    return [getattr(row, kind) for row in rows if row.source == source and getattr(row, kind) is not None]


def compute_rounded_mean(values: Sequence[float]) -> float | None:
    return round(compute_plain_mean(values), 2) if values else None


def compute_plain_mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)


def format_offset(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes >= 0 else '-'}{hours:02d}:{rest:02d}"


def find_clock_changes(zone: tzinfo, first_year: int, last_year: int) -> list[datetime]:
    """Every instant at which the zone's clocks change, to the second."""
    day, changes = timedelta(days=1), []
    instant, until = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    while instant < until:
        if instant.astimezone(zone).utcoffset() != (instant + day).astimezone(zone).utcoffset():
            changes.append(_find_change(instant, instant + day, zone))
        instant += day
    return changes


def _find_change(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    old = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // SECOND // 2 * SECOND
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == old else (before, middle)
    return after


def is_odd_clock_change(change: datetime, zone: tzinfo) -> bool:
    """Whether the date goes back, midnight is skipped, or the shift is above an hour."""
    before, after = (change - SECOND).astimezone(zone), change.astimezone(zone)
    shift = (after.utcoffset() or timedelta()) - (before.utcoffset() or timedelta())
    skips = after.date() > before.date() and (after.hour, after.minute) != (0, 0)
    return after.date() < before.date() or skips or abs(shift) > timedelta(hours=1)
