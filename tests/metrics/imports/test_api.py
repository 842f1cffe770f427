"""The API of imports: who sees one, and what can be done with it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from athletes.models import Consent, User
from athletes.organizations.api_keys import create_api_key
from metrics.imports.files.run import run_import
from metrics.models import Activity, Import
from tests.metrics.imports.import_fixtures import (
    WORK,
    build_day_run,
    build_entry_item,
    build_recording_item,
    build_zip,
    run,
    send_files,
    send_planned,
)
from tests.support.cast import NOON, ApiClient, Cast
from tests.support.error_shape import assert_error

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/imports"


def post_files(user: User, files: dict[str, bytes], **fields: Any) -> Any:
    sent = [SimpleUploadedFile(name, data) for name, data in files.items()]
    return ApiClient(user).post(ADDRESS, fields | {"file": sent})


def read_import(user: User, import_id: str, path: str = "", **query: Any) -> Any:
    answer = ApiClient(user).get(f"{ADDRESS}/{import_id}{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def address_of(parent: Import, path: str = "") -> str:
    return f"{ADDRESS}/{parent.public_id}{path}"


def refuse_consent(cast: Cast, category: str) -> None:
    Consent.objects.create(
        athlete=cast.ada.athlete,
        organization=cast.harbour,
        category=category,
        granted=False,
        changed_at=NOON,
    )


def test_an_archive_is_accepted_and_its_report_can_be_read(cast: Cast):
    archive = build_zip({"a/1.fit": build_day_run(3), "a/2.gpx": b"<gpx", "notes.txt": b"x"})
    answer = post_files(cast.ada, {"years.zip": archive}, activity_type_if_unknown="run")
    assert answer.status_code == 202
    queued = answer.json()["data"]
    assert queued["status"] == "queued"
    assert queued["progress"] == {"done": 0, "total": 0, "share": 0.0, "seconds_left": None}
    assert queued["found"]["kind"] is None
    run_import(Import.objects.get().pk, WORK)
    done = read_import(cast.ada, queued["import_id"])["data"]
    assert done["status"] == "done"
    assert done["progress"] == {"done": 3, "total": 3, "share": 1.0, "seconds_left": 0.0}
    assert done["found"]["kind"] == "folder"
    assert done["outcomes"]["stored"] == 1
    files = read_import(cast.ada, queued["import_id"], "/files")
    assert files["pagination"]["total"] == 3
    [stored] = read_import(cast.ada, queued["import_id"], "/files", status="stored")["data"]
    [activity] = stored["activities"]
    assert activity == {"activity_id": Activity.objects.get().public_id, "status": "stored"}


def test_several_files_are_one_import_and_flags_are_read(cast: Cast):
    files = {"1.fit": build_day_run(3), "2.fit": build_day_run(6)}
    answer = post_files(cast.ada, files, dry_run="1", accept_partial="true").json()["data"]
    assert (answer["filename"], answer["dry_run"], answer["accept_partial"]) == ("2 files", True, True)


def test_a_form_without_files_or_with_unknown_fields_is_refused(cast: Cast):
    assert_error(ApiClient(cast.ada).post(ADDRESS, {"dry_run": "1"}), 400, "REQUIRED", "file")
    assert_error(post_files(cast.ada, {"1.fit": b"x"}, colour="red"), 400, "UNKNOWN_FIELD", "colour")
    assert not Import.objects.exists()


def test_a_coach_imports_for_an_athlete_and_both_see_it(cast: Cast):
    answer = post_files(cast.carl, {"1.fit": build_day_run(3)}, user_id=cast.ada.public_id)
    assert answer.status_code == 202
    parent = Import.objects.get()
    assert (parent.added_by, parent.made_by, parent.may_write_health) == ("coach", cast.carl, True)
    for user in (cast.ada, cast.carl):
        assert read_import(user, parent.public_id)
        assert ApiClient(user).get(ADDRESS).json()["pagination"]["total"] == 1
    for other in (cast.hanna, cast.ben, cast.zora):
        assert ApiClient(other).get(address_of(parent)).status_code == 403
        assert ApiClient(other).get(ADDRESS).json()["pagination"]["total"] == 0


def test_a_coach_who_may_no_longer_record_sees_it_no_longer(cast: Cast):
    post_files(cast.carl, {"1.fit": build_day_run(3)}, user_id=cast.ada.public_id)
    parent = Import.objects.get()
    Consent.objects.create(
        athlete=cast.ada.athlete,
        organization=cast.harbour,
        category="activities",
        granted=False,
        changed_at=NOON,
    )
    assert ApiClient(cast.carl).get(address_of(parent)).status_code == 403
    assert ApiClient(cast.carl).get(ADDRESS).json()["pagination"]["total"] == 0


def test_without_consent_to_health_a_coach_brings_no_health_data(cast: Cast):
    refuse_consent(cast, "health")
    post_files(cast.carl, {"1.fit": build_day_run(3)}, user_id=cast.ada.public_id)
    assert not Import.objects.get().may_write_health


def test_a_stranger_is_refused_before_the_file_is_read(cast: Cast, imports_dir: Path):
    answer = post_files(cast.zora, {"1.fit": b"x" * 10}, user_id=cast.ada.public_id)
    assert answer.status_code == 403
    assert not list(imports_dir.iterdir())


def test_a_long_body_is_refused_by_its_length(cast: Cast, settings):
    settings.IMPORT_MAX_BYTES = 10
    answer = ApiClient(cast.ada).post(ADDRESS, {"file": SimpleUploadedFile("1.fit", b"x" * 1_100_000)})
    assert_error(answer, 413, "TOO_LARGE")


def test_an_athlete_has_at_most_five_waiting_imports(cast: Cast):
    for number in range(5):
        send_files(cast.ada, {"1.fit": b"%d" % number})
    assert_error(post_files(cast.ada, {"1.fit": b"more"}), 409, "TOO_MANY_IMPORTS")


def test_an_account_starts_only_so_many_imports_a_day(cast: Cast, settings):
    settings.IMPORTS_PER_DAY = 1
    assert post_files(cast.ada, {"1.fit": b"1"}).status_code == 202
    assert_error(post_files(cast.ada, {"2.fit": b"2"}), 429, "LIMIT_REACHED")


def test_delete_cancels_and_start_goes_on(cast: Cast):
    parent, client = send_files(cast.ada, {"1.fit": build_day_run(3)}), ApiClient(cast.ada)
    assert client.delete(address_of(parent)).status_code == 204
    assert run_import(parent.pk, WORK)  # nothing to do
    assert not Activity.objects.exists()
    answer = client.send_json("post", address_of(parent, "/start"))
    assert (answer.status_code, answer.json()["data"]["status"]) == (202, "queued")
    assert run(parent).status == "done"
    assert Activity.objects.exists()
    assert_error(client.delete(address_of(parent)), 409, "ALREADY_DONE")
    assert_error(client.send_json("post", address_of(parent, "/start")), 409, "ALREADY_DONE")


def test_a_dry_run_can_be_made_real_while_its_archive_is_there(cast: Cast):
    parent = run(send_files(cast.ada, {"1.fit": build_day_run(3)}, is_dry_run=True))
    found = read_import(cast.ada, parent.public_id)["data"]
    assert (found["outcomes"]["waiting"], found["found"]["recordings"]) == (1, 1)
    assert ApiClient(cast.ada).send_json("post", address_of(parent, "/start")).status_code == 202
    assert run(parent).done_count == 1
    assert Activity.objects.exists()


def test_refused_files_can_be_tried_again(cast: Cast):
    whole = build_day_run(3, duration_s=900)
    parent = run(send_planned(cast.ada, {"1.fit": whole[:-800]}, [build_recording_item("1.fit")]))
    found = read_import(cast.ada, parent.public_id)["data"]
    assert (found["outcomes"]["refused"], found["retriable"]) == (1, 1)
    answer = ApiClient(cast.ada).send_json("post", address_of(parent, "/retry"), {"accept_partial": True})
    assert answer.status_code == 202, answer.content
    done = run(parent)
    assert (done.status, done.done_count, done.work_done) == ("done", 1, done.work_total)
    file = done.files.get()
    assert (file.status, file.kept_bytes, file.content) == ("stored", 0, None)
    answer = ApiClient(cast.ada).send_json("post", address_of(parent, "/retry"), {})
    assert_error(answer, 409, "NOTHING_TO_RETRY")


def test_the_sport_of_all_that_do_not_name_it_is_set_at_once(cast: Cast):
    recordings = {f"{day}.gpx": build_day_run(day, sport="workout") for day in (1, 4)}
    parent = run(send_files(cast.ada, recordings | {"7.gpx": build_day_run(7, sport="bike")}))
    assert read_import(cast.ada, parent.public_id)["data"]["unknown_sports"] == 2
    body = {"activity_type_if_unknown": "run"}
    answer = ApiClient(cast.ada).send_json("patch", address_of(parent), body)
    assert answer.status_code == 200, answer.content
    assert sorted(Activity.objects.values_list("activity_type", flat=True)) == ["bike", "workout", "workout"]


def test_the_report_is_a_table_for_spreadsheets(cast: Cast):
    parent = run(send_planned(cast.ada, {}, [build_entry_item(name="=1+1")]))
    answer: Any = ApiClient(cast.ada).get(address_of(parent, "/files.csv"))
    text = b"".join(answer.streaming_content).decode()
    assert answer.headers["Content-Type"].startswith("text/csv")
    header, line = text.removeprefix("\ufeff").splitlines()
    assert header.startswith("File,Kind,Outcome")
    assert line.startswith('"activities.csv, line 2",entry,stored,')


def test_a_refused_upload_is_kept_with_its_reason(cast: Cast):
    whole = build_day_run(3, duration_s=900)
    for _ in range(2):  # the second report replaces the first one
        body = {"file": SimpleUploadedFile("1.fit", whole[:-800]), "user_id": cast.ada.public_id}
        answer = ApiClient(cast.carl).post("/api/v1/activities/upload", body)
        assert_error(answer, 400, "PARTIAL_RECORDING", "file")
    [listed] = ApiClient(cast.ada).get(ADDRESS).json()["data"]
    assert (listed["filename"], listed["outcomes"]["refused"], listed["retriable"]) == ("1.fit", 1, 1)
    [file] = read_import(cast.carl, listed["import_id"], "/files")["data"]
    assert (file["code"], file["status"]) == ("PARTIAL_RECORDING", "refused")
    assert "Readable" in file["reason"]
    parent = Import.objects.get()
    ApiClient(cast.ada).send_json("post", address_of(parent, "/retry"), {"accept_partial": True})
    assert run(parent).files.get().status == "stored"
    assert Activity.objects.exists()


def test_a_key_sees_the_imports_of_its_club(cast: Cast):
    until = NOON + timedelta(days=9_000)
    keys = [
        create_api_key(club, "x", ["write"], until, head)[1]
        for club, head in ((cast.harbour, cast.hanna), (cast.hill, cast.zora))
    ]
    own, other = (Client(headers={"X-API-Key": key}, raise_request_exception=False) for key in keys)
    body = {"user_id": cast.ada.public_id, "file": SimpleUploadedFile("1.fit", build_day_run(3))}
    assert own.post(ADDRESS, body).status_code == 202
    parent = Import.objects.get()
    assert (parent.added_by, parent.made_by, parent.organization) == ("api_key", None, cast.harbour)
    assert own.get(address_of(parent)).status_code == 200
    assert own.get(ADDRESS).json()["pagination"]["total"] == 1
    assert other.get(address_of(parent)).status_code == 403
    assert ApiClient(cast.hanna).get(address_of(parent)).status_code == 403
    Import.objects.update(organization=None)  # as if its maker had deleted the account
    assert own.get(address_of(parent)).status_code == 403


def test_lists_take_few_statements(cast: Cast, django_assert_num_queries: Any):
    """Sign-in 1, athletes 1, count 1, page 1; then counts of files and of sports, or activities and ids."""
    for day in (3, 6, 9):
        parent = run(send_files(cast.ada, {"1.fit": build_day_run(day), "2.fit": build_day_run(day + 30)}))
    client = ApiClient(cast.ada)
    with django_assert_num_queries(6):
        assert len(client.get(ADDRESS).json()["data"]) == 3
    with django_assert_num_queries(6):
        assert len(client.get(address_of(parent, "/files")).json()["data"]) == 2
