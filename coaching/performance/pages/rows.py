"""Rows and texts of the performance page, in the viewer's units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse

from astral.dates.relative_dates import format_future_date
from astral.ids import encode
from coaching.assessments.forecast_text import ForecastText, build_forecast_text
from coaching.performance.forecasts import RaceForecasts
from coaching.performance.performance import SpanCurve
from metrics.activities.pages.tables import name_distance
from metrics.formatting import (
    convert_pace,
    format_distance,
    format_duration,
    format_number,
    format_pace,
)
from metrics.models import Activity
from metrics.performance.curves import BestSpeed
from metrics.performance.long_runs import LongRun
from metrics.records.records import DistanceRecord
from metrics.science.pace import average_pace, mmss

MAX_LONG_RUN_ROWS = 12
SPEED_REASON_TEXTS = {
    "too_few_efforts": "Critical speed needs three efforts of clearly different length between 2 and 20"
    " minutes in the last 90 days; there are fewer than three.",
    "poor_fit": "The efforts of the last 90 days do not lie on a line (r² under 0.995). Some of them were not"
    " as fast as possible.",
    "implausible_speed": "The efforts of the last 90 days give a speed outside 1.5 to 7 m/s.",
    "implausible_d_prime": "The efforts of the last 90 days give a D′ outside 30 to 500 m. Hard efforts of 2"
    " to 20 minutes are missing.",
}
DURABILITY_REASON_TEXTS = {
    "no_heart_rate": "heart rate is missing",
    "no_grade": "altitude is not trusted",
    "too_short": "under 16 km",
    "too_hilly": "too hilly",
}


@dataclass(frozen=True, slots=True)
class BestSpeedRow:
    """A point of the curve: `time` such as 4:00, and its run."""

    time: str
    pace: str
    on: date
    address: str


@dataclass(frozen=True, slots=True)
class CriticalSpeedCard:
    """Without a value `reason` is a sentence."""

    pace: str
    pace_range: str
    d_prime: str
    d_prime_range: str
    r_squared: str
    efforts: Sequence[BestSpeedRow]
    reason: str


@dataclass(frozen=True, slots=True)
class ForecastRow:
    distance_name: str
    forecast: ForecastText
    pace: str


@dataclass(frozen=True, slots=True)
class NextRaceCard:
    name: str
    on: date
    when_text: str
    distance: str
    forecast: ForecastText


@dataclass(frozen=True, slots=True)
class LongRunRow:
    """`decoupling` is a text in percent, or empty with a `reason`."""

    name: str
    on: date
    address: str
    distance: str
    time: str
    decoupling: str
    onset: str
    efficiency: str
    reason: str


@dataclass(frozen=True, slots=True)
class RecordSummaryRow:
    """A record of all time."""

    distance_name: str
    time: str
    pace: str
    on: date
    address: str


def build_critical_speed_card(curve: SpanCurve, units: str) -> CriticalSpeedCard:
    found = curve.critical_speed
    efforts = [_build_best_speed(point, units) for point in curve.efforts]
    if found.speed_mps is None or found.d_prime_m is None:
        return CriticalSpeedCard("", "", "", "", "", efforts, SPEED_REASON_TEXTS[found.reason])
    speed, d_prime = found.speed_mps, found.d_prime_m
    return CriticalSpeedCard(
        pace=format_pace(average_pace(1.0, speed.value), units),
        pace_range=_format_pace_range(speed.low, speed.high, units),
        d_prime=format_number(d_prime.value, 0, "m"),
        d_prime_range=f"{format_number(max(d_prime.low, 0))}–{format_number(d_prime.high, 0, 'm')}",
        r_squared=format_number(found.r_squared, 4),
        efforts=efforts,
        reason="",
    )


def _format_pace_range(slow_mps: float, fast_mps: float, units: str) -> str:
    """Fastest first, as `4:05–4:20`. A line through three efforts may have no slow end."""
    fast = mmss(convert_pace(average_pace(1.0, fast_mps), units))
    slow = mmss(convert_pace(average_pace(1.0, slow_mps), units)) if slow_mps > 0 else None
    return f"{fast}–{slow}" if slow else f"{fast} or slower"


def _build_best_speed(point: BestSpeed, units: str) -> BestSpeedRow:
    return BestSpeedRow(
        time=mmss(point.duration_s) or "",
        pace=format_pace(average_pace(1.0, point.speed_mps), units),
        on=point.day,
        address=_build_address(point.activity_id),
    )


def build_forecast_rows(forecasts: RaceForecasts, units: str) -> list[ForecastRow]:
    return [
        ForecastRow(
            name_distance(one.distance_m),
            build_forecast_text(one.forecast, units),
            ""
            if one.forecast.median_s is None
            else format_pace(average_pace(one.forecast.median_s, one.distance_m), units),
        )
        for one in forecasts.usual
    ]


def build_next_race_card(forecasts: RaceForecasts, today: date, units: str) -> NextRaceCard | None:
    race, forecast = forecasts.next_race, forecasts.next_forecast
    if race is None or forecast is None:
        return None
    return NextRaceCard(
        name=race.name,
        on=race.date,
        when_text=format_future_date(race.date, today),
        distance=format_distance(race.distance_m, units),
        forecast=build_forecast_text(forecast, units),
    )


def build_long_run_rows(runs: Sequence[LongRun], units: str) -> list[LongRunRow]:
    return [_build_long_run(run, units) for run in runs[:MAX_LONG_RUN_ROWS]]


def _build_long_run(run: LongRun, units: str) -> LongRunRow:
    found = run.durability
    has_value = found.decoupling is not None
    return LongRunRow(
        name=run.name or "Run",
        on=run.day,
        address=_build_address(run.activity_id),
        distance=format_distance(run.distance_m, units),
        time=format_duration(run.moving_s),
        decoupling=f"{100 * ((found.decoupling or 1) - 1):+.1f} %" if has_value else "",
        onset=_format_onset(found.onset_m, units) if has_value else "",
        efficiency=format_number(found.efficiency_m, 2, "m") if has_value else "",
        reason=DURABILITY_REASON_TEXTS.get(found.reason, ""),
    )


def _format_onset(onset_m: float | None, units: str) -> str:
    return "none" if onset_m is None else f"at {format_distance(onset_m, units)}"


def build_record_rows(records: Sequence[DistanceRecord], units: str) -> list[RecordSummaryRow]:
    return [
        RecordSummaryRow(
            name_distance(record.distance_m),
            format_duration(record.best.duration_s),
            format_pace(average_pace(record.best.duration_s, record.distance_m), units),
            record.best.day,
            _build_address(record.best.activity_id),
        )
        for record in records
    ]


def _build_address(activity_id: UUID) -> str:
    return reverse("activity-page", args=[encode(Activity.prefix, activity_id)])
