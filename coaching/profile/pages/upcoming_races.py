"""An athlete's races ahead, with the range of the predicted time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from astral.dates.relative_dates import format_future_date
from coaching.profile.summary import AthleteSummary
from coaching.science.race_prediction import predict_time_range
from metrics.formatting import format_distance, format_duration


@dataclass(frozen=True, slots=True)
class UpcomingRace:
    """`goal` and `predicted` may be empty; `address`: the edit form."""

    name: str
    priority: str
    on: date
    when_text: str
    distance: str
    goal: str
    predicted: str
    address: str


def build_upcoming_races(one: AthleteSummary, units: str) -> list[UpcomingRace]:
    return [_build_race(race, one.today, units) for race in one.races]


def _build_race(race: Mapping[str, Any], today: date, units: str) -> UpcomingRace:
    day = date.fromisoformat(race["race_date"])
    return UpcomingRace(
        name=race["race_name"],
        priority=race["priority"],
        on=day,
        when_text=format_future_date(day, today),
        distance=format_distance(race["distance"], units),
        goal=race["goal_time"] or "",
        predicted=_format_prediction(race["predicted_time"], race["distance"]),
        address=reverse("race-page", args=[race["race_id"]]),
    )


def _format_prediction(clock: str | None, distance_m: float) -> str:
    """A time, or a range of them."""
    if clock is None:
        return ""
    hours, minutes, seconds = map(int, clock.split(":"))
    fast, slow = predict_time_range(3600.0 * hours + 60 * minutes + seconds, distance_m)
    return clock if slow == fast else f"{clock}–{format_duration(slow)}"
