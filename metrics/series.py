"""The one place that groups and sums. Boundaries come from `buckets`, sums from SQL, empty periods are merged in.

Every statement is one range of the index `activity_statistics` and reads nothing but that index.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, Count, DateTimeField, F, Func, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from metrics.buckets import Window
from metrics.models import Activity

ZONES = ("zone1_s", "zone2_s", "zone3_s", "zone4_s", "zone5_s")


@dataclass(slots=True)
class Sums:
    """What a set of activities comes to: metres, seconds, load, kcal; seconds in pace zones 1–5 of its runs."""

    activity_count: int = 0
    distance_m: float = 0.0
    duration_s: float = 0.0
    training_load: float = 0.0
    calories_kcal: float = 0.0
    zones_s: tuple[float, ...] = (0.0,) * 5
    run_duration_s: float = 0.0
    zoned_duration_s: float = 0.0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.activity_count + other.activity_count,
            self.distance_m + other.distance_m,
            self.duration_s + other.duration_s,
            self.training_load + other.training_load,
            self.calories_kcal + other.calories_kcal,
            tuple(mine + theirs for mine, theirs in zip(self.zones_s, other.zones_s, strict=True)),
            self.run_duration_s + other.run_duration_s,
            self.zoned_duration_s + other.zoned_duration_s,
        )


@dataclass(frozen=True, slots=True)
class Series:
    """A gap-free series: for each period of the window its sums, and the sums of them all."""

    window: Window
    points: dict[date, Sums]
    totals: Sums

    @property
    def zones_coverage(self) -> float | None:
        """Share of the running time that has zones; None without any running."""
        return self.totals.zoned_duration_s / self.totals.run_duration_s if self.totals.run_duration_s else None


@dataclass(frozen=True, slots=True)
class RunTotals:
    """The runs of a range as one row; averages are None where nothing was recorded."""

    activity_count: int
    distance_m: float
    duration_s: float
    pace_s_per_km: float | None
    avg_hr_bpm: float | None
    training_load: float
    elevation_gain_m: float


def activity_series(athlete_id: UUID, window: Window, activity_type: str | None = None) -> Series:
    """Sums per period of one athlete's activities; `activity_type` None counts all of them."""
    rows = Activity.objects.filter(athlete_id=athlete_id).between(window.start, window.end)
    if activity_type is not None:
        rows = rows.filter(activity_type=activity_type)
    points = {period: Sums() for period in window.periods}
    for piece, count, distance, duration, load, calories, *zones, running, zoned in _grouped(rows, window):
        owner = window.owners[piece - 1]
        if owner in points:  # where clocks go back over midnight, a piece can lie just outside
            points[owner] += Sums(count, distance, duration, load, calories, tuple(zones), running, zoned)
    return Series(window, points, sum(points.values(), Sums()))


def _grouped(rows: QuerySet[Activity], window: Window) -> QuerySet[Activity, tuple[Any, ...]]:
    runs = Q(activity_type="run")
    piece = Func(
        F("started_at"),
        Value(list(window.edges), output_field=ArrayField(DateTimeField())),
        function="width_bucket",
        output_field=IntegerField(),
    )
    sums: dict[str, Aggregate | Coalesce] = {
        "n": Count("*"),
        "distance": _sum("distance_m"),
        "duration": _sum("duration_s"),
        "load": _sum("training_load"),
        "calories": _sum("calories_kcal"),
        **{f"z{number}": _sum(zone, runs) for number, zone in enumerate(ZONES, start=1)},
        "running": _sum("duration_s", runs),
        "zoned": _sum("duration_s", runs & Q(zone1_s__isnull=False)),
    }
    return rows.annotate(piece=piece).values("piece").order_by("piece").annotate(**sums).values_list("piece", *sums)


def _sum(column: str, only: Q | None = None) -> Coalesce:
    return Coalesce(Sum(column, filter=only), 0.0)


def run_totals(athlete_id: UUID, window: Window) -> RunTotals:
    """All runs of a window as one row."""
    beat, far = Q(avg_hr_bpm__isnull=False), Q(distance_m__gt=0)
    row = (
        Activity.objects.filter(athlete_id=athlete_id)
        .runs()
        .between(window.start, window.end)
        .aggregate(
            count=Count("*"),
            distance=_sum("distance_m"),
            duration=_sum("duration_s"),
            load=_sum("training_load"),
            gain=_sum("elevation_gain_m"),
            far_duration=Sum("duration_s", filter=far),
            beats=Sum(F("avg_hr_bpm") * F("duration_s"), filter=beat),
            beat_duration=Sum("duration_s", filter=beat),
        )
    )
    pace = row["far_duration"] / row["distance"] * 1000 if row["distance"] else None
    beats = row["beats"] / row["beat_duration"] if row["beat_duration"] else None
    return RunTotals(row["count"], row["distance"], row["duration"], pace, beats, row["load"], row["gain"])
