"""A deleted activity takes all its recordings into the bin, and brings them back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from metrics.activities.changes import delete_activity
from metrics.activities.recordings.merge import split_recording
from metrics.files.xml.writer import encode_gpx
from metrics.models import Activity, BinActivity, BinRecording, OriginalFile
from metrics.storage.activity_bin import delete_for_good, restore_activity
from tests.metrics.activities.recordings.recording_files import (
    build_phone_file,
    build_phone_run,
    build_watch_file,
    count_rows,
    get_row,
    ingest_recording,
    read_numbers,
    read_stored_rows,
)
from tests.support.cast import NOON, ApiClient, Cast


@pytest.fixture
def activity(cast: Cast) -> Activity:
    """Ada's run, by a watch and a phone; the watch counts."""
    [stored] = ingest_recording(cast.ada, build_watch_file()).activities
    ingest_recording(cast.ada, build_phone_file())
    return stored


def delete(activity: Activity) -> None:
    delete_activity(activity, BinActivity.DeletedBy.ATHLETE, NOON)


def restore(user: Any, activity: Activity) -> Any:
    return ApiClient(user).post(f"/api/v1/athletes/{user.public_id}/bin/{activity.public_id}/restore")


def test_an_activity_comes_back_from_the_bin_with_all_recordings(cast: Cast, activity: Activity):
    before, numbers = read_stored_rows(), read_numbers(activity)
    delete(activity)
    assert count_rows() == (0, 0, 0, 2)
    assert BinRecording.objects.count() == 2
    assert restore(cast.ada, activity).status_code == 200
    assert read_stored_rows() == before
    assert read_numbers(activity) == numbers
    assert not BinRecording.objects.exists()


def test_deletion_for_good_deletes_the_files_of_all_recordings(cast: Cast, activity: Activity):
    [other] = ingest_recording(cast.ben, build_watch_file()).activities
    delete(activity)
    assert delete_for_good(cast.ada.pk) == 1
    assert (count_rows(), BinRecording.objects.count()) == ((1, 0, 1, 1), 0)
    assert OriginalFile.objects.get().pk == other.original_id


def test_a_file_stays_while_another_recording_needs_it(cast: Cast, activity: Activity):
    own = split_recording(activity, get_row(activity, counts=False).pk)
    delete(own)
    delete_for_good(cast.ada.pk)
    assert OriginalFile.objects.get().pk == Activity.objects.get().original_id


@pytest.mark.parametrize("build", [build_watch_file, build_phone_file])
def test_an_activity_that_was_recorded_again_meanwhile_is_not_restored(cast: Cast, activity: Activity, build):
    delete(activity)
    ingest_recording(cast.ada, build())
    answer = restore(cast.ada, activity)
    assert (answer.status_code, answer.json()["details"]["code"]) == (409, "ALREADY_STORED")


@pytest.mark.parametrize("deleted_is_own", [True, False])
def test_what_a_person_took_apart_is_restored_beside_the_other(
    cast: Cast, activity: Activity, deleted_is_own: bool
):
    own = split_recording(activity, get_row(activity, counts=False).pk)
    deleted = own if deleted_is_own else activity
    before = read_stored_rows()
    delete(deleted)
    restore_activity(cast.ada.pk, deleted.pk)
    assert read_stored_rows() == before


def test_no_activity_takes_the_id_of_one_in_the_bin(cast: Cast, activity: Activity):
    own = split_recording(activity, activity.pk)  # the first recording has the id of its activity
    delete(activity)
    phone = build_phone_run()
    later = encode_gpx(replace(phone, started_at=phone.started_at + timedelta(seconds=3)))
    ingest_recording(cast.ada, later)
    again = split_recording(own, activity.pk)
    delete(again)
    assert set(BinActivity.objects.values_list("pk", flat=True)) == {activity.pk, again.pk}


def test_a_file_that_came_to_the_split_activity_again_is_not_restored(cast: Cast, activity: Activity):
    split_recording(activity, get_row(activity, counts=False).pk)
    delete(activity)
    ingest_recording(cast.ada, build_watch_file())  # the activity of the phone gets it
    answer = restore(cast.ada, activity)
    assert (answer.status_code, answer.json()["details"]["code"]) == (409, "ALREADY_STORED")
