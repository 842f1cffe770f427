"""Run all checks. A check that cannot run is a failure, and the others still run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import Error, connection, transaction

from astral.doctor.database_checks import DATABASE_CHECKS
from astral.doctor.replica_checks import check_replicas
from astral.doctor.result import Check, CheckResult, Level
from astral.doctor.server_checks import CHECKS_IN_DATABASE, SERVER_CHECKS


def run_all_checks(now: datetime) -> Iterator[CheckResult]:
    for check in SERVER_CHECKS:
        yield from check(now)
    try:
        connection.ensure_connection()
    except Error:
        yield CheckResult(
            "postgresql", Level.FAIL, "PostgreSQL does not answer.", "Start it, and check DATABASE_URL."
        )
        return
    for check in (*DATABASE_CHECKS, check_replicas, *CHECKS_IN_DATABASE):
        yield from _run_in_savepoint(check, now)


def _run_in_savepoint(check: Check, now: datetime) -> list[CheckResult]:
    name = check.__name__.removeprefix("check_")
    try:
        with transaction.atomic():
            return list(check(now))
    except Error as error:
        reason = str(error).splitlines()[0]
        return [CheckResult(name, Level.FAIL, f"It could not run: {reason}.", "Are all migrations applied?")]
