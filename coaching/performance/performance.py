"""What an athlete can run, and how the training is spread: one reader for the API and the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from athletes.models import Athlete
from athletes.rights import Visibility
from coaching.performance.forecasts import RaceForecasts, load_forecasts
from metrics.buckets import build_days_window
from metrics.models import Activity
from metrics.performance.curves import (
    BestSpeed,
    DaySpan,
    RunCurves,
    find_critical_speed,
    find_earliest,
    load_run_curves,
)
from metrics.science.critical_speed import CRITICAL_SPEED_D, CriticalSpeed
from metrics.science.zones import intensity_shares
from metrics.statistics.series import SUM_COLUMNS, load_period_sums

PERFORMANCE_FORMULA = 1  # raise it when the answer is computed in another way
MAX_WEEKS = 53  # of the distribution: the last ones of the span
ZONE_COLUMNS = slice(SUM_COLUMNS.index("z1"), SUM_COLUMNS.index("z5") + 1)


@dataclass(frozen=True, slots=True)
class SpanCurve:
    """The curve of a span, level and graded, with critical speed and the points that it rests on."""

    span: DaySpan
    level: Sequence[BestSpeed]
    graded: Sequence[BestSpeed]
    critical_speed: CriticalSpeed
    efforts: Sequence[BestSpeed]


@dataclass(frozen=True, slots=True)
class IntensityDistribution:
    """Seconds of runs in pace zones 1–5 by ISO week.

    `coverage`: the share of the running time that has zones; None without runs.
    """

    mondays: Sequence[date]
    zone_s: Sequence[Sequence[float]]
    coverage: float | None

    @property
    def total_zone_s(self) -> list[float]:
        return [sum(column) for column in zip(*self.zone_s, strict=True)] or [0.0] * 5

    @property
    def shares(self) -> tuple[float, float, float] | None:
        """Easy, moderate and hard; None without time in zones."""
        return intensity_shares(self.total_zone_s)


@dataclass(frozen=True, slots=True)
class Performance:
    """`compared`: None if no other span was asked for. `forecasts` are as of today, whatever the span."""

    today: date
    curve: SpanCurve
    compared: SpanCurve | None
    further: Sequence[SpanCurve]
    forecasts: RaceForecasts
    distribution: IntensityDistribution


def load_performance(
    athlete: Athlete,
    now: datetime,
    visibility: Visibility,
    span: DaySpan,
    compared: DaySpan | None = None,
    further: Sequence[DaySpan] = (),
) -> Performance:
    """For a viewer who may see the activities. Two statements, and those of `load_forecasts`.

    `further`: spans of which only the curves are shown, too.
    """
    spans = [span, *([compared] if compared else []), *further]
    curves = load_run_curves(athlete, _find_first_needed(spans))
    return Performance(
        today=athlete.local_date(now),
        curve=_build_curve(curves, span),
        compared=_build_curve(curves, compared) if compared else None,
        further=[_build_curve(curves, one) for one in further],
        forecasts=load_forecasts(athlete, now, shows_goals=visibility.goals_and_plans),
        distribution=_load_distribution(athlete, span),
    )


def _find_first_needed(spans: Sequence[DaySpan]) -> date | None:
    """Critical speed looks back 90 days from the last day, also where the span is shorter."""
    return find_earliest([span.widen(CRITICAL_SPEED_D) for span in spans])


def _build_curve(curves: RunCurves, span: DaySpan) -> SpanCurve:
    critical_speed, efforts = find_critical_speed(curves, span.last)
    return SpanCurve(span, curves.find_best(span), curves.find_best(span, "graded"), critical_speed, efforts)


def _load_distribution(athlete: Athlete, span: DaySpan) -> IntensityDistribution:
    """The last MAX_WEEKS weeks of the span. One statement."""
    monday = span.last - timedelta(days=span.last.weekday(), weeks=MAX_WEEKS - 1)
    first = max(span.first or monday, monday)
    sums = load_period_sums(
        athlete.pk, build_days_window("week", first, span.last, athlete.zone), Activity.Type.RUN
    )
    zone_s = np.round(sums.table[:, ZONE_COLUMNS], 1).tolist()
    return IntensityDistribution(sums.window.periods, zone_s, sums.zones_coverage)
