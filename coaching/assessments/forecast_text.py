"""The forecast of a race as texts for pages, in the viewer's units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from astral.ids import encode
from coaching.science.forecast_efforts import GoalForecast, RaceEffort
from coaching.science.race_forecast import FORECAST_RANGE_M
from metrics.formatting import (
    convert_distance,
    format_distance,
    format_duration,
    format_number,
    get_distance_unit,
)
from metrics.models import Activity

REASON_TEXTS = {
    "no_race_or_hard_effort": "No forecast: it needs a race or a hard run in the last 120 days, or a VDOT",
    "withheld": "No forecast: it needs activities, which are not shared with your club",
}


@dataclass(frozen=True, slots=True)
class EffortText:
    """`kind`: race or training. `address`: the activity's page; empty without a recording."""

    distance: str
    time: str
    on: date
    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class ForecastText:
    """Without a forecast `median` is empty, and `reason` says why."""

    median: str
    low: str
    high: str
    efforts: tuple[EffortText, ...]
    reason: str


def build_forecast_text(forecast: GoalForecast, units: str) -> ForecastText:
    times_s = forecast.times_s
    if times_s is None:
        return ForecastText("", "", "", (), _explain_reason(forecast.reason, units))
    efforts = tuple(_build_effort(effort, units) for effort in forecast.based_on)
    median, low, high = (format_duration(time_s) for time_s in times_s)
    return ForecastText(median, low, high, efforts, "")


def _build_effort(effort: RaceEffort, units: str) -> EffortText:
    pk = effort.activity_id
    return EffortText(
        distance=format_distance(effort.distance_m, units),
        time=format_duration(effort.time_s),
        on=effort.date,
        kind="race" if effort.is_race else "training",
        address=reverse("activity-page", args=[encode(Activity.prefix, pk)]) if pk else "",
    )


def _explain_reason(reason: str, units: str) -> str:
    if reason != "distance_out_of_range":
        return REASON_TEXTS.get(reason, "")
    shortest, furthest = (format_number(convert_distance(limit, units), 1) for limit in FORECAST_RANGE_M)
    return f"No forecast: only races from {shortest} to {furthest} {get_distance_unit(units)} have one"
