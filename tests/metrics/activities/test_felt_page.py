"""The short form that asks how an activity felt: on top of the page, after an upload, and alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from athletes.models import Consent, User
from metrics.files.xml.writer import encode_gpx
from metrics.models import Activity
from tests.support.cast import NOON, Cast, create_run
from tests.support.compare_pages import collapse_white_space
from tests.support.recordings import build_steady_run

ANSWERS = {"feel": "2", "perceived_effort": "8", "pain_score": "3", "pain_where": "left knee",
           "athlete_note": "Legs like\r\nlead"}  # fmt: skip
SAID: dict[str, Any] = {"feel": 2, "perceived_effort": 8, "pain_score": 3, "pain_where": "left knee",
        "athlete_note": "Legs like\nlead"}  # fmt: skip


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def get_page(user: User, path: str) -> str:
    answer = sign_in(user).get(path)
    assert answer.status_code == 200
    return collapse_white_space(answer.content.decode())


def send_felt(user: User, activity: Activity, **answers: str) -> Any:
    return sign_in(user).post(f"/activities/{activity.public_id}/felt", answers)


def read_said(activity: Activity) -> dict[str, Any]:
    return {name: getattr(Activity.objects.get(pk=activity.pk), name) for name in SAID}


def test_one_save_stores_every_answer_and_the_page_shows_them(cast: Cast):
    run = create_run(cast.ada, name="Kept")
    answer = send_felt(cast.ada, run, **ANSWERS)
    assert (answer.status_code, answer["Location"]) == (302, f"/activities/{run.public_id}")
    assert read_said(run) == SAID
    assert Activity.objects.get(pk=run.pk).name == "Kept"
    page = get_page(cast.carl, answer["Location"])
    for fact in ("<dd><bdi>weak</bdi></dd>", "<dd>8 of 10</dd>", "<bdi>3 of 10, left knee</bdi>"):
        assert fact in page


def test_the_questions_are_open_on_top_of_ones_own_activity_until_answered(cast: Cast):
    run = create_run(cast.ada)
    path = f"/activities/{run.public_id}"
    page = get_page(cast.ada, path)
    assert page.index("How was it?") < page.index("In numbers")
    assert page.count('name="feel"') == 2 * 6  # and in "Edit activity"
    send_felt(cast.ada, run, feel="4")
    page = get_page(cast.ada, path)
    assert "How was it?" not in page
    assert page.index("Change how it felt") < page.index("In numbers")
    assert "How was it?" not in get_page(cast.carl, path)
    assert "Change how it felt" not in get_page(cast.carl, path)


def test_ids_of_the_two_forms_of_the_page_differ(cast: Cast):
    page = get_page(cast.ada, f"/activities/{create_run(cast.ada).public_id}")
    ids = [part.partition('"')[0] for part in page.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


def test_an_answer_that_is_emptied_is_deleted_and_others_stay(cast: Cast):
    run = create_run(cast.ada, **SAID)
    send_felt(cast.ada, run, **ANSWERS | {"feel": "", "pain_score": "", "pain_where": ""})
    assert read_said(run) == SAID | {"feel": None, "pain_score": None, "pain_where": ""}


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"feel": "6"}, "less than or equal to 5"),
        ({"pain_where": "knee"}, "Choose a number, or leave both empty."),
        ({"athlete_note": "turned \u202e round"}, "Use plain text"),
    ],
)
def test_wrong_answers_are_shown_beside_the_question(cast: Cast, answers: dict[str, str], message: str):
    run = create_run(cast.ada)
    answer = send_felt(cast.ada, run, **answers)
    assert (answer.status_code, message in answer.content.decode()) == (200, True)
    assert read_said(run)["feel"] is None


def test_a_coach_without_health_is_not_asked_about_pain(cast: Cast):
    run = create_run(cast.ada, **SAID)
    Consent.objects.create(
        athlete=cast.ada.athlete, organization=cast.harbour, category="health", granted=False, changed_at=NOON
    )
    page = get_page(cast.carl, f"/activities/{run.public_id}/felt")
    assert ("left knee" in page, "pain_score" in page, "Legs like" in page) == (False, False, True)
    assert send_felt(cast.carl, run, pain_score="1").status_code == 200  # refused: no such field
    assert read_said(run) == SAID


def test_the_result_of_ones_own_upload_asks_and_that_of_a_coach_does_not(cast: Cast):
    file = encode_gpx(build_steady_run(duration_s=600))
    path = f"/upload?athlete={cast.ada.public_id}"
    for user, is_asked in ((cast.carl, False), (cast.ada, True)):
        answer = sign_in(user).post(path, {"files": SimpleUploadedFile("run.gpx", file)})
        page = answer.content.decode()
        assert (f'action="/activities/{Activity.objects.get().public_id}/felt"' in page) == is_asked


def test_words_are_shown_as_text(cast: Cast):
    run = create_run(cast.ada)
    send_felt(cast.ada, run, athlete_note="<script>alert(1)</script> =cmd() שלום", pain_score="1",
              pain_where="<b>knee</b>")  # fmt: skip
    for user in (cast.ada, cast.carl):
        page = get_page(user, f"/activities/{run.public_id}")
        assert ("<script>alert" in page, "<b>knee" in page) == (False, False)
        assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt; =cmd() שלום</bdi>" in page
