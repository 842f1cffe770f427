"""Upload: the same recording is stored as one activity, in any format and after any repetition."""

from __future__ import annotations

import gzip
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from athletes.models import Athlete
from metrics.activities.ingest import Upload, ingest_file
from metrics.files.xml.writer import encode_fit, encode_gpx, encode_tcx
from metrics.models import Activity, OriginalFile, Streams
from tests.support.cast import NOON, ApiClient, Cast, create_person
from tests.support.recordings import MORNING, build_steady_run

UPLOAD = "/api/v1/activities/upload"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def upload_file(user, data: bytes, name: str = "run.fit", **fields):
    return ApiClient(user).post(UPLOAD, {"file": SimpleUploadedFile(name, data)} | fields)


def get_activity_ids(answer) -> list[str]:
    return [activity["activity_id"] for activity in answer.json()["data"]["activities"]]


def test_a_new_file_is_201_and_the_same_bytes_again_are_200_with_the_same_id(cast: Cast):
    file = encode_fit(build_steady_run())
    first, second = upload_file(cast.ada, file), upload_file(cast.ada, file, "other-name.fit")
    assert (first.status_code, second.status_code) == (201, 200), first.content
    assert get_activity_ids(first) == get_activity_ids(second)
    assert Activity.objects.count() == OriginalFile.objects.count() == Streams.objects.count() == 1


def test_an_uploaded_run_has_the_numbers_of_the_device(cast: Cast):
    activity = upload_file(cast.ada, encode_fit(build_steady_run())).json()["data"]["activities"][0]
    expected = {
        "user_id": cast.ada.public_id,
        "activity_type": "run",
        "started_at": "2026-06-09T06:00:00Z",
        "local_date": "2026-06-09",
        "distance": 5_400.0,
        "duration": 1_800.0,
        "avg_pace": "5:33",
        "avg_heart_rate": 135.0,
        "source": "file",
    }
    assert {key: activity[key] for key in expected} == expected


@pytest.mark.parametrize("utc_offset_min", [None, 0])
def test_a_utc_offset_of_0_says_nothing_and_the_zone_of_the_athlete_gives_the_day(cast: Cast, utc_offset_min):
    Athlete.objects.filter(pk=cast.ada.athlete.pk).update(timezone="America/Los_Angeles")
    late = replace(build_steady_run(MORNING - timedelta(hours=4)), utc_offset_min=utc_offset_min)
    activity = upload_file(cast.ada, encode_fit(late)).json()["data"]["activities"][0]
    assert (activity["started_at"], activity["utc_offset"]) == ("2026-06-09T02:00:00Z", None)
    assert activity["local_date"] == "2026-06-08"


@pytest.mark.parametrize("write", [encode_fit, encode_gpx, encode_tcx])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_every_format_is_read_plain_and_gzipped(cast: Cast, write, pack):
    answer = upload_file(cast.ada, pack(write(build_steady_run())), "a file name without an extension")
    assert answer.status_code == 201


def test_a_recording_of_the_same_run_by_a_second_device_is_the_same_activity(cast: Cast):
    first = upload_file(cast.ada, encode_fit(build_steady_run()))
    later = build_steady_run(MORNING + timedelta(seconds=40), speed_mps=3.03)
    second = upload_file(cast.ada, encode_tcx(later), "watch-two.tcx")
    assert (second.status_code, get_activity_ids(second)) == (200, get_activity_ids(first))


@pytest.mark.parametrize(
    "other",
    [
        {"started_at": MORNING + timedelta(seconds=361)},  # 79.9 % overlap
        {"duration_s": 1_070},  # 59.4 % of the longer
        {"sport": "walk"},
    ],
)
def test_a_recording_with_little_overlap_or_another_sport_is_another_activity(cast: Cast, other):
    upload_file(cast.ada, encode_fit(build_steady_run()))
    assert upload_file(cast.ada, encode_fit(build_steady_run(**other))).status_code == 201
    assert Activity.objects.count() == 2


def test_the_same_file_of_two_athletes_makes_two_activities(cast: Cast):
    file = encode_fit(build_steady_run())
    assert upload_file(cast.ada, file).status_code == upload_file(cast.ben, file).status_code == 201


def test_a_repeated_upload_does_not_raise_the_data_version(cast: Cast):
    file = encode_fit(build_steady_run())
    versions = []
    for _ in range(2):
        upload_file(cast.ada, file)
        versions.append(Athlete.objects.get(pk=cast.ada.pk).data_version)
    assert versions == [1, 1]


def test_a_deleted_activity_can_be_uploaded_again(cast: Cast):
    file = encode_fit(build_steady_run())
    first = upload_file(cast.ada, file)
    assert ApiClient(cast.ada).delete(f"/api/v1/activities/{get_activity_ids(first)[0]}").status_code == 204
    assert OriginalFile.objects.count() == 1  # of the activity in the bin
    assert upload_file(cast.ada, file).status_code == 201


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no recording at all", "UNREADABLE_FILE"),
        (b"PK\x03\x04" + bytes(60), "UNREADABLE_FILE"),
        (b'<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>', "UNREADABLE_FILE"),
    ],
)
def test_a_file_that_is_not_a_recording_is_refused_and_nothing_is_stored(cast: Cast, data: bytes, code: str):
    answer = upload_file(cast.ada, data)
    assert (answer.status_code, answer.json()["details"]["code"]) == (400, code)
    assert not Activity.objects.exists()
    assert not OriginalFile.objects.exists()


def test_an_incomplete_recording_is_stored_only_with_accept_partial(cast: Cast):
    file = encode_tcx(build_steady_run())
    incomplete = file[: file.rfind(b"<Trackpoint>", 0, len(file) // 2)]
    refused = upload_file(cast.ada, incomplete)
    assert (refused.status_code, refused.json()["details"]["code"]) == (400, "PARTIAL_RECORDING")
    assert refused.json()["details"]["readable"]["seconds"] > 600
    accepted = upload_file(cast.ada, incomplete, accept_partial="1")
    assert accepted.status_code == 201
    assert "partial_recording" in accepted.json()["data"]["activities"][0]["warnings"]


def test_a_file_above_the_limit_is_413(cast: Cast, settings):
    settings.UPLOAD_MAX_BYTES = 1_000
    assert upload_file(cast.ada, bytes(1_001)).status_code == 413


@pytest.mark.parametrize(
    ("viewer", "status"), [("carl", 201), ("hanna", 201), ("asha", 403), ("ben", 403), ("zora", 403)]
)
def test_only_permitted_users_can_upload_for_an_athlete(cast: Cast, viewer: str, status: int):
    answer = upload_file(getattr(cast, viewer), encode_fit(build_steady_run()), user_id=cast.ada.public_id)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "extra", [{"user_id": "me"}, {"activity_type": "yoga"}, {"accept_partial": "banana"}, {"x": "1"}]
)
def test_an_invalid_field_beside_the_file_is_400(cast: Cast, extra):
    assert upload_file(cast.ada, encode_fit(build_steady_run()), **extra).status_code == 400
    assert not Activity.objects.exists()


def test_a_missing_file_is_400_and_a_json_body_is_415(cast: Cast):
    assert ApiClient(cast.ada).post(UPLOAD, {}).status_code == 400
    assert ApiClient(cast.ada).send_json("post", UPLOAD, {}).status_code == 415


def test_an_upload_can_correct_the_sport(cast: Cast):
    answer = upload_file(cast.ada, encode_fit(build_steady_run()), activity_type="hike")
    assert answer.json()["data"]["activities"][0]["activity_type"] == "hike"


def test_an_upload_takes_nine_statements(cast: Cast, django_assert_num_queries):
    """Token; known bytes; then: version, same run, file, thresholds, activity, streams, event."""
    file = encode_fit(build_steady_run())
    api = ApiClient(cast.ada)
    # In a test the transaction is a savepoint, which makes two statements.
    with django_assert_num_queries(9 + 2):
        assert api.post(UPLOAD, {"file": SimpleUploadedFile("run.fit", file)}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_fifty_simultaneous_copies_make_one_activity():
    athlete = create_person("ada").athlete
    files = [encode_fit(build_steady_run()), encode_tcx(build_steady_run(MORNING + timedelta(seconds=5)))]
    activity_ids: list[str] = []
    barrier = threading.Barrier(10)

    def upload(number: int) -> None:
        try:
            barrier.wait()
            for repetition in range(5):
                ingested = ingest_file(athlete, Upload(files[(number + repetition) % 2], f"{number}.fit"))
                activity_ids.append(ingested.activities[0].public_id)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(activity_ids) == 50
    assert len(set(activity_ids)) == 1
    assert Activity.objects.count() == 1


def test_a_recording_replaces_a_manual_entry_and_keeps_its_name_and_effort(cast: Cast):
    api = ApiClient(cast.ada)
    entry = {
        "activity_type": "run",
        "started_at": "2026-06-09T06:00:20Z",
        "duration": 1_700,
        "distance": 5_400,
    }
    manual = api.send_json(
        "post", "/api/v1/activities", entry | {"name": "Track", "perceived_effort": 6}
    ).json()["data"]
    answer = upload_file(cast.ada, encode_fit(build_steady_run()))
    recorded = answer.json()["data"]["activities"][0]
    assert (answer.status_code, recorded["activity_id"]) == (201, manual["activity_id"])
    assert (recorded["name"], recorded["perceived_effort"]) == ("Track", 6)
    assert (recorded["duration"], recorded["avg_heart_rate"], recorded["source"]) == (1_800.0, 135.0, "file")
    assert Streams.objects.count() == 1


def test_the_same_track_twice_in_one_file_makes_one_activity(cast: Cast):
    gpx = encode_gpx(build_steady_run(duration_s=120)).decode()
    track = gpx[gpx.index("<trk>") : gpx.index("</gpx>")]
    answer = upload_file(cast.ada, gpx.replace("</gpx>", f"{track}</gpx>").encode())
    assert len(get_activity_ids(answer)) == Activity.objects.count() == 1


def test_a_second_device_is_recognised_after_the_sport_was_corrected(cast: Cast):
    first = upload_file(cast.ada, encode_fit(build_steady_run()))
    ApiClient(cast.ada).send_json(
        "patch", f"/api/v1/activities/{get_activity_ids(first)[0]}", {"activity_type": "walk"}
    )
    second = upload_file(cast.ada, encode_tcx(build_steady_run(MORNING + timedelta(seconds=5))))
    assert (second.status_code, get_activity_ids(second)) == (200, get_activity_ids(first))


def test_a_recording_from_the_future_is_refused(cast: Cast):
    answer = upload_file(cast.ada, encode_fit(build_steady_run(NOON + timedelta(days=400))))
    assert (answer.status_code, answer.json()["details"]["code"]) == (400, "NO_TIME")


def test_invalid_characters_of_a_file_name_are_removed(cast: Cast):
    ingest_file(cast.ada.athlete, Upload(encode_fit(build_steady_run()), "caf\udce9\x00.fit"))
    assert OriginalFile.objects.get().filename == "caf.fit"
