"""A recording that its owner cropped stays cropped, and is known in every form in which it comes again."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from athletes.models import User
from metrics.activities.changes import delete_activity
from metrics.activities.ingest import IngestResult
from metrics.activities.recording_places import IngestOutcome
from metrics.activities.recordings.merge import choose_recording, split_recording
from metrics.files.xml.writer import encode_fit
from metrics.models import Activity, BinActivity, OriginalFile
from metrics.recording import Interval, Lap
from metrics.remeasurement.upgrade import measure_with_new_formulas
from metrics.storage.activity_bin import restore_activity
from tests.metrics.activities.recordings.recording_files import (
    build_phone_file,
    build_watch_file,
    build_watch_run,
    count_rows,
    get_row,
    ingest_recording,
    read_numbers,
    read_stored_rows,
)
from tests.support.cast import NOON, ApiClient, Cast
from tests.support.recordings import MORNING

pytestmark = pytest.mark.django_db
FILE = encode_fit(
    replace(build_watch_run(duration_s=1_800), laps=(Lap(0, 900, 900, 2_700), Lap(900, 900, 900, 2_700)))
)
KEPT = MORNING + timedelta(seconds=300), MORNING + timedelta(seconds=900)  # a third of it


def ingest_cropped(user: User, data: bytes = FILE, kept: Interval = KEPT) -> IngestResult:
    return ingest_recording(user, data, cropped_to=kept)


def measure_again(user: User) -> None:
    list(measure_with_new_formulas(user.pk))


@pytest.fixture
def activity(cast: Cast) -> Activity:
    [stored] = ingest_cropped(cast.ada).activities
    return stored


def test_only_the_part_inside_is_stored_and_the_file_is_whole(cast: Cast, activity: Activity):
    numbers = read_numbers(activity)
    assert numbers["started_at"] == KEPT[0]
    assert (numbers["duration_s"], numbers["elapsed_s"]) == (600, 600)
    assert numbers["distance_m"] == pytest.approx(1_800)
    assert [lap["start_s"] for lap in numbers["laps"]] == [0]
    assert numbers["warnings"] == ["cropped"]
    assert numbers["recorded"]["cropped_to"] == [instant.isoformat() for instant in KEPT]
    assert OriginalFile.objects.get().size_bytes == len(FILE)
    client = Client()
    client.force_login(cast.ada)
    page = client.get(reverse("activity-page", args=[activity.public_id])).content.decode()
    assert "cropped in the app that it comes from" in page


@pytest.mark.parametrize("data", [FILE, gzip.compress(FILE)], ids=["same bytes", "other bytes"])
@pytest.mark.parametrize("kept", [None, KEPT], ids=["whole", "cropped"])
def test_the_same_recording_again_is_already_there(cast: Cast, activity: Activity, data: bytes, kept: Any):
    before = read_numbers(activity)
    again = ingest_recording(cast.ada, data, cropped_to=kept)
    assert again.outcomes == (IngestOutcome.ALREADY_THERE,)
    assert (count_rows(), read_numbers(activity)) == ((1, 0, 1, 1), before)


@pytest.mark.parametrize("data", [FILE, gzip.compress(FILE)], ids=["same bytes", "other bytes"])
def test_what_was_stored_whole_stays_whole(cast: Cast, data: bytes):
    [activity] = ingest_recording(cast.ada, FILE).activities
    assert ingest_cropped(cast.ada, data).outcomes == (IngestOutcome.ALREADY_THERE,)
    assert count_rows() == (1, 0, 1, 1)
    assert read_numbers(activity)["duration_s"] == 1_800


def test_reading_the_file_again_keeps_the_crop(cast: Cast, activity: Activity):
    before = read_numbers(activity)
    measure_again(cast.ada)
    assert read_numbers(activity) == before
    Activity.objects.update(duration_s=1, distance_m=1, avg_hr_bpm=1)
    measure_again(cast.ada)
    assert read_numbers(activity) == before


def test_another_device_joins_a_cropped_activity_and_both_keep_their_part(cast: Cast, activity: Activity):
    before = read_numbers(activity)
    assert ingest_recording(cast.ada, build_phone_file(duration_s=1_790)).second_count == 1
    phone = get_row(activity, counts=False)
    assert (read_numbers(activity), phone.duration_s) == (before, 1_790)
    activity = choose_recording(activity, phone.pk)
    assert (activity.duration_s, activity.warnings) == (1_790, [])
    rows = read_stored_rows()
    measure_again(cast.ada)
    assert read_stored_rows() == rows
    own = split_recording(activity, get_row(activity, counts=False).pk)
    assert (own.duration_s, own.warnings, own.recorded) == (600, ["cropped"], before["recorded"])


def test_a_cropped_recording_joins_a_whole_one_of_another_device(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_watch_file(duration_s=1_790)).activities
    assert ingest_cropped(cast.ada).outcomes == (IngestOutcome.SECOND_RECORDING,)
    assert get_row(activity, counts=False).duration_s == 600
    assert read_numbers(activity)["duration_s"] == 1_790


def test_a_cropped_activity_comes_back_from_the_bin(cast: Cast, activity: Activity):
    before = read_numbers(activity)
    delete_activity(activity, BinActivity.DeletedBy.ATHLETE, NOON)
    restored = restore_activity(cast.ada.pk, activity.pk)
    assert read_numbers(restored) == before
    measure_again(cast.ada)
    assert read_numbers(restored) == before


def test_a_cropped_activity_in_the_bin_is_the_same_as_the_whole_one(cast: Cast, activity: Activity):
    delete_activity(activity, BinActivity.DeletedBy.ATHLETE, NOON)
    [whole] = ingest_recording(cast.ada, FILE).activities
    assert whole.duration_s == 1_800
    path = f"/api/v1/athletes/{cast.ada.public_id}/bin/{activity.public_id}/restore"
    assert ApiClient(cast.ada).post(path).status_code == 409
