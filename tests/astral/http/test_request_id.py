"""Every response has a request id, and all log lines of the request have the same id."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from logging.config import dictConfig
from typing import Any

import pytest
import structlog
from django.test import Client

from astral import logs
from tests.support.cast import ApiClient, Cast

pytestmark = pytest.mark.urls("tests.astral.http.faulty_urls")
VALID_IDS = ["a", "7f3c-2b.9_Z", "x" * 64]
INVALID_IDS = ["", " ", "x" * 65, "a b", "a\tb", "ä", "<script>", "a,b", '"', "../x"]


@pytest.fixture
def lines(settings: Any) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The log lines in production's format."""
    stream = StringIO()
    dictConfig(logs.build_logging_config("json"))
    [handler] = [item for item in logging.getLogger().handlers if type(item) is logging.StreamHandler]
    handler.setStream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    dictConfig(settings.LOGGING)


def send_request_id(sent: str) -> str:
    return str(Client().get("/healthz", headers={"X-Request-ID": sent}).headers["X-Request-ID"])


@pytest.mark.parametrize("sent", VALID_IDS)
def test_valid_request_id_is_sent_back(db: None, sent: str):
    assert send_request_id(sent) == sent


@pytest.mark.parametrize("sent", INVALID_IDS)
def test_invalid_request_id_is_replaced(db: None, sent: str):
    assert send_request_id(sent) != sent
    assert len(send_request_id(sent)) == 32


def test_requests_without_id_get_different_ids(db: None):
    assert len({Client().get("/healthz").headers["X-Request-ID"] for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz", 200),
        ("/api/v1/activities", 401),
        ("/nowhere", 404),
        ("/api/nowhere", 404),
        ("/static/nowhere.css", 404),
        ("/broken_page", 500),
        ("/api/broken", 500),
    ],
)
def test_every_response_has_a_request_id(db: None, path: str, status: int):
    answer = Client(raise_request_exception=False).get(path)
    assert answer.status_code == status
    assert answer.headers["X-Request-ID"]


def test_log_lines_of_a_request_are_json_with_its_id(db: None, lines: Callable[[], list[dict[str, Any]]]):
    Client(raise_request_exception=False).get("/api/broken", headers={"X-Request-ID": "find-me"})
    trace, request = lines()
    assert trace["request_id"] == request["request_id"] == "find-me"
    assert trace["level"] == "error"
    assert "ZeroDivisionError" in trace["exception"]
    assert {name: request[name] for name in ("event", "logger", "level", "method", "path", "status")} == {
        "event": "request",
        "logger": "astral.request",
        "level": "info",
        "method": "GET",
        "path": "/api/broken",
        "status": 500,
    }
    assert request["ms"] >= 0
    assert request["timestamp"].endswith("Z")


def test_log_has_no_query_strings_and_bodies(cast: Cast, lines: Callable[[], list[dict[str, Any]]]):
    ApiClient(cast.ada).get("/api/v1/activities?user_id=canary@example.test")
    Client().post(
        "/api/v1/auth/login", {"email": "canary@example.test", "password": "canary"}, "application/json"
    )
    assert [line["status"] for line in lines() if line["event"] == "request"] == [400, 401]
    assert "canary" not in json.dumps(lines())


def test_request_id_is_not_logged_after_its_request(db: None, lines: Callable[[], list[dict[str, Any]]]):
    Client().get("/healthz", headers={"X-Request-ID": "before"})
    structlog.get_logger("astral.test").info("afterwards")
    assert "request_id" not in lines()[-1]


def test_line_break_in_a_path_makes_no_second_log_line(db: None, lines: Callable[[], list[dict[str, Any]]]):
    Client().get("/nowhere%0A%7B%22event%22:%22forged%22%7D")
    [line] = lines()
    assert line["event"] == "request"


def test_request_id_that_looks_like_a_row_id_is_found_in_the_log(
    db: None, lines: Callable[[], list[dict[str, Any]]]
):
    sent = "3f2b8c1e-9d4a-4c6b-8e2f-0a1b2c3d4e5f"
    assert send_request_id(sent) == sent
    assert {line["request_id"] for line in lines() if line["event"] == "request"} == {sent}
