"""The upload page: each file has its own result, with the rules of the API."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from athletes.models import Athlete, User
from metrics.files.xml.writer import encode_fit, encode_gpx
from metrics.models import Activity
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


def test_a_zip_with_another_name_gets_the_advice_to_unpack_it(cast: Cast):
    answer = upload_files(cast.ada, ("runs.fit", b"PK\x03\x04" + RUN), ("run.gpx", RUN))
    assert find_outcomes(answer) == ["refused", "stored"]
    page = answer.content.decode()
    assert "Unpack it, then choose its files" in page
    assert "Export it again" not in page


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
