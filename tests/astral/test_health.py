"""GET /healthz and other calls while the database or the cache is down."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client

from tests.support.error_shape import assert_error
from tests.support.python_process import run_python

UNUSED_ADDRESS = "127.0.0.1:1"
# All calls at once, because each waits some seconds for a connection.
SEND_REQUESTS = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
import django
django.setup()
from django.db import connection
from django.test import Client

def ask(path):
    headers = {"Authorization": "Bearer 0123456789abcdef"} if path.startswith("/api/") else {}
    answer = Client(raise_request_exception=False, headers=headers).get(path)
    return [answer.status_code, dict(answer.headers), answer.content.decode()]

with ThreadPoolExecutor() as threads:
    print(json.dumps(list(threads.map(ask, sys.argv[1:]))))
"""


@dataclass
class Answer:
    status_code: int
    headers: dict[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


def send_requests(*paths: str, **broken: str) -> list[Answer]:
    inherited = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    setup = {"ASTRAL_ENV": "test", "DJANGO_SETTINGS_MODULE": "astral.settings"}
    ended = run_python("-c", SEND_REQUESTS, *paths, **inherited | broken | setup)
    assert ended.returncode == 0, ended.stderr
    return [Answer(status, headers, text.encode()) for status, headers, text in json.loads(ended.stdout)]


def test_healthz_is_ok_when_database_and_cache_answer(db: None):
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "cache": "ok"}
    assert answer.headers["Content-Type"] == "application/json"
    assert "no-store" in answer.headers["Cache-Control"]


def test_healthz_is_degraded_and_api_works_without_cache(db: None):
    own = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    no_cache = f"redis://{UNUSED_ADDRESS}/0"
    health, activities = send_requests("/healthz", "/api/v1/activities", DATABASE_URL=own, REDIS_URL=no_cache)
    assert health.status_code == 200
    assert health.json() == {"status": "degraded", "database": "ok", "cache": "down"}
    assert_error(activities, 401, "INVALID_TOKEN")


@pytest.fixture(scope="module")
def without_database() -> list[Answer]:
    return send_requests(
        "/healthz",
        "/api/v1/activities",
        "/admin/login/",
        DATABASE_URL=f"postgresql://astral@{UNUSED_ADDRESS}/astral",
    )


def test_healthz_is_down_without_database(without_database: list[Answer]):
    assert without_database[0].status_code == 503
    assert without_database[0].json() == {"status": "down", "database": "down", "cache": "ok"}


def test_api_answers_503_with_retry_after_without_database(without_database: list[Answer]):
    assert_error(without_database[1], 503, "UNAVAILABLE")


def test_page_without_queries_works_without_database(without_database: list[Answer]):
    assert without_database[2].status_code == 200
