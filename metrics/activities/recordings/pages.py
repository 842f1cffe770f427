"""Buttons of the recordings on the page of an activity."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from astral.http.errors import ApiError
from astral.http.pages import ActionPage
from athletes.access.permissions import parse_id
from metrics.activities.pages.activity_target import ActivityPageBase
from metrics.activities.recordings.merge import choose_recording, merge_activities, split_recording
from metrics.models import Activity, ActivityRecording


class RecordingActionPage(ActivityPageBase, ActionPage):
    """An action of one recording. Afterwards the page shows `self.activity`."""

    @property
    def recording_id(self) -> UUID:
        return parse_id(ActivityRecording.prefix, self.kwargs["recording_id"], "recording_id")

    def build_return_url(self) -> str:
        return reverse("activity-page", args=[self.activity.public_id])


class ChooseRecordingPage(RecordingActionPage):
    def apply_change(self, values: dict[str, Any]) -> str:
        choose_recording(self.activity, self.recording_id)
        return "This recording counts now."


class SplitRecordingPage(RecordingActionPage):
    def apply_change(self, values: dict[str, Any]) -> str:
        self.activity = split_recording(self.activity, self.recording_id)
        return "The recording is an activity of its own now: this one."


class UndoSplitPage(RecordingActionPage):
    """Puts the activity back where its recording came from."""

    def apply_change(self, values: dict[str, Any]) -> str:
        rows = ActivityRecording.objects.of_activity(self.athlete.pk, self.activity.pk)
        of_counting = rows.filter(counts=True).values("split_from")
        origin = Activity.objects.filter(athlete_id=self.athlete.pk, pk__in=of_counting).first()
        if origin is None:
            raise ApiError("NOT_SPLIT", "The activity that this recording was in is not there any more.")
        self.activity = merge_activities(origin, self.activity)
        return "The recording is back in this activity."
