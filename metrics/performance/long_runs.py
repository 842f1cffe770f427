"""The long runs of an athlete with their durability."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from athletes.models import Athlete
from metrics.buckets import find_day_start
from metrics.models import Activity
from metrics.performance.curves import DaySpan
from metrics.science.durability import Durability

MAX_LONG_RUNS = 200
ONE_DAY = timedelta(days=1)


class LongRun(NamedTuple):
    """A run of at least 90 minutes of moving time, in metres and seconds."""

    activity_id: UUID
    day: date
    name: str
    distance_m: float | None
    moving_s: float | None
    durability: Durability


@dataclass(frozen=True, slots=True)
class LongRuns:
    """Newest first; at most MAX_LONG_RUNS. `median_decoupling`: of those that have one; None without any."""

    span: DaySpan
    runs: Sequence[LongRun]

    @property
    def measured(self) -> list[LongRun]:
        return [run for run in self.runs if run.durability.decoupling is not None]

    @property
    def median_decoupling(self) -> float | None:
        values = [run.durability.decoupling for run in self.measured if run.durability.decoupling is not None]
        return statistics.median(values) if values else None


def load_long_runs(athlete: Athlete, span: DaySpan) -> LongRuns:
    """The long runs of these local days. One statement."""
    rows = Activity.objects.runs().filter(
        athlete=athlete.pk,
        durability__has_any_keys=["decoupling", "reason"],
        started_at__lt=find_day_start(span.last + ONE_DAY, athlete.zone),
    )
    if span.first:
        rows = rows.filter(started_at__gte=find_day_start(span.first, athlete.zone))
    columns = ("pk", "started_at", "name", "distance_m", "moving_time_s", "durability")
    found = rows.order_by("-started_at", "-pk").values_list(*columns)[:MAX_LONG_RUNS]
    return LongRuns(
        span,
        [
            LongRun(
                pk,
                started_at.astimezone(athlete.zone).date(),
                name,
                distance_m,
                moving_s,
                Durability(**stored),
            )
            for pk, started_at, name, distance_m, moving_s, stored in found
        ],
    )
