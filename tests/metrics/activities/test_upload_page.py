"""Recordings in over the page: each file with its own result, by the same door as the API."""

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


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(user: User, *files: tuple[str, bytes], athlete: User | None = None, **more: str) -> Any:
    whose = {"athlete": athlete.public_id} if athlete else {}
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return browser(user).post(PAGE, {"files": sent} | more, query_params=whose)


def outcomes(answer: Any) -> list[str]:
    return re.findall(r'data-outcome="(\w+)"', answer.content.decode())


def test_each_file_has_its_result(cast: Cast):
    answer = upload(cast.ada, ("run.gpx", RUN), ("notes.txt", b"hello"), ("again.gpx", RUN))
    assert outcomes(answer) == ["stored", "refused", "there"]
    page = answer.content.decode()
    assert "1.8 km in 0:10:00" in page
    assert "9 Jun 2026, 08:00" in page  # on the clocks of Madrid
    assert Activity.objects.get().athlete_id == cast.ada.pk


def test_units_are_those_the_viewer_chose(cast: Cast):
    Athlete.objects.filter(pk=cast.ada.pk).update(unit_system="imperial")
    assert "1.1 mi in 0:10:00" in upload(cast.ada, ("run.gpx", RUN)).content.decode()


def test_a_coach_uploads_for_an_athlete_and_an_assistant_does_not(cast: Cast):
    assert outcomes(upload(cast.carl, ("run.gpx", RUN), athlete=cast.ada)) == ["stored"]
    assert Activity.objects.get().athlete_id == cast.ada.pk
    assert upload(cast.asha, ("run.gpx", RUN), athlete=cast.ada).status_code == 403


def test_a_recording_that_breaks_off_can_be_stored_as_far_as_it_goes(cast: Cast):
    broken = encode_fit(build_steady_run(duration_s=600))[:-2_000]
    refused = upload(cast.ada, ("run.fit", broken))
    assert outcomes(refused) == ["refused"]
    assert "data-partial" in refused.content.decode()
    assert outcomes(upload(cast.ada, ("run.fit", broken), accept_partial="on")) == ["stored"]


def test_a_file_larger_than_the_api_takes_is_refused_and_the_others_are_not(cast: Cast, settings: Any):
    settings.UPLOAD_MAX_BYTES = len(RUN)
    assert outcomes(upload(cast.ada, ("long.gpx", RUN + b" "), ("run.gpx", RUN))) == ["refused", "stored"]


def test_an_archive_is_to_be_unpacked_whatever_it_is_called(cast: Cast):
    answer = upload(cast.ada, ("runs.fit", b"PK\x03\x04" + RUN), ("run.gpx", RUN))
    assert outcomes(answer) == ["refused", "stored"]
    page = answer.content.decode()
    assert "Unpack it, then choose its files" in page
    assert "Export it again" not in page


def test_a_form_without_a_file_says_so(cast: Cast):
    assert "Choose at least one file" in upload(cast.ada).content.decode()


def test_a_coach_finds_only_those_they_may_record_for(cast: Cast):
    page = browser(cast.carl).get(PAGE, {"search": "example.test"}).content.decode()
    found = re.findall(rf"{reverse('upload-page')}\?athlete=(\w+)", page)
    assert set(found) == {user.public_id for user in (cast.ada, cast.ben, cast.carl)}


@pytest.mark.parametrize("name", ['<b>"x".gpx', "a\u202eb.gpx", "é" * 80 + ".gpx"])
def test_the_name_of_a_file_is_text(cast: Cast, name: str):
    page = upload(cast.ada, (name, RUN)).content.decode()
    assert "<b>" not in page
    assert outcomes(upload(cast.ada, (name, RUN))) == ["there"]
