"""A POST that is sent again with its Idempotency-Key makes nothing new and gets the first answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from athletes.access.idempotency import delete_old_answers
from athletes.models import ApiKey, KeptAnswer, User
from coaching.models import Race
from metrics.files.xml.writer import encode_fit
from metrics.models import Activity, ImportFile
from tests.support.cast import NOON, ApiClient, Cast
from tests.support.error_shape import assert_error
from tests.support.recordings import build_steady_run

pytestmark = pytest.mark.django_db
RACE = {"race_name": "Harbour 10", "race_date": "2027-05-01", "distance": 10_000}


def create_race(user: User, key: str, **more: Any) -> Any:
    path = "/api/v1/races"
    return ApiClient(user).post(
        path, RACE | more, content_type="application/json", headers={"Idempotency-Key": key}
    )


def test_call_sent_twice_makes_one_row_and_gets_the_same_answer(cast: Cast):
    first, again = create_race(cast.ada, "a-1"), create_race(cast.ada, "a-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert [answer.headers.get("Idempotency-Replayed") for answer in (first, again)] == [None, "true"]
    assert Race.objects.count() == 1


def test_order_of_the_fields_of_a_body_does_not_matter(cast: Cast):
    path = "/api/v1/races"
    bodies = (RACE, dict(reversed(RACE.items())))
    for body in bodies:
        ApiClient(cast.ada).post(
            path, body, content_type="application/json", headers={"Idempotency-Key": "a-1"}
        )
    assert Race.objects.count() == 1


def test_another_body_or_address_with_the_same_key_is_refused(cast: Cast):
    create_race(cast.ada, "a-1")
    assert_error(
        create_race(cast.ada, "a-1", race_name="Other"), 422, "IDEMPOTENCY_KEY_REUSED", "Idempotency-Key"
    )
    other = ApiClient(cast.ada).post(
        "/api/v1/activities",
        {},
        content_type="application/json",
        headers={"Idempotency-Key": "a-1"},
    )
    assert_error(other, 422, "IDEMPOTENCY_KEY_REUSED", "Idempotency-Key")
    assert Race.objects.count() == 1


def test_a_key_belongs_to_one_caller(cast: Cast):
    for user in (cast.ada, cast.ben):
        assert "Idempotency-Replayed" not in create_race(user, "a-1").headers
    assert Race.objects.count() == 2


def test_refused_call_is_not_kept_and_can_be_sent_again(cast: Cast):
    assert create_race(cast.ada, "a-1", distance=-1).status_code == 400
    assert create_race(cast.ada, "a-1").status_code == 201
    assert create_race(cast.ben, "a-1").status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "ä", "x" * 256])
def test_impossible_key_is_named(cast: Cast, key: str):
    assert_error(create_race(cast.ada, key), 400, "INVALID_IDEMPOTENCY_KEY", "Idempotency-Key")
    assert not Race.objects.exists()


def test_key_works_for_a_day(cast: Cast):
    with time_machine.travel(NOON, tick=False):
        create_race(cast.ada, "a-1")
    with time_machine.travel(NOON + timedelta(hours=25), tick=False):
        assert "Idempotency-Replayed" not in create_race(cast.ada, "a-1").headers
        assert "Idempotency-Replayed" in create_race(cast.ada, "a-1").headers
    assert (Race.objects.count(), KeptAnswer.objects.count()) == (2, 1)
    delete_old_answers(NOON + timedelta(hours=50))
    assert not KeptAnswer.objects.exists()


def test_kept_answer_shows_no_secret(cast: Cast):
    path, body = f"/api/v1/organizations/{cast.harbour.public_id}/api_keys", {"name": "x", "scopes": ["read"]}
    api, headers = ApiClient(cast.hanna), {"Idempotency-Key": "k"}
    answers = [
        api.post(path, body, content_type="application/json", headers=headers).json() for _ in range(2)
    ]
    assert answers[0]["data"]["secret"] == answers[1]["data"]["secret"]
    assert ApiKey.objects.count() == 1
    kept = KeptAnswer.objects.get()
    assert answers[0]["data"]["secret"].encode() not in bytes(kept.sealed)
    assert str(cast.hanna.pk) not in f"{kept.digest} {kept.question}"


def test_upload_sent_twice_gets_the_first_answer_and_another_file_is_refused(cast: Cast):
    def upload(data: bytes) -> Any:
        file = SimpleUploadedFile("run.fit", data)
        headers = {"Idempotency-Key": "u"}
        return ApiClient(cast.ada).post("/api/v1/activities/upload", {"file": file}, headers=headers)

    first, again = upload(encode_fit(build_steady_run())), upload(encode_fit(build_steady_run()))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Activity.objects.count() == 1
    assert upload(b"other").status_code == 422


def test_refused_upload_is_still_kept_with_its_reason(cast: Cast):
    file, headers = SimpleUploadedFile("run.fit", b"no recording"), {"Idempotency-Key": "u"}
    answer = ApiClient(cast.ada).post("/api/v1/activities/upload", {"file": file}, headers=headers)
    assert answer.status_code == 400
    assert ImportFile.objects.get(athlete=cast.ada.athlete).status == "refused"


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_make_one_row(cast: Cast):
    def send(_: int) -> Any:
        try:
            return create_race(cast.ada, "a-1")
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(send, range(10)))
    assert Race.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    made = {answer.content for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert create_race(cast.ada, "a-1").content in made


def test_body_of_too_many_levels_is_refused(cast: Cast):
    body = b'{"race_name":' + b"[" * 500 + b"]" * 500 + b"}"
    headers = {"Idempotency-Key": "k"}
    answer = ApiClient(cast.ada).post("/api/v1/races", body, content_type="application/json", headers=headers)
    assert_error(answer, 400, "INVALID_JSON")
