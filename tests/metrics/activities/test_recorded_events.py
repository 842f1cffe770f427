"""Each write of an activity or an import records its event, for webhooks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from athletes.models import WebhookEvent
from metrics.activities.changes import create_manual_activity, delete_activity, update_activity
from metrics.activities.recordings.merge import choose_recording, merge_activities, split_recording
from metrics.imports.cleaning import give_up_import
from metrics.models import Activity, ActivityRecording, BinActivity, Import
from metrics.storage.activity_bin import delete_for_good, restore_activity
from tests.athletes.webhooks.webhook_fixtures import add_webhook
from tests.metrics.activities.recordings.recording_files import (
    build_phone_file,
    build_watch_file,
    get_row,
    ingest_recording,
)
from tests.metrics.imports.import_fixtures import build_day_run, build_wellness, run, send_files
from tests.support.cast import NOON, ApiClient, Cast, create_run

ENTRY = {"activity_type": "run", "started_at": NOON, "utc_offset_min": 0, "duration_s": 600.0}


@pytest.fixture(autouse=True)
def _webhook(cast: Cast) -> None:
    add_webhook(cast.ada)


def take_events() -> list[tuple[str, str]]:
    """The kinds and subjects of what was recorded since the last call."""
    events = [(event.kind, event.subject) for event in WebhookEvent.objects.all()]
    WebhookEvent.objects.all().delete()
    return events


def test_a_manual_entry_is_created_updated_deleted_and_restored(cast: Cast):
    activity = create_manual_activity(cast.ada.athlete, dict(ENTRY))
    assert take_events() == [("activity.created", activity.public_id)]
    update_activity(activity, {"name": "Tempo"})
    assert take_events() == [("activity.updated", activity.public_id)]
    update_activity(activity, {})
    assert take_events() == []
    delete_activity(activity, BinActivity.DeletedBy.ATHLETE, NOON)
    assert take_events() == [("activity.deleted", activity.public_id)]
    restore_activity(cast.ada.pk, activity.pk)
    assert take_events() == [("activity.created", activity.public_id)]


def test_emptying_the_bin_is_no_event(cast: Cast):
    delete_activity(create_run(cast.ada), BinActivity.DeletedBy.ATHLETE, NOON)
    take_events()
    assert delete_for_good(cast.ada.pk) == 1
    assert take_events() == []


def test_a_file_creates_once_and_a_second_recording_updates(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_watch_file()).activities
    assert take_events() == [("activity.created", activity.public_id)]
    ingest_recording(cast.ada, build_watch_file())
    assert take_events() == []
    ingest_recording(cast.ada, build_phone_file())
    assert take_events() == [("activity.updated", activity.public_id)]


def test_recordings_that_are_chosen_split_and_merged(cast: Cast):
    ingest_recording(cast.ada, build_watch_file())
    [activity] = ingest_recording(cast.ada, build_phone_file()).activities
    take_events()
    choose_recording(activity, get_row(activity, counts=False).pk)
    assert take_events() == [("activity.updated", activity.public_id)]
    own = split_recording(activity, get_row(activity, counts=False).pk)
    assert take_events() == [("activity.updated", activity.public_id), ("activity.created", own.public_id)]
    merge_activities(activity, own)
    assert take_events() == [("activity.updated", activity.public_id), ("activity.deleted", own.public_id)]
    assert ActivityRecording.objects.filter(activity=activity).count() == 2


def test_an_import_is_done_after_its_activities(cast: Cast):
    files = {"1.fit": build_day_run(3), "2.fit": build_day_run(4), "wellness.csv": build_wellness()}
    parent = run(send_files(cast.ada, files))
    created = [("activity.created", row.public_id) for row in Activity.objects.order_by("-started_at")]
    assert take_events() == [*created, ("import.done", parent.public_id)]
    [entry] = ApiClient(cast.ada).get("/api/v1/notices").json()["data"]
    assert (entry["subject_id"], entry["lines"]) == (parent.public_id, ["3 of 3 files."])


def test_an_import_that_gave_up_is_done(cast: Cast):
    parent = send_files(cast.ada, {"1.fit": build_day_run(3), "2.fit": build_day_run(4)})
    give_up_import(parent, NOON + timedelta(days=1))
    assert Import.objects.get().status == "failed"
    assert take_events() == [("import.done", parent.public_id)]
    give_up_import(parent, NOON + timedelta(days=1))
    assert take_events() == []
    [entry] = ApiClient(cast.ada).get("/api/v1/notices").json()["data"]
    assert entry["title"].endswith(" stopped")
    assert entry["lines"] == ["Astral could not finish this import. Send the files again."]
