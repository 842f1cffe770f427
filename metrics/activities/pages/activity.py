"""Page of one activity: recorded values, zones, load, and a form to edit it. Also the page to delete it."""

from __future__ import annotations

from datetime import timedelta, timezone, tzinfo
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from rest_framework.exceptions import ValidationError

from astral.http.fields import ChoiceField, StrictSerializer, TextField
from astral.http.pages import errors_by_field, form_data, remove_empty_fields
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.models import Athlete
from athletes.rights import RECORD, Category
from metrics.activities.load_explanation import explain_load, explain_warning
from metrics.activities.manual_entry import delete_activity, update_activity
from metrics.activities.measure import ThresholdsOverTime
from metrics.activities.pages.tables import build_effort_rows, build_lap_rows
from metrics.activities.pages.track_tabs import build_track_tabs
from metrics.activities.pages.zones import build_zone_distributions
from metrics.activities.serializers import ActivityUpdate
from metrics.activities.track_profile import ProfileAxis
from metrics.models import Activity
from metrics.pace_or_speed import format_pace_or_speed, name_pace_or_speed

EFFORT_LABELS = (
    "1 – hardly anything", "2 – very easy", "3 – easy", "4 – moderate", "5 – somewhat hard", "6 – hard",
    "7 – very hard", "8 – very, very hard", "9 – nearly everything", "10 – everything",
)  # fmt: skip


class ActivityPageQuery(StrictSerializer):
    by = ChoiceField(["distance", "time"], default="distance", help_text="The x axis of the profile.")


class ActivityForm(StrictSerializer):
    """Fields that can change for every activity; the API's ActivityUpdate validates them again."""

    name = TextField(default="", help_text="A title; may be empty.")
    activity_type = ChoiceField(Activity.Type.choices, help_text="Which sport.")
    is_race = ChoiceField(["on"], required=False, help_text="Whether it was a race.")
    perceived_effort = ChoiceField(
        [str(number) for number in range(1, 11)], default="", help_text="RPE, 1–10; empty: unknown."
    )


class ActivityPageBase(ProtectedPage):
    """Base of the activity page and its deletion page."""

    def get_activity(self, activity_id: str, *related: str) -> Activity:
        find_among = Activity.objects.select_related("athlete__user", *related).among
        return self.permit.get_object(find_among, parse_id(Activity.prefix, activity_id, "activity_id"))

    def build_header_context(self, activity: Activity) -> dict[str, Any]:
        """Context of the page header. Needs no query."""
        return {
            "activity": activity,
            "own": activity.athlete_id == self.person.pk,
            "place": get_place_zone(activity),
            "sub_type": activity.sub_type.replace("_", " "),
            "pace_or_speed_name": name_pace_or_speed(activity.activity_type),
            "pace_or_speed": format_pace_or_speed(
                activity.duration_s, activity.distance_m, activity.activity_type, self.page_user.units
            ),
        }


class ActivityPage(ActivityPageBase):
    template_name = "metrics/activities/activity.html"
    query_serializer_class = ActivityPageQuery

    def get(self, request: HttpRequest, activity_id: str) -> HttpResponse:
        activity = self.get_activity(activity_id, "streams")
        return self._render_activity(activity, _initial_fields(activity))

    def post(self, request: HttpRequest, activity_id: str) -> HttpResponse:
        activity = self.get_activity(activity_id, "streams")
        fields = form_data(request)
        try:
            params = ActivityForm.parse(remove_empty_fields(fields))
            changes = ActivityUpdate.parse(_find_changes(activity, params), now=now(), activity=activity)
        except ValidationError as error:
            return self._render_activity(activity, fields.dict(), errors=errors_by_field(error.detail))
        update_activity(activity, changes)
        messages.success(request, "Your changes are saved.")
        return redirect("activity-page", activity_id)

    def _render_activity(self, activity: Activity, fields: dict[str, Any], **context: Any) -> HttpResponse:
        by: ProfileAxis = self.parse_query()["by"]
        thresholds = activity.athlete.thresholds.valid_on(activity.local_date)
        known = ThresholdsOverTime(activity.athlete, thresholds).thresholds_on(activity.local_date)
        units = self.page_user.units
        explain = partial(explain_load, activity.load_method, activity.load_quality)
        return self.page(
            **self.build_header_context(activity),
            section="own" if activity.athlete_id == self.person.pk else "roster",
            profile=build_track_tabs(activity, by, units),
            laps=build_lap_rows(activity, units),
            efforts=build_effort_rows(activity, units),
            zones=build_zone_distributions(activity, known, units),
            load=explain(activity.load_threshold_mps, activity.load_lthr_bpm, known, units),
            warnings=[explain_warning(word) for word in activity.warnings],
            may_record=self._can_record(activity),
            fields=fields,
            sports=Activity.Type.choices,
            perceived=[(str(number), words) for number, words in enumerate(EFFORT_LABELS, start=1)],
            **context,
        )

    def _can_record(self, activity: Activity) -> bool:
        """Whether to show the form: True if the POST is allowed."""
        if activity.athlete_id == self.person.pk:
            return True
        recordable = Athlete.objects.reached_by(self.person, RECORD, Category.ACTIVITIES)
        return recordable.filter(pk=activity.athlete_id).exists()


class ActivityDeletePage(ActivityPageBase):
    """Asks for confirmation, then deletes an activity."""

    template_name = "metrics/activities/delete.html"

    def get(self, request: HttpRequest, activity_id: str) -> HttpResponse:
        return self.page(**self.build_header_context(self.get_activity(activity_id)))

    def post(self, request: HttpRequest, activity_id: str) -> HttpResponse:
        activity = self.get_activity(activity_id)
        delete_activity(activity)
        messages.success(request, "The activity and its recording are deleted.")
        answer = redirect("activities-page")
        if activity.athlete_id != self.person.pk:
            answer.headers["Location"] += f"?athlete={activity.athlete.public_id}"
        return answer


def get_place_zone(activity: Activity) -> tzinfo:
    """The time zone of the start; the athlete's time zone if that is unknown."""
    if activity.utc_offset_min is None:
        return activity.athlete.zone
    return timezone(timedelta(minutes=activity.utc_offset_min))


def _initial_fields(activity: Activity) -> dict[str, Any]:
    """The first values of the form."""
    effort = activity.perceived_effort
    return {
        "name": activity.name,
        "activity_type": activity.activity_type,
        "is_race": "on" if activity.is_race else "",
        "perceived_effort": "" if effort is None else str(effort),
    }


def _find_changes(activity: Activity, params: dict[str, Any]) -> dict[str, Any]:
    """The changed fields, in the form the API takes. Unchanged fields must not cause a new measurement."""
    effort = params["perceived_effort"]
    values = params | {"is_race": "is_race" in params, "perceived_effort": int(effort) if effort else None}
    return {name: value for name, value in values.items() if value != getattr(activity, name)}
