"""Activities in the API: create, list, filter, change and delete them, and read their streams."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from athletes.models import Athlete
from metrics.activities.changes import delete_activity, update_activity
from metrics.files.xml.writer import encode_fit
from metrics.models import Activity, BinActivity
from tests.support.cast import NOON, ApiClient, Cast, create_run
from tests.support.recordings import build_steady_run

ACTIVITIES = "/api/v1/activities"
ENTRY = {"activity_type": "run", "started_at": "2026-06-09T23:30:00+02:00", "duration": 1_800}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def test_a_manual_entry_needs_sport_start_and_duration(cast: Cast):
    answer = ApiClient(cast.ada).send_json("post", ACTIVITIES, ENTRY)
    assert answer.status_code == 201
    stored = answer.json()["data"]
    assert stored["started_at"] == "2026-06-09T21:30:00Z"
    assert stored["local_date"] == "2026-06-09"
    assert (stored["distance"], stored["avg_pace"], stored["source"]) == (None, None, "manual")


@pytest.mark.parametrize("missing", sorted(ENTRY))
def test_a_manual_entry_without_a_required_field_is_400(cast: Cast, missing: str):
    entry = {key: value for key, value in ENTRY.items() if key != missing}
    answer = ApiClient(cast.ada).send_json("post", ACTIVITIES, entry)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, missing)


@pytest.mark.parametrize(
    "invalid",
    [
        {"duration": 0},
        {"duration": "1800"},
        {"duration": 1e12},
        {"distance": -1},
        {"perceived_effort": 11},
        {"perceived_effort": 1.5},
        {"started_at": "2026-06-09T23:30:00"},
        {"started_at": "yesterday"},
        {"started_at": 10**400},
        {"started_at": "2031-01-01T00:00:00Z"},
        {"started_at": "0001-01-01T00:00:00Z"},
        {"name": "a\u0000b"},
        {"name": ["x"]},
        {"training_load": 500},
        {"athlete_id": "x"},
        {"source": "file"},
        {"is_race": "yes please"},
    ],
)
def test_an_invalid_or_unknown_field_is_400_and_stores_nothing(cast: Cast, invalid):
    assert ApiClient(cast.ada).send_json("post", ACTIVITIES, ENTRY | invalid).status_code == 400
    assert not Activity.objects.exists()


def test_the_list_has_the_activities_of_all_visible_athletes_newest_first(cast: Cast):
    old, new = create_run(cast.ada, NOON - timedelta(days=2)), create_run(cast.ben, NOON - timedelta(days=1))
    create_run(cast.zoe)
    answer = ApiClient(cast.carl).get(ACTIVITIES).json()
    assert [row["activity_id"] for row in answer["data"]] == [new.public_id, old.public_id]
    assert answer["pagination"] == {"page": 1, "page_size": 50, "total": 2, "total_pages": 1}


def test_the_list_is_filtered_by_athlete_day_sport_distance_race_and_source(cast: Cast):
    match = create_run(cast.ada, is_race=True, distance_m=21_097.0)
    create_run(cast.ada, NOON - timedelta(days=9))
    create_run(cast.ada, activity_type="bike")
    create_run(cast.ben)
    filters = {
        "user_id": cast.ada.public_id,
        "start_date": "2026-06-10",
        "end_date": "2026-06-10",
        "activity_type": "run",
        "is_race": "1",
        "min_distance": "20000",
        "source": "manual",
    }
    rows = ApiClient(cast.carl).get(ACTIVITIES, filters).json()["data"]
    assert [row["activity_id"] for row in rows] == [match.public_id]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("is_race", "banana"),
        ("start_date", "2026-02-30"),
        ("activity_type", "running"),
        ("min_distance", "far"),
        ("page", "0"),
        ("page_size", "201"),
        ("page_size", "１０"),
        ("source", ""),
        ("colour", "red"),
    ],
)
def test_an_invalid_filter_is_400(cast: Cast, name: str, value: str):
    answer = ApiClient(cast.ada).get(ACTIVITIES, {name: value})
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, name)


def test_the_list_of_an_invisible_athlete_is_403(cast: Cast):
    assert ApiClient(cast.ada).get(ACTIVITIES, {"user_id": cast.zoe.public_id}).status_code == 403


@pytest.mark.parametrize("rows", [3, 30])
def test_a_page_takes_four_statements_for_any_number_of_rows(
    cast: Cast, django_assert_num_queries, rows: int
):
    """Token, visible athletes, count, rows; one less if the athlete is named."""
    for hours in range(rows):
        create_run(cast.ada, NOON - timedelta(hours=hours))
    api = ApiClient(cast.ada)
    with django_assert_num_queries(4):
        assert len(api.get(ACTIVITIES).json()["data"]) == rows
    with django_assert_num_queries(3):
        assert len(api.get(ACTIVITIES, {"user_id": cast.ada.public_id}).json()["data"]) == rows


def test_a_page_of_many_athletes_takes_five_statements(cast: Cast, django_assert_num_queries):
    """Token; visible athletes; count, with the time since which the page reads; rows; who shares health."""
    for athlete in (cast.ada, cast.ben, cast.ada):
        create_run(athlete)
    api = ApiClient(cast.carl)
    api.get(ACTIVITIES)
    with django_assert_num_queries(5):
        assert len(api.get(ACTIVITIES).json()["data"]) == 3


def test_a_changed_start_of_a_manual_entry_changes_its_local_date(cast: Cast):
    activity = create_run(cast.ben)
    answer = ApiClient(cast.ben).send_json(
        "patch",
        f"{ACTIVITIES}/{activity.public_id}",
        {"started_at": "2026-06-08T16:00:00Z", "name": "Evening"},
    )
    assert answer.status_code == 200
    assert (answer.json()["data"]["local_date"], answer.json()["data"]["name"]) == ("2026-06-09", "Evening")


def test_the_numbers_of_a_recording_cannot_be_changed(cast: Cast):
    file = SimpleUploadedFile("run.fit", encode_fit(build_steady_run()))
    api = ApiClient(cast.ada)
    activity = api.post(f"{ACTIVITIES}/upload", {"file": file}).json()["data"]["activities"][0]
    address = f"{ACTIVITIES}/{activity['activity_id']}"
    answer = api.send_json("patch", address, {"distance": 9_999})
    assert (answer.status_code, answer.json()["details"]["code"]) == (400, "RECORDED")
    assert api.send_json("patch", address, {"perceived_effort": 7, "is_race": True}).status_code == 200


def test_the_athlete_of_an_activity_cannot_be_changed(cast: Cast):
    activity = create_run(cast.ada)
    answer = ApiClient(cast.carl).send_json(
        "patch", f"{ACTIVITIES}/{activity.public_id}", {"user_id": cast.ben.public_id}
    )
    assert answer.status_code == 400
    assert Activity.objects.get().athlete_id == cast.ada.pk


@pytest.mark.parametrize(
    ("viewer", "read", "write"),
    [
        ("ada", 200, 204),
        ("carl", 200, 204),
        ("asha", 200, 403),
        ("ben", 403, 403),
        ("zora", 403, 403),
        ("stella", 200, 204),
    ],
)
def test_only_permitted_users_can_read_and_delete(cast: Cast, viewer: str, read: int, write: int):
    address = f"{ACTIVITIES}/{create_run(cast.ada).public_id}"
    api = ApiClient(getattr(cast, viewer))
    assert api.get(address).status_code == read
    assert api.delete(address).status_code == write
    assert Activity.objects.exists() == (write != 204)


def test_every_write_raises_the_data_version(cast: Cast):
    api, versions = ApiClient(cast.ada), []
    address = f"{ACTIVITIES}/{api.send_json('post', ACTIVITIES, ENTRY).json()['data']['activity_id']}"
    for step in (
        lambda: None,
        lambda: api.send_json("patch", address, {"name": "x"}),
        lambda: api.delete(address),
    ):
        step()
        versions.append(Athlete.objects.get(pk=cast.ada.pk).data_version)
    assert versions == [1, 2, 3]


def test_streams_have_only_recorded_columns(cast: Cast):
    api = ApiClient(cast.ada)
    file = SimpleUploadedFile("run.fit", encode_fit(build_steady_run(duration_s=60)))
    activity = api.post(f"{ACTIVITIES}/upload", {"file": file}).json()["data"]["activities"][0]
    streams = api.get(f"{ACTIVITIES}/{activity['activity_id']}/streams").json()["data"]
    assert streams["samples"] == 61
    assert streams["columns"]["distance_m"][-1] == 180.0
    assert "power_w" not in streams["columns"]


def test_a_manual_entry_has_no_streams(cast: Cast):
    answer = ApiClient(cast.ada).get(f"{ACTIVITIES}/{create_run(cast.ada).public_id}/streams")
    assert (answer.status_code, answer.json()["details"]["code"]) == (404, "NO_DATA")


def test_the_local_date_uses_the_utc_offset_of_the_place_if_known(cast: Cast):
    entry = ENTRY | {"started_at": datetime(2026, 6, 9, 20, tzinfo=UTC).isoformat(), "utc_offset": 540}
    assert (
        ApiClient(cast.ada).send_json("post", ACTIVITIES, entry).json()["data"]["local_date"] == "2026-06-10"
    )


def test_a_new_name_does_not_measure_the_activity_again(cast: Cast):
    api = ApiClient(cast.ada)
    stored = api.send_json("post", ACTIVITIES, ENTRY | {"distance": 5_000}).json()["data"]
    api.send_json(
        "patch", f"/api/v1/athletes/{cast.ada.public_id}", {"threshold_pace": 300, "valid_from": "2026-01-01"}
    )
    renamed = api.send_json("patch", f"{ACTIVITIES}/{stored['activity_id']}", {"name": "Evening"}).json()[
        "data"
    ]
    assert (renamed["training_load"], renamed["load_method"]) == (stored["training_load"], "duration")


def test_a_corrected_duration_of_a_manual_entry_is_also_its_elapsed_time(cast: Cast):
    api = ApiClient(cast.ada)
    stored = api.send_json("post", ACTIVITIES, ENTRY | {"duration": 3_600}).json()["data"]
    assert stored["elapsed_time"] == 3_600.0
    answer = api.send_json("patch", f"{ACTIVITIES}/{stored['activity_id']}", {"duration": 2_400}).json()[
        "data"
    ]
    assert answer["elapsed_time"] == 2_400.0


@pytest.mark.parametrize(
    ("invalid", "field"),
    [
        ({"moving_time": 1_801}, "moving_time"),
        ({"avg_heart_rate": 150, "max_heart_rate": 140}, "max_heart_rate"),
        ({"avg_heart_rate": 235}, "avg_heart_rate"),
    ],
)
def test_contradictory_numbers_are_refused(cast: Cast, invalid, field: str):
    answer = ApiClient(cast.ada).send_json("post", ACTIVITIES, ENTRY | invalid)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)


def test_a_change_of_an_outdated_object_keeps_earlier_changes(cast: Cast):
    activity = create_run(cast.ada)
    outdated = Activity.objects.select_related("athlete").get(pk=activity.pk)
    update_activity(activity, {"name": "First"})
    update_activity(outdated, {"is_race": True})
    stored = Activity.objects.get()
    assert (stored.name, stored.is_race) == ("First", True)


def test_a_change_does_not_restore_a_deleted_activity(cast: Cast):
    activity = create_run(cast.ada)
    outdated = Activity.objects.select_related("athlete").get(pk=activity.pk)
    delete_activity(activity, BinActivity.DeletedBy.ATHLETE, NOON)
    with pytest.raises(Activity.DoesNotExist):
        update_activity(outdated, {"name": "Ghost"})
    assert not Activity.objects.exists()


def test_a_new_name_keeps_the_local_date_after_the_athlete_moved(cast: Cast):
    activity = create_run(cast.ada, NOON.replace(hour=23))  # already tomorrow in Madrid
    Athlete.objects.filter(pk=cast.ada.pk).update(timezone="America/New_York")
    update_activity(activity, {"name": "Renamed"})
    assert Activity.objects.get(pk=activity.pk).local_date == NOON.date() + timedelta(days=1)
