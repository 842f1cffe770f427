"""No line of any log says of whom it is."""

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
    """What production's logging writes, line by line."""
    stream = StringIO()
    configuration = logs.build_logging_config("json")
    configuration["handlers"]["stderr"]["stream"] = stream
    dictConfig(configuration)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    dictConfig(settings.LOGGING)


def test_an_id_in_an_address_is_not_logged(db: None, lines: Callable[[], list[dict[str, Any]]]):
    Client().get(f"/api/v1/athletes/{encode('usr', new_id())}/export")
    assert [line["path"] for line in lines()] == ["/api/v1/athletes/<id>/export"]


def test_neither_ids_nor_addresses_of_libraries_are_logged(lines: Callable[[], list[dict[str, Any]]]):
    job = new_id()
    logging.getLogger("somebody.else").error("Job %s of %s failed for '%s'", 7, str(job), ADDRESS)
    [line] = lines()
    assert line["event"] == "Job 7 of <id> failed for '<address>'"


def test_a_refused_row_is_not_logged(cast: Cast, lines: Callable[[], list[dict[str, Any]]]):
    twin = User(email=cast.ada.email, username="canary", search_key="canary")
    try:
        twin.save(force_insert=True)
    except IntegrityError:
        logging.getLogger("django.request").exception("Internal Server Error: /api/x")
    [line] = lines()
    assert "UniqueViolation" in line["exception"]
    assert cast.ada.email not in json.dumps(line)
    assert "canary" not in json.dumps(line)


def test_our_own_postgresql_logs_no_statement_and_no_row(db: None):
    if (
        PREFIX
        not in connection.settings_dict.get("OPTIONS", {}).get("host", "") + connection.settings_dict["HOST"]
    ):
        pytest.skip("another server: its log is its owner's")
    with connection.cursor() as cursor:
        for name, value in (("log_min_error_statement", "panic"), ("log_error_verbosity", "terse")):
            cursor.execute("SELECT current_setting(%s)", [name])
            assert cursor.fetchone() == (value,)
