"""An athlete's races ahead, with the range of the predicted time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from astral.relative_dates import ahead
from coaching.profile.summary import AthleteSummary
from coaching.science.race_prediction import predict_time_range
from metrics.formatting import format_distance, format_duration


@dataclass(frozen=True, slots=True)
class RaceRow:
    """`goal` and `predicted` may be empty; `address`: the edit form."""

    name: str
    priority: str
    on: date
    in_words: str
    distance: str
    goal: str
    predicted: str
    address: str


def build_race_rows(one: AthleteSummary, units: str) -> list[RaceRow]:
    return [_race(race, one.today, units) for race in one.races]


def _race(race: Mapping[str, Any], today: date, units: str) -> RaceRow:
    day = date.fromisoformat(race["race_date"])
    return RaceRow(
        name=race["race_name"],
        priority=race["priority"],
        on=day,
        in_words=ahead(day, today),
        distance=format_distance(race["distance"], units),
        goal=race["goal_time"] or "",
        predicted=_predicted(race["predicted_time"], race["distance"]),
        address=reverse("race-page", args=[race["race_id"]]),
    )


def _predicted(clock: str | None, distance_m: float) -> str:
    """A time, or a range of them."""
    if clock is None:
        return ""
    hours, minutes, seconds = map(int, clock.split(":"))
    fast, slow = predict_time_range(3600.0 * hours + 60 * minutes + seconds, distance_m)
    return clock if slow == fast else f"{clock}–{format_duration(slow)}"
