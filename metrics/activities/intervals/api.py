"""API for the repetitions of an activity."""

from __future__ import annotations

from operator import itemgetter
from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.errors import NoData
from astral.http.fields import IdField
from astral.http.tables.columns import Table
from astral.http.views import ApiView, success
from athletes.access.permissions import get_permit, parse_id
from metrics.activities.intervals.serializers import (
    IntervalsSerializer,
    RepetitionSerializer,
    serialize_intervals,
)
from metrics.activities.intervals.session_steps import load_intervals
from metrics.activities.intervals.stored_run import read_stored_run
from metrics.models import Activity


class IntervalsView(ApiView):
    tag = "activities"
    table = Table(RepetitionSerializer, itemgetter("repetitions"))
    path_fields: ClassVar = {"activity_id": IdField(Activity.prefix, help_text="The activity, act_….")}

    @extend_schema(responses=IntervalsSerializer, operation_id="activities_intervals_retrieve")
    def get(self, request: Request, activity_id: str) -> Response:
        """The repetitions of a run: work and rest, found by speed or matched with the steps of its session.

        `method` is null if none are clear, as in a steady run. Steps need the athlete's consent to show goals
        and plans. 404 NO_DATA if the activity has no samples.
        """
        permit = get_permit(request)
        identifier = parse_id(Activity.prefix, activity_id, "activity_id")
        activity = permit.get_object(Activity, identifier, "athlete", "streams")
        stored = read_stored_run(activity)
        if stored is None:
            raise NoData
        intervals = load_intervals(permit.viewer, activity, stored, timezone.now())
        return success(serialize_intervals(activity, intervals))
