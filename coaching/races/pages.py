"""An athlete's races: the list, and the forms to add, change and delete one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from astral.dates.relative_dates import format_future_date
from astral.http.edit_conflicts import (
    EDIT_CONFLICT_MESSAGE,
    FORM_VERSION_FIELD,
    form_version,
    has_edit_conflict,
)
from astral.http.pages import errors_by_field, form_data
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.models import Athlete, User
from athletes.organizations.edit_rights import can_record
from athletes.rights import Category
from coaching.athlete_records import create_record, delete_record, update_record
from coaching.models import Race
from coaching.races.serializers import RaceCreate
from metrics.formatting import convert_distance, format_number, get_distance_unit
from metrics.science.pace import hms
from metrics.unit_input import parse_distance

COMMON_DISTANCES = {
    "5000": "5 km",
    "10000": "10 km",
    "21097.5": "Half marathon",
    "42195": "Marathon",
}  # metres
OTHER_DISTANCE = "other"
MAX_SHOWN_RACES = 100  # races of the past, and of the future


class RaceForm(RaceCreate):
    """The API's fields, with the distance in metres; the athlete is in the URL."""

    user_id = None  # type: ignore[assignment]  # removes the field


class RacesPage(ProtectedPage):
    template_name = "coaching/races/races.html"

    def get(self, request: HttpRequest, user_id: str) -> HttpResponse:
        return self._render_races(self._get_athlete(user_id), {"priority": Race.Priority.A})

    def post(self, request: HttpRequest, user_id: str) -> HttpResponse:
        """Create one."""
        athlete, fields, units = self._get_athlete(user_id), _read_fields(request), self.page_user.units
        try:
            race = Race(athlete=athlete, **RaceForm.parse(_to_request_data(fields, units)))
        except ValidationError as error:
            return self._render_races(athlete, fields, errors=_field_errors(error, fields, units))
        messages.success(request, f"{create_record(race).name} added.")
        return redirect("races-page", user_id)

    def _get_athlete(self, user_id: str) -> Athlete:
        return self.permit.athlete(parse_id(User.prefix, user_id, "user_id"))

    def _render_races(self, athlete: Athlete, fields: Mapping[str, Any], **context: Any) -> HttpResponse:
        today, own = athlete.local_date(timezone.now()), athlete.pk == self.person.pk
        races, over = Race.objects.filter(athlete=athlete), Q(date__lt=today) | Q(result_time_s__isnull=False)
        return self.page(
            section="own" if own else "roster",
            own=own,
            athlete=athlete,
            name=str(athlete.user),
            ahead=_add_relative_dates(races.exclude(over).order_by("date", "pk"), today),
            past=_add_relative_dates(races.filter(over).order_by("-date", "-pk"), today),
            shown=MAX_SHOWN_RACES,
            may_record=can_record(self.person, athlete, Category.GOALS_AND_PLANS),
            fields=fields,
            **_build_choices(self.page_user.units),
            **context,
        )


class RacePageBase(ProtectedPage):
    def race(self, race_id: str) -> Race:
        return self.permit.get_object(
            Race.objects.select_related("athlete__user").among, parse_id(Race.prefix, race_id, "race_id")
        )

    def build_header_context(self, race: Race) -> dict[str, Any]:
        own = race.athlete_id == self.person.pk
        return {"race": race, "athlete": race.athlete, "own": own, "section": "own" if own else "roster"}


class RacePage(RacePageBase):
    """Edit form of a race, with its result."""

    template_name = "coaching/races/race.html"

    def get(self, request: HttpRequest, race_id: str) -> HttpResponse:
        race = self.race(race_id)
        return self._render_race(race, _initial_fields(race, self.page_user.units))

    def post(self, request: HttpRequest, race_id: str) -> HttpResponse:
        race, fields, units = self.race(race_id), _read_fields(request), self.page_user.units
        said, seen = _initial_fields(race, units), fields.pop(FORM_VERSION_FIELD, "")
        if has_edit_conflict(seen, said):
            return self._render_race(race, said, errors={"form": EDIT_CONFLICT_MESSAGE})
        try:
            asked = RaceForm.parse(_to_request_data(fields, units))
        except ValidationError as error:
            return self._render_race(race, fields, errors=_field_errors(error, fields, units))
        if all(fields.get(name, "") == said[name] for name in ("over", "distance")):
            del asked["distance_m"]  # the field shows it rounded
        update_record(race, {name: value for name, value in asked.items() if value != getattr(race, name)})
        messages.success(request, f"{race.name} saved.")
        return redirect("races-page", race.athlete.public_id)

    def _render_race(self, race: Race, fields: Mapping[str, Any], **context: Any) -> HttpResponse:
        units = self.page_user.units
        return self.page(
            **self.build_header_context(race),
            fields=fields,
            as_seen=form_version(_initial_fields(race, units)),
            **_build_choices(units),
            **context,
        )


class RaceDeletePage(RacePageBase):
    """Asks for confirmation."""

    template_name = "coaching/races/delete.html"

    def get(self, request: HttpRequest, race_id: str) -> HttpResponse:
        return self.page(**self.build_header_context(self.race(race_id)))

    def post(self, request: HttpRequest, race_id: str) -> HttpResponse:
        race = self.race(race_id)
        delete_record(race)
        messages.success(request, f"{race.name} deleted.")
        return redirect("races-page", race.athlete.public_id)


def _add_relative_dates(races: QuerySet[Race], today: date) -> list[tuple[Race, str]]:
    return [(race, format_future_date(race.date, today)) for race in races[:MAX_SHOWN_RACES]]


def _build_choices(units: str) -> dict[str, Any]:
    return {
        "distances": [*COMMON_DISTANCES.items(), (OTHER_DISTANCE, "Another distance")],
        "priorities": Race.Priority.choices,
        "unit": get_distance_unit(units),
    }


def _read_fields(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in form_data(request).items()}


def _to_request_data(fields: Mapping[str, str], units: str) -> dict[str, Any]:
    """The form's fields as the API expects them."""
    over, own = fields.get("over", ""), fields.get("distance", "").strip()
    asked: dict[str, Any] = {
        name: value for name, value in fields.items() if name not in ("over", "distance")
    }
    asked |= {name: None for name in ("goal_time", "result_time") if asked.get(name) == ""}
    if over == OTHER_DISTANCE:
        asked["distance"] = parse_distance(own, units)
    elif over in COMMON_DISTANCES:
        asked["distance"] = own or float(over)  # the API refuses text; both fields together are ambiguous
    return asked


def _field_errors(error: ValidationError, fields: Mapping[str, str], units: str) -> dict[str, str]:
    """Errors by form field; the API's distance error is in metres."""
    told = dict(errors_by_field(error.detail))
    if told.pop("distance", None):
        told |= _distance_errors(fields.get("over", ""), units)
    return told


def _distance_errors(over: str, units: str) -> dict[str, str]:
    if over in COMMON_DISTANCES:
        return {"distance": "Choose “Another distance” above, or leave this empty."}
    if over != OTHER_DISTANCE:
        return {"over": "Choose a distance."}
    shortest, furthest = (
        format_number(convert_distance(limit, units), 2) for limit in (Race.SHORTEST_M, Race.FURTHEST_M)
    )
    return {
        "distance": f"Use a number from {shortest} to {furthest} {get_distance_unit(units)}, such as 12.5."
    }


def _initial_fields(race: Race, units: str) -> dict[str, str]:
    """Initial form fields."""
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
