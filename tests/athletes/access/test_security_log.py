"""The security log: a file of its own for events about access rights and for refused requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from logging.config import dictConfig
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from astral import logs
from athletes.accounts.limits.use_limits import UseLimitReached
from athletes.accounts.tokens import create_token
from tests.support.cast import NOON, ApiClient, Cast, create_run

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(settings: Any, tmp_path: Path) -> Iterator[Lines]:
    """The lines of the file, while the other log is for people."""
    path = tmp_path / "security.log"
    dictConfig(logs.build_logging_config("console", str(path)))
    yield lambda: [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    dictConfig(settings.LOGGING)


def test_an_event_is_there_with_the_line_of_its_request(
    cast: Cast, lines: Lines, django_capture_on_commit_callbacks: Any
):
    activity = create_run(cast.ada)
    ApiClient(cast.carl).get("/api/v1/auth/me")
    assert lines() == []
    with django_capture_on_commit_callbacks(execute=True):
        ApiClient(cast.carl).delete(f"/api/v1/activities/{activity.public_id}")
    request, event = lines()
    assert (event["event"], event["athlete"]) == ("activity_deleted", logs.opaque_id(cast.ada.pk))
    assert (request["method"], request["status"], request["address"]) == ("DELETE", 204, "127.0.0.1")
    assert request["caller"] == f"person {logs.opaque_id(cast.carl.pk)}"
    assert request["request_id"]
    ApiClient(cast.carl).get("/api/v1/auth/me")
    assert len(lines()) == 2  # the event belongs to one request


@pytest.mark.parametrize(("signed_in", "status"), [(False, 401), (True, 403)])
def test_a_refused_request_is_there(cast: Cast, lines: Lines, signed_in: bool, status: int):
    client = ApiClient(cast.carl) if signed_in else Client()
    client.get(f"/api/v1/athletes/{cast.zoe.public_id}")
    [line] = lines()
    assert (line["event"], line["status"], line["path"]) == ("request", status, "/api/v1/athletes/<id>")


def test_a_reached_limit_is_there_although_the_transaction_is_rolled_back(
    cast: Cast, lines: Lines, settings: Any
):
    settings.TOKENS_PER_HOUR = 1
    create_token(cast.ada, NOON)
    with pytest.raises(UseLimitReached):
        create_token(cast.ada, NOON)
    [line] = lines()
    assert (line["event"], line["account"]) == ("limit_reached", logs.opaque_id(cast.ada.pk))


def test_without_the_setting_there_is_one_handler():
    assert logs.build_logging_config("json")["handlers"].keys() == {"stderr"}
