"""Choose which recording counts, split one off, and merge it again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from astral.ids import encode
from athletes.models import Athlete, Threshold
from metrics.files.xml.writer import encode_gpx
from metrics.models import Activity, ActivityRecording, Streams
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
from tests.support.cast import NOON, ApiClient, Cast, create_run
from tests.support.error_shape import assert_error
from tests.support.recordings import MORNING


def build_path(activity: Activity, suffix: str = "") -> str:
    return f"/api/v1/activities/{activity.public_id}/recordings{suffix}"


def post(user, path: str, body: dict[str, Any] | None = None) -> Any:
    return ApiClient(user).send_json("post", path, body)


def choose(user, activity: Activity, row: ActivityRecording) -> Any:
    return post(user, build_path(activity, f"/{row.public_id}/choose"))


def split(user, activity: Activity, row: ActivityRecording) -> Any:
    return post(user, build_path(activity, f"/{row.public_id}/split"))


def record_twice(user) -> Activity:
    """A watch and a phone; the watch counts."""
    [activity] = ingest_recording(user, build_watch_file()).activities
    ingest_recording(user, build_phone_file(), filename="phone.gpx")
    return activity


def test_the_list_has_each_recording_and_one_counts(cast: Cast, django_assert_num_queries):
    activity = record_twice(cast.ada)
    api = ApiClient(cast.carl)
    with django_assert_num_queries(3):  # token, activity, recordings
        answer = api.get(build_path(activity))
    data = answer.json()["data"]
    watch, phone = data["recordings"]
    assert (data["activity_id"], data["split_from"]) == (activity.public_id, None)
    assert watch["recording_id"] == encode("rec", activity.pk)
    assert (watch["counts"], watch["own_distance"], watch["device"]) == (True, True, "Watch")
    assert (phone["counts"], phone["own_distance"], phone["file_name"]) == (False, False, "phone.gpx")
    assert "heart_rate_bpm" in watch["channels"]
    assert phone["distance"] == pytest.approx(5_670, rel=1e-3)


def test_an_activity_that_was_recorded_once_has_one_recording(cast: Cast, django_assert_num_queries):
    [activity] = ingest_recording(cast.ada, build_watch_file(), filename="run.fit").activities
    api = ApiClient(cast.ada)
    with django_assert_num_queries(5):  # token, activity, recordings, streams, file
        [row] = api.get(build_path(activity)).json()["data"]["recordings"]
    assert (row["counts"], row["file_name"], row["device"]) == (True, "run.fit", "Watch")
    assert not ActivityRecording.objects.exists()


def test_the_chosen_recording_gives_the_numbers_and_samples(cast: Cast):
    Threshold.objects.create(
        athlete=cast.ada.athlete, kind="threshold_pace", value=300.0, valid_from=MORNING.date()
    )
    activity = record_twice(cast.ada)
    with_watch, version = read_numbers(activity), Athlete.objects.get(pk=cast.ada.pk).data_version
    answer = choose(cast.ada, activity, get_row(activity, counts=False))
    assert [(row["counts"], row["chosen"]) for row in answer.json()["data"]["recordings"]] == [
        (False, False),
        (True, True),
    ]
    with_phone = read_numbers(activity)
    assert with_phone["avg_hr_bpm"] is None
    assert with_phone["distance_m"] == pytest.approx(5_670, rel=1e-3)
    assert with_phone["content"] != with_watch["content"]
    assert Athlete.objects.get(pk=cast.ada.pk).data_version == version + 1
    assert choose(cast.ada, activity, get_row(activity, counts=False)).status_code == 200
    assert read_numbers(activity) == with_watch
    assert count_rows() == (1, 2, 1, 2)


def test_a_choice_stays_when_a_better_recording_comes(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_phone_file()).activities
    ingest_recording(cast.ada, build_phone_file(speed_mps=2.9))
    choose(cast.ada, activity, get_row(activity, counts=False))
    chosen = read_numbers(activity)
    assert ingest_recording(cast.ada, build_watch_file()).second_count == 1
    assert read_numbers(activity) == chosen


def test_choosing_a_hand_entry_removes_the_streams_and_keeps_them_in_the_recording(cast: Cast):
    entry = {
        "activity_type": "run",
        "started_at": "2026-06-09T06:00:00Z",
        "duration": 1_700,
        "distance": 5_000,
    }
    ApiClient(cast.ada).send_json("post", "/api/v1/activities", entry)
    [activity] = ingest_recording(cast.ada, build_watch_file()).activities
    recorded = read_numbers(activity)
    choose(cast.ada, activity, get_row(activity, counts=False))
    activity.refresh_from_db()
    assert (activity.source, activity.distance_m, activity.duration_s) == ("manual", 5_000, 1_700)
    assert not Streams.objects.exists()
    changes = ApiClient(cast.ada).send_json(
        "patch", f"/api/v1/activities/{activity.public_id}", {"distance": 5_200}
    )
    assert changes.status_code == 200
    choose(cast.ada, activity, get_row(activity, counts=False))
    assert read_numbers(activity) == recorded
    assert get_row(activity, counts=False).recorded["distance_m"] == 5_200


def test_a_recording_can_be_split_off_into_an_activity_of_its_own(cast: Cast):
    [alone] = ingest_recording(cast.zoe, build_phone_file()).activities
    activity = record_twice(cast.ada)
    before, phone = read_numbers(activity), get_row(activity, counts=False)
    answer = split(cast.ada, activity, phone)
    data = answer.json()["data"]
    assert answer.status_code == 201
    assert data["split_from"] == activity.public_id
    own = Activity.objects.get(pk=phone.pk)
    assert data["activity_id"] == own.public_id
    assert read_numbers(own) | {"original_id": None} == read_numbers(alone) | {"original_id": None}
    assert read_numbers(activity) == before
    assert own.original_id == phone.original_id


def test_a_split_recording_merges_back_without_a_trace(cast: Cast):
    activity = record_twice(cast.ada)
    before = read_stored_rows()
    phone = get_row(activity, counts=False)
    own_id = split(cast.ada, activity, phone).json()["data"]["activity_id"]
    answer = post(cast.ada, build_path(activity), {"activity_id": own_id})
    assert answer.status_code == 200
    assert read_stored_rows() == before
    assert count_rows() == (1, 2, 1, 2)


def test_the_counting_recording_can_be_split_off(cast: Cast):
    activity = record_twice(cast.ada)
    before, watch = read_numbers(activity), get_row(activity, counts=True)
    own_id = split(cast.ada, activity, watch).json()["data"]["activity_id"]
    own = Activity.objects.get(pk=Activity.parse_public_id(own_id))
    assert own.pk != activity.pk
    assert read_numbers(own) == before
    assert read_numbers(activity)["avg_hr_bpm"] is None
    post(cast.ada, build_path(activity), {"activity_id": own_id})
    assert read_numbers(activity) == before


def test_what_came_with_a_recording_leaves_with_it(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_watch_file(sport="workout")).activities
    ingest_recording(cast.ada, encode_gpx(replace(build_phone_run(), name="Quay")))
    activity.refresh_from_db()
    assert (activity.name, activity.activity_type) == ("Quay", "run")
    split(cast.ada, activity, get_row(activity, counts=False))
    activity.refresh_from_db()
    assert (activity.name, activity.activity_type) == ("", "workout")


def test_a_name_of_a_person_stays_after_a_split(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_watch_file()).activities
    ingest_recording(cast.ada, encode_gpx(replace(build_phone_run(), name="Quay")))
    ApiClient(cast.ada).send_json("patch", f"/api/v1/activities/{activity.public_id}", {"name": "Pier"})
    split(cast.ada, activity, get_row(activity, counts=False))
    activity.refresh_from_db()
    assert activity.name == "Pier"


def test_the_only_recording_cannot_be_split_off(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_watch_file()).activities
    only = ApiClient(cast.ada).get(build_path(activity)).json()["data"]["recordings"][0]["recording_id"]
    answer = post(cast.ada, build_path(activity, f"/{only}/split"))
    assert (answer.status_code, answer.json()["details"]["code"]) == (400, "ONLY_RECORDING")


def test_a_split_is_refused_if_the_athlete_has_as_many_activities_as_are_stored(cast: Cast, settings: Any):
    settings.ACTIVITIES_PER_ATHLETE = 1
    activity = record_twice(cast.ada)
    answer = split(cast.ada, activity, get_row(activity, counts=False))
    assert_error(answer, 409, "QUOTA_REACHED")
    assert count_rows() == (1, 2, 1, 2)


def test_an_unknown_recording_is_404_and_a_malformed_id_is_400(cast: Cast):
    activity, [other] = record_twice(cast.ada), ingest_recording(cast.ben, build_watch_file()).activities
    for action in ("choose", "split"):
        for identifier in (uuid4(), other.pk):
            path = build_path(activity, f"/{encode('rec', identifier)}/{action}")
            assert post(cast.ada, path).status_code == 404
        assert post(cast.ada, build_path(activity, f"/act_1/{action}")).status_code == 400


@pytest.mark.parametrize(
    ("build_body", "status", "code"),
    [
        (lambda own, later, foreign: own, 400, "SAME_ACTIVITY"),
        (lambda own, later, foreign: later, 400, "NOT_AT_THE_SAME_TIME"),
        (lambda own, later, foreign: foreign, 400, "OTHER_ATHLETE"),
    ],
)
def test_only_activities_of_one_athlete_at_one_time_merge(cast: Cast, build_body, status: int, code: str):
    own, later, foreign = create_run(cast.ada), create_run(cast.ada, MORNING), create_run(cast.ben)
    before = read_stored_rows()
    body = {"activity_id": build_body(own, later, foreign).public_id}
    answer = post(cast.carl, build_path(own), body)
    assert (answer.status_code, answer.json()["details"]["code"]) == (status, code)
    assert read_stored_rows() == before


def test_an_activity_that_the_caller_may_not_see_cannot_merge(cast: Cast):
    own, foreign = create_run(cast.ada), create_run(cast.zoe)
    assert post(cast.carl, build_path(own), {"activity_id": foreign.public_id}).status_code == 403


def test_a_recording_with_damaged_samples_cannot_count_and_is_not_lost(cast: Cast):
    activity = record_twice(cast.ada)
    ActivityRecording.objects.filter(counts=False).update(content=b"damaged")
    before = read_stored_rows()
    answer = choose(cast.ada, activity, get_row(activity, counts=False))
    assert (answer.status_code, answer.json()["details"]["code"]) == (400, "DAMAGED_RECORDING")
    assert read_stored_rows() == before


def test_statistics_count_the_run_once(cast: Cast):
    record_twice(cast.ada)
    query = {"start_date": "2026-06-09", "end_date": NOON.date().isoformat()}
    totals = ApiClient(cast.ada).get("/api/v2/analytics/activity_stats", query).json()["data"]["totals"]
    assert (totals["activity_count"], totals["distance"]) == (1, 5_400.0)
