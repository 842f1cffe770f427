"""Log lines contain no personal data."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from logging.config import dictConfig
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from astral import logs
from astral.ids import encode, new_id
from astral.local.scratch_dirs import PREFIX
from athletes.models import User
from tests.support.cast import Cast

ADDRESS = "canary@example.test"


@pytest.fixture
def lines(settings: Any) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The log lines in production's format."""
    stream = StringIO()
    configuration = logs.build_logging_config("json")
    configuration["handlers"]["stderr"]["stream"] = stream
    dictConfig(configuration)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    dictConfig(settings.LOGGING)


def test_log_hides_ids_in_paths(db: None, lines: Callable[[], list[dict[str, Any]]]):
    Client().get(f"/api/v1/athletes/{encode('usr', new_id())}/export")
    assert [line["path"] for line in lines()] == ["/api/v1/athletes/<id>/export"]


def test_log_hides_ids_and_addresses_in_lines_of_libraries(lines: Callable[[], list[dict[str, Any]]]):
    job = new_id()
    logging.getLogger("somebody.else").error("Job %s of %s failed for '%s'", 7, str(job), ADDRESS)
    [line] = lines()
    assert line["event"] == "Job 7 of <id> failed for '<address>'"


def test_log_hides_rows_that_postgresql_refused(cast: Cast, lines: Callable[[], list[dict[str, Any]]]):
    twin = User(email=cast.ada.email, username="canary", search_key="canary")
    try:
        twin.save(force_insert=True)
    except IntegrityError:
        logging.getLogger("django.request").exception("Internal Server Error: /api/x")
    [line] = lines()
    assert "UniqueViolation" in line["exception"]
    assert cast.ada.email not in json.dumps(line)
    assert "canary" not in json.dumps(line)


def test_own_postgresql_logs_no_statements_and_rows(db: None):
    if (
        PREFIX
        not in connection.settings_dict.get("OPTIONS", {}).get("host", "") + connection.settings_dict["HOST"]
    ):
        pytest.skip("another server, with its own log settings")
    with connection.cursor() as cursor:
        for name, value in (("log_min_error_statement", "panic"), ("log_error_verbosity", "terse")):
            cursor.execute("SELECT current_setting(%s)", [name])
            assert cursor.fetchone() == (value,)
