"""An athlete's races ahead, with their forecasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from astral.dates.relative_dates import format_future_date
from astral.ids import encode
from coaching.assessments.forecast_text import ForecastText, build_forecast_text
from coaching.assessments.values import RaceAhead
from coaching.models import Race
from coaching.profile.summary import AthleteSummary
from metrics.formatting import format_distance, format_duration


@dataclass(frozen=True, slots=True)
class UpcomingRace:
    """`goal` may be empty; `address`: the edit form."""

    name: str
    priority: str
    on: date
    when_text: str
    distance: str
    goal: str
    forecast: ForecastText
    address: str


def build_upcoming_races(summary: AthleteSummary, units: str) -> list[UpcomingRace]:
    return [_build_race(race, summary.today, units) for race in summary.races]


def _build_race(race: RaceAhead, today: date, units: str) -> UpcomingRace:
    return UpcomingRace(
        name=race.name,
        priority=race.priority,
        on=race.date,
        when_text=format_future_date(race.date, today),
        distance=format_distance(race.distance_m, units),
        goal="" if race.goal_time_s is None else format_duration(race.goal_time_s),
        forecast=build_forecast_text(race.forecast, units),
        address=reverse("race-page", args=[encode(Race.prefix, race.race_id)]),
    )
