"""Page of one activity: recorded values, zones, load, and a form to edit it. Also the page to delete it."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now

from astral.http.fields import ChoiceField, StrictSerializer
from astral.http.forms import SerializerForm
from astral.http.pages import ConfirmedActionPage, FormPage
from athletes.models import Athlete
from athletes.rights import RECORD, Category
from metrics.activities.actors import name_actor
from metrics.activities.changes import delete_activity, update_activity
from metrics.activities.descriptions import list_hidden_fields
from metrics.activities.intervals.session_steps import load_intervals
from metrics.activities.intervals.stored_run import StoredRun, read_stored_run
from metrics.activities.intervals.table import build_interval_table
from metrics.activities.load_explanation import explain_load, explain_warning
from metrics.activities.measure import ThresholdsOverTime
from metrics.activities.pages.activity_forms import (
    ActivityForm,
    EntryForm,
    build_said_facts,
    describe_activity,
)
from metrics.activities.pages.activity_target import ActivityPageBase, get_place_zone
from metrics.activities.pages.felt import build_felt_form, is_felt_said
from metrics.activities.pages.panels import build_panels
from metrics.activities.pages.tables import build_effort_rows, build_lap_rows
from metrics.activities.pages.track_tabs import build_track_tabs
from metrics.activities.pages.zones import build_zone_distributions
from metrics.activities.recordings.cards import build_recording_cards, find_origin_id
from metrics.activities.recordings.stored_recordings import list_rows
from metrics.activities.route.colours import ROUTE_COLOURS, RouteColour
from metrics.activities.route.panel import RoutePanel, build_route_panel
from metrics.activities.track_profile import ProfileAxis
from metrics.models import Activity, ActivityRecording, BinActivity


class ActivityPageQuery(StrictSerializer):
    by = ChoiceField(["distance", "time"], default="distance", help_text="The x axis of the profile.")
    colour = ChoiceField(list(ROUTE_COLOURS), default="pace", help_text="What colours the route.")


class ActivityPage(ActivityPageBase, FormPage):
    template_name = "metrics/activities/activity.html"
    query_serializer_class = ActivityPageQuery
    related = ("streams",)

    def build_form(self, data: QueryDict | None = None) -> ActivityForm:
        activity, units, place = self.activity, self.page_user.units, get_place_zone(self.activity)
        form_class = EntryForm if activity.source == Activity.Source.MANUAL else ActivityForm
        return form_class(
            data,
            units=units,
            zone=place,
            hidden_fields=self.hidden_fields,
            initial=describe_activity(activity, units, place),
            context={"now": now(), "activity": activity},
        )

    def save(self, values: dict[str, Any]) -> HttpResponse:
        update_activity(self.activity, values)
        messages.success(self.request, "Your changes are saved.")
        return redirect("activity-page", self.activity.public_id)

    @cached_property
    def hidden_fields(self) -> tuple[str, ...]:
        """What people say of the activity, but not to this viewer."""
        return list_hidden_fields(self.person, self.athlete.pk)

    def render_form(self, form: SerializerForm) -> HttpResponse:
        activity = self.activity
        query = self.parse_query()
        by: ProfileAxis = query["by"]
        thresholds = activity.athlete.thresholds.valid_on(activity.local_date)
        known = ThresholdsOverTime(activity.athlete, thresholds).thresholds_on(activity.local_date)
        units = self.page_user.units
        rows = list_rows(activity)
        stored = read_stored_run(activity)
        intervals = load_intervals(self.permit.viewer, activity, stored, now())
        profile = build_track_tabs(activity, stored, intervals, by, units)
        explain = partial(explain_load, activity.load_method, activity.load_quality)
        return self.page(
            profile=profile,
            route=self._build_route(stored, query["colour"], profile.by if profile else by),
            intervals=build_interval_table(intervals, activity.activity_type, units),
            laps=build_lap_rows(activity, units),
            efforts=build_effort_rows(activity, units),
            zones=build_zone_distributions(activity, known, units),
            load=explain(activity.load_threshold_mps, activity.load_lthr_bpm, known, units),
            said=build_said_facts(activity, self.hidden_fields),
            warnings=[explain_warning(code) for code in activity.warnings],
            recordings=build_recording_cards(activity, rows, units),
            origin=self._find_origin(rows),
            felt=build_felt_form(activity).use_id_prefix("felt-") if self.own else None,
            is_felt_said=is_felt_said(activity),
            panels=build_panels(self.person, activity, now()),
            may_record=self._can_record(),
            form=form,
        )

    def _build_route(
        self, stored: StoredRun | None, colour: RouteColour, by: ProfileAxis
    ) -> RoutePanel | None:
        if stored is None or stored.clock is None:
            return None
        units = self.page_user.units
        own = self.own and self.person.acting is None  # staff who act as the athlete are others
        return build_route_panel(self.activity, stored.samples, stored.clock, colour, by, units, own=own)

    def _find_origin(self, rows: list[ActivityRecording]) -> Activity | None:
        """The activity that this one was taken out of, if it is still there."""
        origin_id = find_origin_id(rows)
        stored = Activity.objects.filter(athlete_id=self.athlete.pk).only("pk")
        return None if origin_id is None else stored.filter(pk=origin_id).first()

    def _can_record(self) -> bool:
        """Whether to show the form: True if the POST is allowed."""
        recordable = Athlete.objects.reached_by(self.person, RECORD, Category.ACTIVITIES)
        return self.own or recordable.filter(pk=self.athlete.pk).exists()


class ActivityDeletePage(ActivityPageBase, ConfirmedActionPage):
    template_name = "metrics/activities/delete.html"

    def apply_change(self, values: dict[str, Any]) -> str:
        by = name_actor(self.permit.viewer, self.athlete.pk)
        delete_activity(self.activity, BinActivity.DeletedBy(by), now())
        return "The activity is in the bin. You can restore it for 30 days."

    def build_return_url(self) -> str:
        return reverse("activities-page") + ("" if self.own else f"?athlete={self.athlete.public_id}")
