"""Quotas: how much is stored for one athlete. A refusal stores nothing and loses nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client

from athletes.models import User
from metrics.activities.ingest import Upload, ingest_file
from metrics.files.xml.writer import encode_fit
from metrics.models import Activity, HealthDay, OriginalFile
from metrics.storage.quotas import QuotaReached
from tests.support.cast import NOON, ApiClient, Cast, create_run
from tests.support.error_shape import assert_error
from tests.support.recordings import MORNING, build_steady_run

ENTRY = {"activity_type": "run", "started_at": "2026-06-09T06:00:00Z", "duration": 1800, "distance": 5000}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def build_file(days_ago: int = 0) -> bytes:
    return encode_fit(build_steady_run(MORNING - timedelta(days=days_ago)))


def upload(user: User, data: bytes) -> Any:
    return ApiClient(user).post("/api/v1/activities/upload", {"file": SimpleUploadedFile("run.fit", data)})


def put_days(user: User, *dates: str, hrv: int = 60) -> Any:
    days = [{"date": date, "source": "watch", "hrv_rmssd": hrv} for date in dates]
    return ApiClient(user).send_json("put", "/api/v1/health/days", {"days": days})


def test_an_athlete_has_a_number_of_activities(cast: Cast, settings: Any):
    settings.ACTIVITIES_PER_ATHLETE = 2
    assert upload(cast.ada, build_file()).status_code == 201
    assert (
        ApiClient(cast.ada).send_json("post", "/api/v1/activities", ENTRY | {"duration": 60}).status_code
        == 201
    )
    for refused in (
        upload(cast.ada, build_file(days_ago=1)),
        ApiClient(cast.ada).send_json("post", "/api/v1/activities", ENTRY),
    ):
        assert_error(refused, 409, "QUOTA_REACHED")
        assert "At most 2 activities of one athlete are stored" in refused.json()["error"]
    assert Activity.objects.count() == 2
    assert OriginalFile.objects.count() == 1
    assert upload(cast.ben, build_file()).status_code == 201


def test_a_file_that_is_stored_already_is_no_more_at_the_limit(cast: Cast, settings: Any):
    settings.ACTIVITIES_PER_ATHLETE = 1
    assert [upload(cast.ada, build_file()).status_code for _ in range(2)] == [201, 200]


def test_the_recording_of_a_manual_entry_is_stored_at_the_limit(cast: Cast, settings: Any):
    settings.ACTIVITIES_PER_ATHLETE = 1
    create_run(cast.ada, MORNING, distance_m=5_400.0, duration_s=1_800.0)
    assert upload(cast.ada, build_file()).status_code == 201
    assert Activity.objects.get().source == Activity.Source.FILE


def test_an_athlete_has_a_number_of_bytes(cast: Cast, settings: Any):
    settings.STORAGE_MB_PER_ATHLETE = 1
    assert upload(cast.ada, build_file()).status_code == 201
    OriginalFile.objects.update(size_bytes=999_999)
    refused = upload(cast.ada, build_file(days_ago=1))
    assert_error(refused, 409, "QUOTA_REACHED")
    assert "At most 1 MB of files" in refused.json()["error"]
    assert Activity.objects.count() == OriginalFile.objects.count() == 1


def test_the_bytes_of_a_file_that_comes_again_from_the_bin_count_once(cast: Cast, settings: Any):
    settings.STORAGE_MB_PER_ATHLETE = 1
    activity = upload(cast.ada, build_file()).json()["data"]["activities"][0]
    OriginalFile.objects.update(size_bytes=999_999)
    assert ApiClient(cast.ada).delete(f"/api/v1/activities/{activity['activity_id']}").status_code == 204
    assert upload(cast.ada, build_file()).status_code == 201
    assert OriginalFile.objects.get().size_bytes == len(build_file())


def test_an_athlete_has_a_number_of_health_days(cast: Cast, settings: Any):
    settings.HEALTH_DAYS_PER_ATHLETE = 2
    assert put_days(cast.ada, "2026-06-08", "2026-06-09").status_code == 200
    refused = put_days(cast.ada, "2026-06-09", "2026-06-10", hrv=70)
    assert_error(refused, 409, "QUOTA_REACHED")
    assert set(HealthDay.objects.values_list("hrv_rmssd_ms", flat=True)) == {60}
    assert put_days(cast.ada, "2026-06-09", hrv=70).status_code == 200  # a stored day may change
    assert put_days(cast.ben, "2026-06-10").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_files_uploaded_at_once_do_not_exceed_the_quota(cast: Cast, settings: Any):
    settings.ACTIVITIES_PER_ATHLETE = 2

    def ingest(days_ago: int) -> bool:
        try:
            ingest_file(cast.ada.athlete, Upload(build_file(days_ago)))
        except QuotaReached:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(ingest, range(6))) == 2
    assert Activity.objects.count() == 2


def test_the_upload_page_says_which_file_has_no_room(cast: Cast, settings: Any):
    settings.ACTIVITIES_PER_ATHLETE = 1
    browser = Client()
    browser.force_login(cast.ada)
    files = [SimpleUploadedFile(f"{n}.fit", build_file(days_ago=n)) for n in range(2)]
    answer = browser.post("/upload", {"files": files})
    assert answer.status_code == 200
    assert "At most 1 activities of one athlete are stored" in answer.content.decode()
    assert Activity.objects.count() == 1


def test_the_command_names_the_files_that_have_no_room(cast: Cast, settings: Any, tmp_path: Any, capsys: Any):
    settings.ACTIVITIES_PER_ATHLETE = 1
    for number in range(2):
        (tmp_path / f"{number}.fit").write_bytes(build_file(days_ago=number))
    with pytest.raises(SystemExit):
        call_command("ingest_files", str(tmp_path), athlete=cast.ada.email)
    assert "At most 1 activities" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("page", "fields", "setting"),
    [
        (
            "activity",
            {"activity_type": "run", "started_at_0": "2026-06-09", "started_at_1": "06:00", "duration_s": 60},
            "ACTIVITIES_PER_ATHLETE",
        ),
        (
            "healthday",
            {"date": "2026-06-09", "source": "watch", "hrv_rmssd_ms": 60},
            "HEALTH_DAYS_PER_ATHLETE",
        ),
    ],
)
def test_the_admin_shows_a_reached_quota_in_its_form(
    cast: Cast, settings: Any, page: str, fields: dict[str, Any], setting: str
):
    setattr(settings, setting, 0)
    User.objects.filter(pk=cast.stella.pk).update(is_superuser=True)
    admin = Client()
    admin.force_login(cast.stella)
    answer = admin.post(f"/admin/metrics/{page}/add/", fields | {"athlete": cast.ada.pk})
    assert answer.status_code == 200
    assert "of one athlete are stored" in answer.content.decode()
