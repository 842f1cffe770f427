"""API for the recordings of an activity: list, choose, merge and split."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.errors import ApiError
from astral.http.fields import IdField
from astral.http.tables.columns import Table
from astral.http.views import ApiView, success
from athletes.access.permissions import get_permit, parse_id
from metrics.activities.recordings.merge import choose_recording, merge_activities, split_recording
from metrics.activities.recordings.serializers import (
    MergeRequest,
    RecordingSerializer,
    RecordingsSerializer,
    serialize_recordings,
)
from metrics.activities.recordings.stored_recordings import list_recordings
from metrics.models import Activity, ActivityRecording

ACTIVITY_ID = IdField(Activity.prefix, help_text="The activity, act_….")
RECORDING_ID = IdField(ActivityRecording.prefix, help_text="The recording, rec_….")


class RecordingsViewBase(ApiView):
    tag = "activities"

    def get_activity(self, identifier: UUID) -> Activity:
        return get_permit(self.request).get_object(Activity, identifier, "athlete")


class RecordingsView(RecordingsViewBase):
    table = Table(RecordingSerializer, itemgetter("recordings"))
    path_fields: ClassVar = {"activity_id": ACTIVITY_ID}

    @extend_schema(responses=RecordingsSerializer, operation_id="activities_recordings_retrieve")
    def get(self, request: Request, activity_id: str) -> Response:
        """The recordings of an activity. One of them counts: the activity has its numbers and samples."""
        activity = self.get_activity(parse_id(Activity.prefix, activity_id, "activity_id"))
        return success(serialize_recordings(activity, list_recordings(activity)))

    @extend_schema(
        request=MergeRequest,
        responses=RecordingsSerializer,
        operation_id="activities_recordings_merge",
        summary="Merge another activity into this one",
    )
    def post(self, request: Request, activity_id: str) -> Response:
        """Make the recordings of another activity recordings of this one. This also undoes a split.

        Name, effort, sport and race flag of this activity stay. The other activity is deleted; its recordings
        are not. 400 NOT_AT_THE_SAME_TIME: the two do not overlap.
        """
        activity = self.get_activity(parse_id(Activity.prefix, activity_id, "activity_id"))
        other = self.get_activity(MergeRequest.parse(request.data)["activity_id"])
        if other.athlete_id != activity.athlete_id:
            raise ApiError("OTHER_ATHLETE", "This is an activity of another athlete.", field="activity_id")
        return answer_recordings(merge_activities(activity, other))


class RecordingActionBase(RecordingsViewBase):
    path_fields: ClassVar = {"activity_id": ACTIVITY_ID, "recording_id": RECORDING_ID}

    def change_activity(
        self, change: Callable[[Activity, UUID], Activity], activity_id: str, recording_id: str
    ) -> Activity:
        activity = self.get_activity(parse_id(Activity.prefix, activity_id, "activity_id"))
        return change(activity, parse_id(ActivityRecording.prefix, recording_id, "recording_id"))


class ChooseRecordingView(RecordingActionBase):
    @extend_schema(
        request=None,
        responses=RecordingsSerializer,
        operation_id="activities_recordings_choose",
        summary="Let a recording count",
    )
    def post(self, request: Request, activity_id: str, recording_id: str) -> Response:
        """Let this recording count. The choice stays when further recordings come."""
        return answer_recordings(self.change_activity(choose_recording, activity_id, recording_id))


class SplitRecordingView(RecordingActionBase):
    further_statuses = (409,)

    @extend_schema(
        request=None,
        responses={201: RecordingsSerializer},
        operation_id="activities_recordings_split",
        summary="Split a recording off",
    )
    def post(self, request: Request, activity_id: str, recording_id: str) -> Response:
        """Make this recording an activity of its own, and answer with that. No rule merges the two again.

        If it counted, another recording of the activity counts now. Merging the new activity into the old
        one undoes this. 400 ONLY_RECORDING: the activity has no other recording. 409 QUOTA_REACHED: the
        athlete has as many activities as this server stores.
        """
        return answer_recordings(self.change_activity(split_recording, activity_id, recording_id), 201)


def answer_recordings(activity: Activity, status: int = 200) -> Response:
    return success(serialize_recordings(activity, list_recordings(activity)), status)
