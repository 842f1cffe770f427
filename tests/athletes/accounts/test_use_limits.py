"""What an account may do only so often: tokens, refreshes, exports and invitations by e-mail."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from knox.models import AuthToken

from astral.http.errors import ApiError
from athletes.accounts.limits.use_limits import EXPORTS, count_use, delete_old_use_counters
from athletes.accounts.tokens import create_token
from athletes.models import UseCounter, User
from athletes.organizations.api_keys import create_api_key
from tests.support.cast import NOON, PASSWORD, ApiClient, Cast, create_run
from tests.support.error_shape import assert_error

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STATS = "/api/v1/analytics/fitness_stats"


@pytest.fixture
def clock(db: None) -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def ada(cast: Cast) -> User:
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    return cast.ada


def sign_in() -> Any:
    account = {"email": "ada@example.test", "password": PASSWORD}
    return Client().post("/api/v1/auth/login", account, content_type="application/json")


def test_an_account_gets_a_number_of_tokens_an_hour(ada: User, settings: Any, clock: Any):
    settings.TOKENS_PER_HOUR = 2
    assert [sign_in().status_code for _ in range(2)] == [200, 200]
    clock.shift(timedelta(minutes=50))
    refused = sign_in()
    assert_error(refused, 429, "LIMIT_REACHED")
    assert "at most 2 new tokens an hour" in refused.json()["error"]
    assert refused.headers["Retry-After"] == "600"
    assert AuthToken.objects.count() == 2
    clock.shift(timedelta(minutes=10))
    assert sign_in().status_code == 200


def test_an_account_has_a_number_of_valid_tokens(ada: User, settings: Any, clock: Any):
    settings.TOKENS_PER_ACCOUNT = 2
    tokens = [sign_in().json()["access_token"] for _ in range(2)]
    refused = sign_in()
    assert_error(refused, 409, "TOO_MANY_TOKENS")
    assert "at most 2 valid tokens" in refused.json()["error"]
    headers = {"Authorization": f"Bearer {tokens[0]}"}
    assert Client().post("/api/v1/auth/logout", headers=headers).status_code == 204
    assert sign_in().status_code == 200
    clock.shift(31 * DAY)  # an expired token does not count
    assert sign_in().status_code == 200


def test_a_refused_token_is_no_failed_sign_in(ada: User, settings: Any, clock: Any):
    settings.TOKENS_PER_ACCOUNT = 1
    settings.AXES_FAILURE_LIMIT = 3
    sign_in()
    assert {sign_in().status_code for _ in range(6)} == {409}


def test_the_page_of_tokens_says_why_there_is_no_new_one(cast: Cast, settings: Any):
    settings.TOKENS_PER_ACCOUNT = 1
    browser = Client()
    browser.force_login(cast.ada)
    assert "Copy it now" in browser.post("/settings/tokens").content.decode()
    answer = browser.post("/settings/tokens", follow=True).content.decode()
    assert "at most 1 valid tokens" in answer
    assert "Copy it now" not in answer


@pytest.mark.django_db(transaction=True)
def test_tokens_created_at_once_do_not_exceed_the_limit(cast: Cast, settings: Any):
    settings.TOKENS_PER_ACCOUNT = 3

    def create(_: int) -> bool:
        try:
            create_token(cast.ada, NOON)
        except ApiError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(create, range(8))) == 3


@pytest.mark.django_db(transaction=True)
def test_uses_counted_at_once_do_not_exceed_the_limit(cast: Cast, settings: Any):
    settings.EXPORTS_PER_DAY = 3

    def count(_: int) -> bool:
        try:
            count_use(cast.ada.pk, EXPORTS, NOON)
        except ApiError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(count, range(8))) == 3


def get_answer_to_refresh(client: Client, cast: Cast, call: str) -> Any:
    paths = {
        "statistics": f"{STATS}?user_id={cast.ada.public_id}&refresh=1",
        "profile": f"/api/v1/analytics/athlete_profile?user_id={cast.ada.public_id}&refresh=1",
        "roster": f"/api/v1/analytics/coach_athletes_metrics?org_id={cast.harbour.public_id}&refresh=1",
    }
    return client.get(paths[call])


@pytest.mark.parametrize("call", ["statistics", "profile", "roster"])
def test_refresh_is_limited_and_a_read_without_it_is_not(cast: Cast, settings: Any, clock: Any, call: str):
    settings.REFRESHES_PER_HOUR = 2
    create_run(cast.ada)
    api = ApiClient(cast.carl)
    assert [get_answer_to_refresh(api, cast, call).status_code for _ in range(2)] == [200, 200]
    refused = get_answer_to_refresh(api, cast, call)
    assert_error(refused, 429, "LIMIT_REACHED")
    assert refused.headers["Retry-After"] == "3600"
    assert api.get(f"{STATS}?user_id={cast.ada.public_id}").status_code == 200
    assert get_answer_to_refresh(ApiClient(cast.hanna), cast, call).status_code == 200


def test_all_keys_of_a_club_have_one_limit_of_refreshes(cast: Cast, settings: Any, clock: Any):
    settings.REFRESHES_PER_HOUR = 2
    create_run(cast.ada)
    secrets = [
        create_api_key(cast.harbour, "dashboard", ["read"], NOON + DAY, cast.hanna)[1] for _ in range(3)
    ]
    clients = [Client(headers={"X-API-Key": secret}) for secret in secrets]
    answers = [get_answer_to_refresh(client, cast, "statistics").status_code for client in clients]
    assert answers == [200, 200, 429]


def test_personal_data_is_exported_a_number_of_times_a_day(cast: Cast, settings: Any, clock: Any):
    settings.EXPORTS_PER_DAY = 2
    api, path = ApiClient(cast.ada), f"/api/v1/athletes/{cast.ada.public_id}/export"
    for _ in range(2):
        answer: Any = api.get(path)
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content).startswith(b"PK")
    assert_error(api.get(path), 429, "LIMIT_REACHED")
    clock.shift(DAY)
    assert api.get(path).status_code == 200


def invite(cast: Cast, number: int) -> Any:
    path = f"/api/v1/organizations/{cast.harbour.public_id}/members/invite"
    return ApiClient(cast.hanna).send_json("post", path, {"email": f"runner{number}@example.test"})


def test_an_account_sends_a_number_of_invitations_a_day(cast: Cast, settings: Any, clock: Any):
    settings.INVITATION_EMAILS_PER_DAY = 2
    assert [invite(cast, number).status_code for number in range(2)] == [201, 201]
    refused = invite(cast, 3)
    assert_error(refused, 429, "LIMIT_REACHED")
    assert "Create an invitation link instead" in refused.json()["error"]
    assert len(mail.outbox) == 2
    path = f"/api/v1/organizations/{cast.harbour.public_id}/invitations"
    assert ApiClient(cast.hanna).send_json("post", path, {}).status_code == 201


def test_an_invitation_that_the_mail_server_refuses_does_not_count(cast: Cast, settings: Any, clock: Any):
    settings.INVITATION_EMAILS_PER_DAY = 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert_error(invite(cast, 1), 400, "EMAIL_NOT_SENT")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert invite(cast, 1).status_code == 201


def test_counters_are_deleted_after_a_day(cast: Cast):
    count_use(cast.ada.pk, EXPORTS, NOON)
    delete_old_use_counters(NOON + DAY)
    assert UseCounter.objects.exists()
    delete_old_use_counters(NOON + DAY + timedelta(seconds=1))
    assert not UseCounter.objects.exists()
