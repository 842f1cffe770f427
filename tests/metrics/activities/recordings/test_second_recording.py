"""A second recording of a run joins its activity. One of the two counts, by rule."""

from __future__ import annotations

import gzip
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection

from athletes.models import Athlete
from metrics.activities.ingest import Upload, ingest_file
from metrics.activities.recording_places import IngestOutcome
from metrics.activities.recordings.merge import split_recording
from metrics.files.xml.writer import encode_fit, encode_gpx, encode_tcx
from metrics.models import Activity, ActivityRecording
from metrics.remeasurement.upgrade import measure_with_new_formulas
from tests.metrics.activities.recordings.recording_files import (
    build_phone_file,
    build_phone_run,
    build_watch_file,
    build_watch_run,
    count_rows,
    get_row,
    ingest_recording,
    read_numbers,
)
from tests.support.cast import ApiClient, Cast, create_person
from tests.support.recordings import MORNING

UPLOAD = "/api/v1/activities/upload"


def upload_file(user, data: bytes, name: str = "run.fit", **fields: str) -> Any:
    return ApiClient(user).post(UPLOAD, {"file": SimpleUploadedFile(name, data)} | fields)


def test_a_second_recording_is_200_and_the_answer_says_so(cast: Cast):
    first = upload_file(cast.ada, build_watch_file()).json()["data"]
    answer = upload_file(cast.ada, build_phone_file(), "run.gpx")
    data = answer.json()["data"]
    assert answer.status_code == 200
    assert data["activities"] == first["activities"]
    activity_id = first["activities"][0]["activity_id"]
    assert (first["merged"], data["merged"]) == (False, True)
    assert first["outcomes"] == [{"activity_id": activity_id, "status": "stored"}]
    assert data["outcomes"] == [{"activity_id": activity_id, "status": "second_recording"}]
    assert count_rows() == (1, 2, 1, 2)


def test_the_same_bytes_of_any_recording_are_already_there(cast: Cast):
    files = build_watch_file(), build_phone_file()
    for file in files:
        upload_file(cast.ada, file)
    version = Athlete.objects.get(pk=cast.ada.pk).data_version
    for file in files:
        answer = upload_file(cast.ada, file)
        data = answer.json()["data"]
        assert (answer.status_code, data["merged"]) == (200, False)
        assert [outcome["status"] for outcome in data["outcomes"]] == ["already_there"]
    assert count_rows() == (1, 2, 1, 2)
    assert Athlete.objects.get(pk=cast.ada.pk).data_version == version


@pytest.mark.parametrize("build", [build_watch_file, build_phone_file])
def test_the_same_samples_in_other_bytes_are_already_there(cast: Cast, build):
    ingest_recording(cast.ada, build_watch_file())
    ingest_recording(cast.ada, build_phone_file())
    again = ingest_recording(cast.ada, gzip.compress(build()))
    assert again.outcomes == (IngestOutcome.ALREADY_THERE,)
    assert count_rows() == (1, 2, 1, 2)


@pytest.mark.parametrize("build", [build_watch_file, build_phone_file])
def test_a_split_recording_in_other_bytes_is_already_there(cast: Cast, build):
    [activity] = ingest_recording(cast.ada, build_watch_file()).activities
    ingest_recording(cast.ada, build_phone_file())
    own = split_recording(activity, get_row(activity, counts=False).pk)
    again = ingest_recording(cast.ada, gzip.compress(build()))
    assert again.outcomes == (IngestOutcome.ALREADY_THERE,)
    assert again.activities == ((activity if build is build_watch_file else own),)


def test_sensors_count_before_positions_in_any_order(cast: Cast):
    [alone] = ingest_recording(cast.zoe, build_watch_file()).activities
    files = build_watch_file(), build_phone_file()
    for user, order in ((cast.ada, files), (cast.ben, reversed(files))):
        [activity, _] = [ingest_recording(user, file).activities[0] for file in order]
        numbers, expected = read_numbers(activity), read_numbers(alone)
        assert numbers | {"original_id": None} == expected | {"original_id": None}
        assert get_row(activity, counts=True).device == "Watch"
        phone = get_row(activity, counts=False)
        assert (phone.channels, phone.has_own_distance) == (
            ["distance_m", "latitude_deg", "longitude_deg", "altitude_m"], False,
        )  # fmt: skip
        assert phone.recorded["distance_m"] == pytest.approx(5_670, rel=1e-3)


def test_of_equal_recordings_the_first_counts(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_watch_file()).activities
    before = read_numbers(activity)
    later = build_watch_file(started_at=MORNING + timedelta(seconds=30), speed_mps=3.1)
    assert ingest_recording(cast.ada, later).second_count == 1
    assert read_numbers(activity) == before


def test_what_a_person_said_stays_when_a_better_recording_comes(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_phone_file()).activities
    said = {"name": "Quay", "is_race": True, "perceived_effort": 7, "activity_type": "hike"}
    path = f"/api/v1/activities/{activity.public_id}"
    assert ApiClient(cast.ada).send_json("patch", path, said).status_code == 200
    assert ingest_recording(cast.ada, build_watch_file()).second_count == 1
    answer = ApiClient(cast.ada).get(path).json()["data"]
    assert {name: answer[name] for name in said} == said
    assert (answer["avg_heart_rate"], answer["device"]) == (135.0, "Watch")


def test_a_recording_with_a_known_sport_names_an_unknown_one(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_watch_file(sport="workout")).activities
    assert ingest_recording(cast.ada, build_phone_file()).second_count == 1
    activity.refresh_from_db()
    assert (activity.activity_type, activity.device) == ("run", "Watch")
    assert activity.load_method


def test_the_name_of_the_second_file_joins_an_activity_without_a_name(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_watch_file()).activities
    ingest_recording(cast.ada, encode_gpx(replace(build_phone_run(), name="Quay")))
    activity.refresh_from_db()
    assert activity.name == "Quay"


@pytest.mark.parametrize(
    "other",
    [
        {"started_at": MORNING + timedelta(seconds=1_800)},  # back to back
        {"started_at": MORNING + timedelta(seconds=700)},
        {"duration_s": 900},
        {"sport": "bike"},
    ],
)
def test_other_times_and_other_sports_are_other_activities(cast: Cast, other: dict[str, Any]):
    ingest_recording(cast.ada, build_watch_file())
    assert ingest_recording(cast.ada, build_phone_file(**other)).outcomes == (IngestOutcome.STORED,)
    assert count_rows() == (2, 0, 2, 2)


def test_another_athlete_has_another_activity(cast: Cast):
    ingest_recording(cast.ada, build_watch_file())
    assert ingest_recording(cast.ben, build_phone_file()).outcomes == (IngestOutcome.STORED,)


def test_overlapping_parts_of_one_file_with_two_sports_stay_apart(cast: Cast):
    run = build_phone_run(duration_s=120, sport="run")
    samples = replace(run.samples, latitude_deg=run.samples.latitude_deg * 1.01)
    gpx, other = (encode_gpx(one).decode() for one in (run, replace(run, sport="workout", samples=samples)))
    track = other[other.index("<trk>") : other.index("</gpx>")]
    activities = ingest_recording(cast.ada, gpx.replace("</gpx>", f"{track}</gpx>").encode()).activities
    assert count_rows() == (2, 0, 2, 1)
    before = [read_numbers(activity) for activity in activities]
    assert before[0] != before[1]
    list(measure_with_new_formulas(cast.ada.pk))
    assert [read_numbers(activity) for activity in activities] == before


def test_a_file_of_several_parts_gives_each_activity_its_recording(cast: Cast):
    parts = [build_watch_run(sport="bike"), build_watch_run(started_at=MORNING + timedelta(hours=1))]
    for part in parts:
        ingest_recording(cast.ada, encode_fit(part))
    tracks = [encode_gpx(replace(part, name="Phone")).decode() for part in parts]
    second = tracks[1][tracks[1].index("<trk>") : tracks[1].index("</gpx>")]
    ingested = ingest_recording(cast.ada, tracks[0].replace("</gpx>", f"{second}</gpx>").encode())
    assert ingested.outcomes == (IngestOutcome.SECOND_RECORDING,) * 2
    assert [activity.activity_type for activity in ingested.activities] == ["bike", "run"]
    assert count_rows() == (2, 4, 2, 3)


def test_the_row_says_who_added_it_and_the_first_has_the_id_of_the_activity(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_watch_file()).activities
    upload_file(cast.carl, build_phone_file(), "phone.gpx", user_id=cast.ada.public_id)
    first, second = ActivityRecording.objects.all()
    assert (first.pk, first.counts, first.added_by, first.added_at) == (
        activity.pk, True, "", activity.created_at,
    )  # fmt: skip
    assert (second.counts, second.added_by) == (False, "coach")
    assert second.original
    assert second.original.filename == "phone.gpx"
    assert first.content is None


def test_a_hand_entry_is_kept_as_a_recording_of_the_file(cast: Cast):
    entry = {"activity_type": "run", "started_at": "2026-06-09T06:03:00Z", "duration": 1_700}
    api = ApiClient(cast.ada)
    manual = api.send_json("post", "/api/v1/activities", entry | {"name": "Track", "distance": 5_000})
    answer = upload_file(cast.ada, build_phone_file())
    assert answer.status_code == 201  # the first recording of this activity
    [recorded] = answer.json()["data"]["activities"]
    assert recorded["activity_id"] == manual.json()["data"]["activity_id"]
    assert (recorded["name"], recorded["source"]) == ("Track", "file")
    entered = ActivityRecording.objects.get(counts=False)
    assert (entered.source, entered.recorded["distance_m"], entered.channels) == ("manual", 5_000, [])


def test_a_hand_entry_after_the_file_stays_an_activity_of_its_own(cast: Cast):
    ingest_recording(cast.ada, build_phone_file())
    entry = {"activity_type": "run", "started_at": "2026-06-09T06:00:00Z", "duration": 1_800}
    answer = ApiClient(cast.ada).send_json("post", "/api/v1/activities", entry)
    assert answer.status_code == 201
    assert count_rows() == (2, 0, 1, 1)


def test_an_unknown_sport_that_a_person_corrected_is_known(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_watch_file(sport="workout")).activities
    path = f"/api/v1/activities/{activity.public_id}"
    ApiClient(cast.ada).send_json("patch", path, {"activity_type": "bike"})
    assert ingest_recording(cast.ada, build_phone_file()).outcomes == (IngestOutcome.STORED,)
    assert ingest_recording(cast.ada, build_phone_file(sport="bike")).second_count == 1


def test_something_else_entered_by_hand_is_not_an_unknown_sport(cast: Cast):
    entry = {"activity_type": "workout", "started_at": "2026-06-09T06:00:00Z", "duration": 1_800}
    ApiClient(cast.ada).send_json("post", "/api/v1/activities", entry)
    assert ingest_recording(cast.ada, build_phone_file()).outcomes == (IngestOutcome.STORED,)
    assert Activity.objects.count() == 2


def test_remeasuring_keeps_which_recording_counts(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_watch_file()).activities
    ingest_recording(cast.ada, build_phone_file())
    before = read_numbers(activity)
    Activity.objects.update(moving_time_s=1.0)
    ActivityRecording.objects.update(channels=[])  # a rule that ranks them otherwise
    call_command("remeasure", verbosity=0)
    assert read_numbers(activity) == before
    assert get_row(activity, counts=True).device == "Watch"


def test_an_upgrade_reads_every_recording_again_and_keeps_which_one_counts(cast: Cast):
    [activity] = ingest_recording(cast.ada, build_watch_file()).activities
    ingest_recording(cast.ada, build_phone_file())
    before, phone = read_numbers(activity), get_row(activity, counts=False)
    stored = ActivityRecording.objects.filter(pk=phone.pk)
    stored.update(content=b"", recorded={"sport": "run"}, duration_s=1, channels=["power_w"])
    ActivityRecording.objects.exclude(pk=phone.pk).update(channels=[])
    list(measure_with_new_formulas(cast.ada.pk))
    again = stored.get()
    for name in ("content", "recorded", "duration_s", "channels", "counts"):
        assert getattr(again, name) == getattr(phone, name), name
    assert "heart_rate_bpm" in get_row(activity, counts=True).channels
    assert read_numbers(activity) == before
    assert get_row(activity, counts=True).content is None


def test_a_second_recording_takes_eleven_statements(cast: Cast, django_assert_num_queries):
    """Token; known bytes; then: version, near activities, recordings, streams, file, thresholds, rows, event.

    The activity itself is not written: the first recording still counts.
    """
    ingest_recording(cast.ada, build_watch_file())
    api, file = ApiClient(cast.ada), encode_tcx(build_phone_run())
    # In a test the transaction is a savepoint, which makes two statements.
    with django_assert_num_queries(11 + 2):
        assert api.post(UPLOAD, {"file": SimpleUploadedFile("run.tcx", file)}).json()["data"]["merged"]


@pytest.mark.django_db(transaction=True)
def test_simultaneous_uploads_of_two_devices_make_one_activity_with_two_recordings():
    athlete = create_person("ada").athlete
    files = [build_watch_file(), build_phone_file()]
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def upload(data: bytes) -> None:
        try:
            barrier.wait()
            outcomes.extend(ingest_file(athlete, Upload(data)).outcomes)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["second_recording", "stored"]
    assert count_rows() == (1, 2, 1, 2)
    assert get_row(Activity.objects.get(), counts=True).device == "Watch"
