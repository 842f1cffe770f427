"""Forms of a race. The distance is in the viewer's units, or one of the common ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from astral.http.forms import CHOOSE, EditForm, InputField, SelectField, SerializerForm
from coaching.models import Race
from coaching.races.serializers import RaceEntry
from metrics.formatting import IMPERIAL, convert_distance, format_number, get_distance_unit
from metrics.science.pace import hms
from metrics.unit_input import parse_distance

COMMON_DISTANCES = {
    "5000": "5 km",
    "10000": "10 km",
    "21097.5": "Half marathon",
    "42195": "Marathon",
}  # metres
OTHER_DISTANCE = "other"
DISTANCE_CHOICES = (CHOOSE, *COMMON_DISTANCES.items(), (OTHER_DISTANCE, "Another distance"))


RACE_TIMES = frozenset({"goal_time", "result_time"})
TWO_PARTS = re.compile(r"([0-9]{1,3}):([0-5][0-9])", re.ASCII)
FASTEST_S_PER_KM, SLOWEST_S_PER_KM = 120.0, 1_200.0  # between a world record and a slow walk uphill [J]


def complete_race_time(typed: str | None, distance_m: float) -> str | None:
    """Read 1:45 as 1:45:00 for a half marathon, and 20:30 as 0:20:30 for 5 km: the distance decides.

    Text that is no time of two parts, or none for this distance, is returned unchanged.
    """
    found = TWO_PARTS.fullmatch(typed.strip()) if typed else None
    if not found or distance_m <= 0:
        return typed
    first, second = int(found[1]), int(found[2])
    readings = (3_600.0 * first + 60 * second, 60.0 * first + second)
    possible = [
        time_s for time_s in readings if FASTEST_S_PER_KM <= 1000 * time_s / distance_m <= SLOWEST_S_PER_KM
    ]
    return hms(possible[0]) if len(possible) == 1 else typed


class RaceForm(SerializerForm):
    """A new race."""

    serializer_class = RaceEntry
    race_name = InputField("Name", required=True, max_length=120, autocomplete="off")
    race_date = InputField("Date", type="date", required=True)
    over = SelectField("Distance", DISTANCE_CHOICES, required=True)
    distance = InputField(hint="Only with “Another distance” above.", max_length=12, autocomplete="off")
    goal_time = InputField(
        "Goal time",
        hint="Such as 3:05:00; may be empty.",
        max_length=9,
        autocomplete="off",
    )
    priority = SelectField("Priority", Race.Priority.choices)

    def __init__(self, data: QueryDict | None = None, *, units: str, **options: Any) -> None:
        super().__init__(data, **options)
        self.units = units
        self.fields["distance"].label = f"Another distance, {'miles' if units == IMPERIAL else 'kilometres'}"

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        request_data: dict[str, Any] = dict(fields)
        over, typed = request_data.pop("over", ""), request_data.pop("distance", "").strip()
        request_data |= {name: None for name in ("goal_time", "result_time") if request_data.get(name) == ""}
        if over == OTHER_DISTANCE:
            request_data["distance"] = parse_distance(typed, self.units)
        elif over in COMMON_DISTANCES:
            # The API refuses text: both fields together are ambiguous.
            request_data["distance"] = typed or float(over)
        distance_m = request_data.get("distance")
        if isinstance(distance_m, float):
            for name in RACE_TIMES & request_data.keys():
                request_data[name] = complete_race_time(request_data[name], distance_m)
        return request_data

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        """The API's distance error is in metres, and it does not know of times without seconds."""
        if field in RACE_TIMES and TWO_PARTS.fullmatch(self.data.get(field, "").strip()):
            return field, "Are these hours or minutes? Write hours, minutes and seconds, such as 1:45:00."
        if field != "distance":
            return field, text
        over = self.data.get("over")
        if over in COMMON_DISTANCES:
            return field, "Choose “Another distance” above, or leave this empty."
        if over != OTHER_DISTANCE:
            return "over", "Choose a distance."
        shortest, furthest = (
            format_number(convert_distance(limit, self.units), 2)
            for limit in (Race.SHORTEST_M, Race.FURTHEST_M)
        )
        unit = get_distance_unit(self.units)
        return field, f"Use a number from {shortest} to {furthest} {unit}, such as 12.5."


class RaceEditForm(EditForm, RaceForm):
    """A stored race, with its result."""

    result_time = InputField("Result", hint="H:MM:SS, once it is run.", max_length=9, autocomplete="off")
    field_order = ("race_name", "race_date", "over", "distance", "goal_time", "result_time", "priority")

    def __init__(self, data: QueryDict | None = None, *, race: Race, units: str) -> None:
        super().__init__(data, initial=_describe_race(race, units), units=units)
        self.distance_m = race.distance_m

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        """An untouched distance stays exact: the field shows it rounded."""
        untouched = all(fields.get(name, "") == self.initial[name] for name in ("over", "distance"))
        request_data = super().to_request_data(fields)
        return request_data | {"distance": self.distance_m} if untouched else request_data


def _describe_race(race: Race, units: str) -> Mapping[str, str]:
    """The fields of a stored race."""
    common = next((text for text in COMMON_DISTANCES if float(text) == race.distance_m), "")
    return {
        "race_name": race.name,
        "race_date": race.date.isoformat(),
        "over": common or OTHER_DISTANCE,
        "distance": "" if common else f"{round(convert_distance(race.distance_m, units) or 0.0, 3):g}",
        "goal_time": hms(race.goal_time_s) or "",
        "result_time": hms(race.result_time_s) or "",
        "priority": race.priority,
    }
