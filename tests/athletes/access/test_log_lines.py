"""Operators find in the log who called, with what credential and from where, and which rights changed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from logging.config import dictConfig
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from astral import logs
from athletes.models import Membership, User
from athletes.organizations.api_keys import create_api_key
from athletes.organizations.consent import change_consent
from athletes.organizations.membership import change_membership, hand_over_organization, leave_organization
from athletes.personal_data.archive import build_personal_archive
from coaching.calendar.feed.addresses import make_feed
from tests.support.cast import NOON, PASSWORD, ApiClient, Cast

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(settings: Any) -> Iterator[Lines]:
    """The log lines in production's format."""
    stream = StringIO()
    dictConfig(logs.build_logging_config("json"))
    [handler] = [item for item in logging.getLogger().handlers if type(item) is logging.StreamHandler]
    handler.setStream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    dictConfig(settings.LOGGING)


def request_lines(lines: Lines) -> list[tuple[str, str, str]]:
    found = [line for line in lines() if line["event"] == "request"]
    return [(line["caller"], line["credential"], line["address"]) for line in found]


def test_request_line_names_the_caller_of_a_token(cast: Cast, lines: Lines):
    ApiClient(cast.ada).get("/api/v1/auth/me")
    assert request_lines(lines) == [(f"person {logs.opaque_id(cast.ada.pk)}", "token", "127.0.0.1")]


def test_request_line_names_whose_data_was_asked_for(cast: Cast, lines: Lines):
    for viewer, person in ((cast.carl, cast.ada), (cast.carl, cast.zoe), (cast.ada, cast.ada)):
        ApiClient(viewer).get("/api/v1/health/days", {"user_id": person.public_id})
    ApiClient(cast.carl).get("/api/v1/auth/me")
    about = [line["about"] for line in lines() if line["event"] == "request"]
    assert about == [logs.opaque_id(user.pk) for user in (cast.ada, cast.zoe, cast.ada)] + [None]


def test_request_line_names_the_caller_of_a_session(cast: Cast, lines: Lines):
    browser = Client()
    browser.force_login(cast.stella, backend="django.contrib.auth.backends.ModelBackend")
    browser.get("/settings")
    assert request_lines(lines) == [(f"staff {logs.opaque_id(cast.stella.pk)}", "session", "127.0.0.1")]


def test_request_line_names_the_key(cast: Cast, lines: Lines):
    key, secret = create_api_key(cast.harbour, "x", ["read"], NOW + timedelta(days=9_999), cast.hanna)
    Client(headers={"X-API-Key": secret}).get("/api/v1/health/days")
    assert request_lines(lines) == [(f"key {logs.opaque_id(key.pk)}", "key", "127.0.0.1")]


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/auth/me", "/settings"])
def test_request_line_of_nobody_is_anonymous(db: None, lines: Lines, path: str):
    Client().get(path)
    assert request_lines(lines) == [("anonymous", "none", "127.0.0.1")]


def test_log_lines_hold_no_id_name_or_address_of_the_caller(cast: Cast, lines: Lines):
    ApiClient(cast.ada).get(f"/api/v1/athletes/{cast.ada.public_id}")
    text = json.dumps(lines())
    assert not [
        value for value in (str(cast.ada.pk), cast.ada.public_id, cast.ada.email, "Ada") if value in text
    ]


def test_log_lines_hold_no_secret_of_a_calendar(cast: Cast, lines: Lines):
    for secret in (make_feed(cast.ada.athlete, NOON)[1], "not-a-secret"):
        Client().get(f"/calendar/{secret}.ics")
        assert secret not in json.dumps(lines())
    assert "/calendar/<secret>.ics" in json.dumps(lines())


def refuse_sign_in(cast: Cast) -> None:
    account = {"email": cast.ada.email, "password": "a guess"}
    assert Client().post("/api/v1/auth/login", account, content_type="application/json").status_code == 401


def lock_sign_in(cast: Cast) -> None:
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    for _ in range(3):
        account = {"email": cast.ada.email, "password": "a guess"}
        answer = Client().post("/api/v1/auth/login", account, content_type="application/json")
    assert answer.status_code == 429


def make_key(cast: Cast) -> None:
    create_api_key(cast.harbour, "x", ["read"], NOW, cast.hanna)


def withdraw_consent(cast: Cast) -> None:
    change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOW)


def change_role(cast: Cast) -> None:
    change_membership(Membership.objects.get(user=cast.asha), {"role": "coach"})


def leave(cast: Cast) -> None:
    leave_organization(Membership.objects.get(user=cast.ada))


def hand_over(cast: Cast) -> None:
    hand_over_organization(cast.harbour, cast.carl.pk, cast.hanna, NOON)


def export(cast: Cast) -> None:
    next(build_personal_archive(cast.ada, NOW))


def refuse_sign_in_to_admin(cast: Cast) -> None:
    Client().post("/admin/login/", {"username": cast.stella.email, "password": "a guess"})


@pytest.mark.parametrize(
    ("act", "event"),
    [
        (refuse_sign_in, "sign_in_refused"),
        (refuse_sign_in_to_admin, "sign_in_refused"),
        (lock_sign_in, "sign_in_locked"),
        (make_key, "api_key_created"),
        (withdraw_consent, "consent_withdrawn"),
        (change_role, "membership_changed"),
        (leave, "membership_ended"),
        (hand_over, "organization_handed_over"),
        (export, "data_exported"),
    ],
)
def test_a_change_of_rights_is_an_event(
    cast: Cast,
    lines: Lines,
    settings: Any,
    act: Callable[[Cast], None],
    event: str,
    django_capture_on_commit_callbacks: Any,
):
    settings.AXES_FAILURE_LIMIT = 3
    with django_capture_on_commit_callbacks(execute=True):
        act(cast)
    assert event in {line["event"] for line in lines()}
    assert not [user.email for user in User.objects.all() if user.email in json.dumps(lines())]


def test_command_prints_the_id_of_the_log(cast: Cast, capsys: pytest.CaptureFixture[str]):
    for name in (cast.ada.public_id, cast.ada.email):
        call_command("log_id", name)
        assert capsys.readouterr().out.strip() == logs.opaque_id(cast.ada.pk)


@pytest.mark.parametrize("text", ["nobody@example.test", "usr_1", "act_01", "text"])
def test_command_refuses_what_it_does_not_know(db: None, text: str):
    with pytest.raises(CommandError):
        call_command("log_id", text)
