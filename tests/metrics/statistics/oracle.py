"""The four statistics once more, as slowly and plainly as possible: every activity is looked at, by its own clock.

Shares nothing with the code it judges: no boundaries, no sums in SQL, its own calendar and its own rounding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from fractions import Fraction
from math import exp, fsum, log
from typing import Any

Answer = dict[str, Any]
ZONES = ("z1", "z2", "z3", "z4", "z5")
STEP, LOOK = timedelta(seconds=20), timedelta(hours=30)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Done:
    """An activity."""

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
class Read:
    """A health day."""

    day: date
    source: str
    rmssd: float | None = None
    sdnn: float | None = None
    resting: float | None = None
    vo2max: float | None = None


def day_of(instant: datetime, zone: tzinfo) -> date:
    return instant.astimezone(zone).date()


def week_of(day: date) -> date:
    year, week, _ = day.isocalendar()
    return date.fromisocalendar(year, week, 1)


def month_of(day: date) -> date:
    return date(day.year, day.month, 1)


def same_day(day: date) -> date:
    return day


PERIODS: dict[str, Callable[[date], date]] = {"day": same_day, "week": week_of, "month": month_of}


def days(first: date, last: date) -> list[date]:
    return [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]


def touched(start: datetime, end: datetime, zone: tzinfo) -> tuple[date, date]:
    """The earliest and the latest date that a local clock shows in [start, end).

    A clock that goes back can show a later date than at the end, or an earlier one than at the start, so that near
    both ends it is looked at every 20 seconds.
    """
    last = end - SECOND
    shown = {day_of(start, zone), day_of(last, zone)}
    for near, far in ((start, min(last, start + LOOK)), (max(start, last - LOOK), last)):
        if near.astimezone(zone).utcoffset() != far.astimezone(zone).utcoffset():
            looks = (far - near) // STEP
            shown |= {day_of(near + STEP * look, zone) for look in range(looks + 1)}
    return min(shown), max(shown)


def total(values: Iterable[float | None]) -> float:
    return round(fsum(value for value in values if value is not None), 2)


def sums(done: Sequence[Done]) -> Answer:
    runs = [one for one in done if one.activity_type == "run" and one.zones]
    return {
        "distance": total(one.distance for one in done),
        "duration": total(one.duration for one in done),
        "training_load": total(one.load for one in done),
        "activity_count": len(done),
        "pace_zones": {
            name: total(one.zones[n] for one in runs if one.zones) for n, name in enumerate(ZONES)
        },
    }


def points(
    done: Sequence[Done], wanted: Sequence[date], zone: tzinfo, bucket: str
) -> list[tuple[date, list[Done]]]:
    """Every period of these days, with its activities."""
    period_of = PERIODS[bucket]
    by_period: dict[date, list[Done]] = {period_of(day): [] for day in wanted}
    for one in done:
        by_period[period_of(day_of(one.started_at, zone))].append(one)
    return sorted(by_period.items())


def running_stats(
    done: Sequence[Done], start: datetime, end: datetime, view: str, metric: str, zone: tzinfo, label: str
) -> Answer | None:
    bucket = {"daily": "day", "weekly": "day", "monthly": "week", "yearly": "month"}[view]
    wanted = days(*touched(start, end, zone))
    if view == "weekly":
        last = day_of(end - SECOND, zone)
        wanted = days(last - timedelta(days=6), last)
    runs = [one for one in done if one.activity_type == "run" and start <= one.started_at < end]
    runs = [one for one in runs if wanted[0] <= day_of(one.started_at, zone) <= wanted[-1]]
    if not runs:
        return None
    found = [{"period_start": str(day)} | sums(each) for day, each in points(runs, wanted, zone, bucket)]
    largest = max(point[metric] for point in found)
    first = next(point for point in found if point[metric] == largest)
    running, zoned = fsum(run.duration for run in runs), fsum(run.duration for run in runs if run.zones)
    return {
        "granularity": view,
        "bucket": bucket,
        "metric_type": metric,
        "timezone": label,
        "highlight": {"period_start": first["period_start"], "value": largest} if largest else None,
        "totals": sums(runs),
        "points": found,
        "zones_coverage": round(zoned / running, 4) if running else None,
    }


def activity_stats(
    done: Sequence[Done],
    first: date,
    last: date,
    bucket: str,
    activity_type: str | None,
    zone: tzinfo,
    label: str,
) -> Answer | None:
    counted = [one for one in done if first <= day_of(one.started_at, zone) <= last]
    counted = [one for one in counted if activity_type in (None, one.activity_type)]
    if not counted:
        return None

    def row(each: Sequence[Done]) -> Answer:
        return sums(each) | {"calories": total(one.calories for one in each)}

    return {
        "granularity": bucket,
        "bucket": bucket,
        "timezone": label,
        "totals": row(counted),
        "points": [
            {"period_start": str(day)} | row(each)
            for day, each in points(counted, days(first, last), zone, bucket)
        ],
    }


def fitness_stats(done: Sequence[Done], today: date, count: int, zone: tzinfo) -> Answer | None:
    first = today - timedelta(days=count - 1)
    runs = [
        one for one in done if one.activity_type == "run" and first <= day_of(one.started_at, zone) <= today
    ]
    if not runs:
        return None
    beating = [(one.heart_rate, one.duration) for one in runs if one.heart_rate is not None]
    answer: Answer = {
        "days": count,
        "from_date": str(first),
        "to_date": str(today),
        "total_activities": len(runs),
        "total_distance": total(one.distance for one in runs),
        "total_duration": total(one.duration for one in runs),
        "avg_pace": pace(runs),
        "total_training_load": round(total(one.load for one in runs), 1),
        "total_elevation_gain": round(total(one.gain for one in runs), 1),
    }
    if beating and (beat_s := fsum(seconds for _, seconds in beating)):
        answer["avg_heart_rate"] = round(fsum(rate * seconds for rate, seconds in beating) / beat_s, 1)
    return answer


def pace(runs: Sequence[Done]) -> str | None:
    """Half up, in exact fractions."""
    far = [(Fraction(one.duration), Fraction(one.distance)) for one in runs if one.distance]
    if not far:
        return None
    per_km = 1000 * sum(seconds for seconds, _ in far) / sum(metres for _, metres in far)
    minutes, seconds = divmod((per_km + Fraction(1, 2)).__floor__(), 60)
    return f"{minutes}:{seconds:02d}"


def health_metrics(read: Sequence[Read], first: date, last: date, bucket: str) -> Answer | None:
    inside = [row for row in read if first <= row.day <= last]
    hrv = fullest(inside, "rmssd", "sdnn")
    resting, vo2max = fullest(inside, "resting"), fullest(inside, "vo2max")
    if not (hrv or resting or vo2max):
        return None
    period_of = PERIODS[bucket]
    found = []
    for period in sorted({period_of(day) for day in days(first, last)}):
        rows = [row for row in inside if period_of(row.day) == period]
        values = {
            "resting_heart_rate": values_of(rows, resting),
            "hrv": values_of(rows, hrv),
            "vo2_max": values_of(rows, vo2max),
        }
        means = {name: mean(each) for name, each in values.items()}
        if values["hrv"]:
            means["hrv"] = round(exp(mean_of([log(value) for value in values["hrv"]])), 2)
        counts = {name: len(each) for name, each in values.items()}
        found.append({"period_start": str(period)} | means | {"readings": counts})
    return {
        "granularity": bucket,
        "hrv_method": hrv[0] if hrv else None,
        "sources": {
            name: chosen[1] if chosen else None
            for name, chosen in (("resting_heart_rate", resting), ("hrv", hrv), ("vo2_max", vo2max))
        },
        "points": found,
    }


def fullest(rows: Sequence[Read], *kinds: str) -> tuple[str, str] | None:
    """The kind and source with most readings; of equal ones the kind named first, then the source by name."""
    counts: dict[tuple[int, str], int] = defaultdict(int)
    for row in rows:
        for place, kind in enumerate(kinds):
            counts[place, row.source] += getattr(row, kind) is not None
    ranked = sorted((-count, place, source) for (place, source), count in counts.items() if count)
    return (kinds[ranked[0][1]], ranked[0][2]) if ranked else None


def values_of(rows: Sequence[Read], chosen: tuple[str, str] | None) -> list[float]:
    if not chosen:
        return []
    kind, source = chosen
    return [getattr(row, kind) for row in rows if row.source == source and getattr(row, kind) is not None]


def mean(values: Sequence[float]) -> float | None:
    return round(mean_of(values), 2) if values else None


def mean_of(values: Sequence[float]) -> float:
    return fsum(values) / len(values)


def offset_label(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes >= 0 else '-'}{hours:02d}:{rest:02d}"


def clock_changes(zone: tzinfo, first_year: int, last_year: int) -> list[datetime]:
    """Every instant at which the zone's clocks are changed, to the second."""
    day, found = timedelta(days=1), []
    instant, until = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    while instant < until:
        if instant.astimezone(zone).utcoffset() != (instant + day).astimezone(zone).utcoffset():
            found.append(_change_between(instant, instant + day, zone))
        instant += day
    return found


def _change_between(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    old = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // SECOND // 2 * SECOND
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == old else (before, middle)
    return after


def is_odd(change: datetime, zone: tzinfo) -> bool:
    """Whether the date goes back, midnight is skipped, or the shift is of more than an hour."""
    before, after = (change - SECOND).astimezone(zone), change.astimezone(zone)
    shift = (after.utcoffset() or timedelta()) - (before.utcoffset() or timedelta())
    skips = after.date() > before.date() and (after.hour, after.minute) != (0, 0)
    return after.date() < before.date() or skips or abs(shift) > timedelta(hours=1)
