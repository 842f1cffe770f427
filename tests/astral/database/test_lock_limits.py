"""Migrations give up a lock soon, so that others do not wait behind them, and try again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction

from astral.database.lock_limits import ATTEMPTS, LockNotAvailable, run_with_lock_limit


@pytest.fixture
def reader(db: None) -> Iterator[psycopg.Connection[Any]]:
    """Another session that reads a table in a long transaction."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    with psycopg.connect(url.geturl()) as other:
        other.execute("SELECT count(*) FROM athletes_usecounter")
        yield other
        other.rollback()


def add_column() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE athletes_usecounter ADD COLUMN probe integer")


def read_limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


def test_a_change_tries_again_after_a_pause_and_the_limit_ends(reader: psycopg.Connection[Any]):
    pauses: list[float] = []

    def end_reading(seconds: float) -> None:
        pauses.append(seconds)
        reader.rollback()

    run_with_lock_limit(connection, add_column, 1, end_reading)
    assert len(pauses) == 1
    assert read_limit() == "0"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(probe) FROM athletes_usecounter")


def test_a_table_in_use_all_the_time_is_said_after_the_last_attempt(db: None):
    pauses: list[float] = []

    def fail_at_once() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE SQLSTATE '55P03'; END $$")

    with pytest.raises(LockNotAvailable):
        run_with_lock_limit(connection, fail_at_once, 1, pauses.append)
    assert len(pauses) == ATTEMPTS - 1
    assert read_limit() == "0"


def test_concurrent_statements_may_wait_and_others_may_not(db: None):
    limits: list[str] = []

    def look() -> None:
        for comment in ("", "/* CONCURRENTLY */"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT current_setting('lock_timeout') {comment}")
                limits.append(cursor.fetchone()[0])

    run_with_lock_limit(connection, look, 2, lambda seconds: None)
    run_with_lock_limit(connection, look, 0, lambda seconds: None)
    assert limits == ["2s", "0", "0", "0"]


def test_migrate_has_the_limit_of_the_setting(db: None, settings: Any):
    settings.MIGRATION_LOCK_TIMEOUT_S = 7
    limits: list[Any] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if "lock_timeout" in str(sql):
            limits.append(params[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        call_command("migrate", verbosity=0, interactive=False)
    assert limits == ["7s", "0s"]
