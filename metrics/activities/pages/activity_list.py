"""Page with one athlete's activities, newest first, with the filters of the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django_filters.utils import translate_validation

from astral.http.fields import IdField, StrictSerializer
from astral.http.pagination import PageQuery
from athletes.access.protected_page import OneAthletePage
from athletes.models import Athlete, User
from athletes.roles import RECORDING_ROLES
from metrics.activities.filters import ActivityFilter
from metrics.activities.pages.activity_target import get_place_zone
from metrics.models import Activity
from metrics.pace_or_speed import format_pace_or_speed, name_pace_or_speed

FILTER_NAMES = tuple(name for name in ActivityFilter.base_filters if name != "user_id")
FILTERS_WITHOUT_FIELD = ("min_distance", "source", "page_size")  # parameters that have no form field


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """`place`: the time zone where it started."""

    activity: Activity
    place: tzinfo
    pace_or_speed_name: str
    pace_or_speed: str


class ActivitiesPageQuery(StrictSerializer):
    athlete = IdField(User.prefix, required=False, help_text="The athlete; default: you.")


class ActivitiesPage(OneAthletePage):
    template_name = "metrics/activities/activity_list.html"

    def parameters(self) -> Iterable[str]:
        return (*ActivitiesPageQuery._declared_fields, *FILTER_NAMES, *PageQuery._declared_fields)

    def load_target(self) -> None:
        query = _parse_part(ActivitiesPageQuery, self._get_last_values())
        self.athlete = self.permit.athlete(query.get("athlete"))

    def get(self, request: HttpRequest) -> HttpResponse:
        parameters, athlete = self._get_last_values(), self.athlete
        paging = _parse_part(PageQuery, parameters)
        filters = ActivityFilter(
            self.given(), queryset=Activity.objects.for_athletes([athlete.pk]), request=request
        )
        if not filters.is_valid():
            raise translate_validation(filters.errors)
        return self.page(
            chosen=parameters,
            hidden_filters=[(name, parameters[name]) for name in FILTERS_WITHOUT_FIELD if name in parameters],
            is_filtered=any(name in parameters for name in FILTER_NAMES),
            sports=Activity.Type.choices,
            may_record=self._may_record(),
            **_build_rows(athlete, filters.qs, paging, self.page_user.units),
            **_build_page_links(parameters, paging),
        )

    def _may_record(self) -> bool:
        """Whether to show links to other pages. No SQL statement; those pages ask for the right."""
        roles = {organization.role for organization in self.page_user.coaches}
        return self.own or self.page_user.is_staff or not roles.isdisjoint(RECORDING_ROLES)

    def _get_last_values(self) -> dict[str, str]:
        """The query string, with the last value of each name."""
        return {name: values[-1] for name, values in self.given().lists()}


def _parse_part(serializer_class: type[StrictSerializer], parameters: dict[str, str]) -> dict[str, Any]:
    return serializer_class.parse(
        {name: value for name, value in parameters.items() if name in serializer_class._declared_fields}
    )


def _build_rows(athlete: Athlete, activities: Any, paging: dict[str, Any], units: str) -> dict[str, Any]:
    """The rows of the page with formatted values, and their place in the total."""
    size, first = paging["page_size"], (paging["page"] - 1) * paging["page_size"]
    rows = list(activities[first : first + size])
    for activity in rows:
        activity.athlete = athlete  # saves a query per row
    total = activities.count()
    return {
        "rows": [_build_row(activity, units) for activity in rows],
        "first": first + 1,
        "last": first + len(rows),
        "total": total,
        "more": first + size < total,
    }


def _build_row(activity: Activity, units: str) -> ActivityRow:
    sport = activity.activity_type
    return ActivityRow(
        activity,
        get_place_zone(activity),
        name_pace_or_speed(sport),
        format_pace_or_speed(activity.duration_s, activity.distance_m, sport, units),
    )


def _build_page_links(parameters: dict[str, str], paging: dict[str, Any]) -> dict[str, str]:
    """Addresses of the previous and the next page."""
    page = paging["page"]
    return {
        "previous": f"?{urlencode(parameters | {'page': page - 1})}" if page > 1 else "",
        "following": f"?{urlencode(parameters | {'page': page + 1})}",
    }
