"""The upload page: a few recordings have their results at once, anything else becomes an import."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from athletes.models import Athlete, User
from metrics.files.xml.writer import encode_fit, encode_gpx
from metrics.models import Activity, Import
from tests.metrics.imports.import_fixtures import send_files
from tests.support.cast import Cast
from tests.support.recordings import build_steady_run

RUN = encode_gpx(build_steady_run(duration_s=600))
PAGE = "/upload"


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload_files(user: User, *files: tuple[str, bytes], athlete: User | None = None, **fields: str) -> Any:
    query = {"athlete": athlete.public_id} if athlete else {}
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return sign_in(user).post(PAGE, {"files": sent} | fields, query_params=query)


def find_outcomes(answer: Any) -> list[str]:
    return re.findall(r'data-outcome="(\w+)"', answer.content.decode())


def test_each_file_has_its_own_result(cast: Cast):
    answer = upload_files(cast.ada, ("run.gpx", RUN), ("notes.txt", b"hello"), ("again.gpx", RUN))
    assert find_outcomes(answer) == ["stored", "refused", "there"]
    page = answer.content.decode()
    assert "1.8 km in 0:10:00" in page
    assert "9 Jun 2026, 08:00" in page  # the local time in Madrid
    assert Activity.objects.get().athlete_id == cast.ada.pk


def test_the_page_is_marked_in_the_menu(cast: Cast):
    for query in ({}, {"athlete": cast.ada.public_id}):
        page = sign_in(cast.carl).get(PAGE, query).content.decode()
        assert re.findall(r'<a href="([^"]+)" aria-current="page"', page) == [PAGE]


def test_the_page_uses_the_units_of_the_viewer(cast: Cast):
    Athlete.objects.filter(pk=cast.ada.pk).update(unit_system="imperial")
    assert "1.1 mi in 0:10:00" in upload_files(cast.ada, ("run.gpx", RUN)).content.decode()


def test_a_coach_can_upload_for_an_athlete_and_an_assistant_cannot(cast: Cast):
    assert find_outcomes(upload_files(cast.carl, ("run.gpx", RUN), athlete=cast.ada)) == ["stored"]
    assert Activity.objects.get().athlete_id == cast.ada.pk
    assert upload_files(cast.asha, ("run.gpx", RUN), athlete=cast.ada).status_code == 403


def test_an_incomplete_recording_can_be_stored_as_far_as_possible(cast: Cast):
    incomplete = encode_fit(build_steady_run(duration_s=600))[:-2_000]
    answer = upload_files(cast.ada, ("run.fit", incomplete))
    assert find_outcomes(answer) == ["refused"]
    assert "data-partial" in answer.content.decode()
    assert find_outcomes(upload_files(cast.ada, ("run.fit", incomplete), accept_partial="on")) == ["stored"]


def test_a_file_above_the_limit_is_refused_and_other_files_are_stored(cast: Cast, settings: Any):
    settings.UPLOAD_MAX_BYTES = len(RUN)
    assert find_outcomes(upload_files(cast.ada, ("long.gpx", RUN + b" "), ("run.gpx", RUN))) == [
        "refused",
        "stored",
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("runs.fit", b"PK\x03\x04"),
        ("export.xml", b"\xef\xbb\xbf<?xml version='1.0'?><HealthData>"),
        ("days.csv", b"date,hrv,rhr\n2026-06-01,60,45\n"),
        ("UDSFile.json", b'[{"calendarDate": "2026-06-01"}]'),
    ],
)
def test_an_archive_or_a_table_becomes_an_import(cast: Cast, name: str, content: bytes):
    answer = upload_files(cast.ada, (name, content), ("run.gpx", RUN))
    parent = Import.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/imports/{parent.public_id}")
    assert (parent.athlete_id, parent.made_by_id, parent.status) == (cast.ada.pk, cast.ada.pk, "queued")
    assert not Activity.objects.exists()


def test_many_files_become_an_import(cast: Cast):
    upload_files(cast.ada, *((f"{number}.gpx", RUN) for number in range(11)))
    assert Import.objects.get().filename == "11 files"


def test_looking_first_is_an_import_that_stores_nothing(cast: Cast):
    upload_files(cast.ada, ("run.gpx", RUN), dry_run="on", accept_partial="on")
    parent = Import.objects.get()
    assert (parent.is_dry_run, parent.accept_partial) == (True, True)


def test_a_coach_brings_an_archive_for_an_athlete(cast: Cast):
    upload_files(cast.carl, ("runs.zip", b"PK\x03\x04"), athlete=cast.ada)
    parent = Import.objects.get()
    assert (parent.athlete_id, parent.made_by_id, parent.may_write_health) == (
        cast.ada.pk,
        cast.carl.pk,
        True,
    )


def test_a_refused_file_is_kept_with_its_reason(cast: Cast):
    page = upload_files(cast.ada, ("notes.txt", b"hello")).content.decode()
    parent = Import.objects.get()
    assert f'href="/imports/{parent.public_id}"' in page
    file = parent.files.get()
    assert (file.name, file.status, bool(file.reason), file.kept_bytes) == ("notes.txt", "refused", True, 5)


def test_an_athlete_with_five_waiting_imports_is_told_to_wait(cast: Cast):
    for number in range(5):
        send_files(cast.ada, {"1.fit": b"%d" % number})
    page = upload_files(cast.ada, ("runs.zip", b"PK\x03\x04")).content.decode()
    assert "Wait for one of them." in page


def test_a_form_without_a_file_gets_a_message(cast: Cast):
    assert "Choose at least one file" in upload_files(cast.ada).content.decode()


def test_the_search_finds_only_athletes_whom_the_coach_may_record_for(cast: Cast):
    page = sign_in(cast.carl).get(PAGE, {"search": "example.test"}).content.decode()
    athlete_ids = re.findall(rf"{reverse('upload-page')}\?athlete=(\w+)", page)
    assert set(athlete_ids) == {user.public_id for user in (cast.ada, cast.ben, cast.carl)}


@pytest.mark.parametrize("name", ['<b>"x".gpx', "a\u202eb.gpx", "é" * 80 + ".gpx"])
def test_a_file_name_with_markup_is_shown_as_text(cast: Cast, name: str):
    page = upload_files(cast.ada, (name, RUN)).content.decode()
    assert "<b>" not in page
    assert find_outcomes(upload_files(cast.ada, (name, RUN))) == ["there"]
