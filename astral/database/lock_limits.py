"""Change tables without making everybody wait: give up a lock soon, let others pass, and try again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from astral.database.errors import read_sqlstate

LOCK_NOT_AVAILABLE = "55P03"
ATTEMPTS, PAUSE_S = 20, 3.0


class LockNotAvailable(Exception):
    """Others held a lock during all attempts."""


def run_with_lock_limit(
    connection: BaseDatabaseWrapper, work: Callable[[], None], timeout_s: int, sleep: Callable[[float], None]
) -> None:
    """Run the work, and run it again after a pause if it waits for a lock longer than `timeout_s`.

    A statement that waits for an exclusive lock makes all later ones wait behind it, readers too. 0: no
    limit. `CONCURRENTLY` blocks nobody, so it may wait. Raises LockNotAvailable after the last attempt.
    """
    if not timeout_s:
        work()
        return
    try:
        with connection.execute_wrapper(_LiftedLimit(timeout_s)):
            for attempt in range(ATTEMPTS):
                _set_limit(connection, timeout_s)
                if _try_work(work):
                    return
                if attempt < ATTEMPTS - 1:
                    sleep(PAUSE_S)
    finally:
        _set_limit(connection, 0)
    raise LockNotAvailable


def _try_work(work: Callable[[], None]) -> bool:
    try:
        work()
    except OperationalError as error:
        if read_sqlstate(error) != LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


def _set_limit(connection: BaseDatabaseWrapper, timeout_s: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{timeout_s}s"])


class _LiftedLimit:
    """Lets CREATE INDEX CONCURRENTLY wait: if it gave up, it would leave an index that is not valid."""

    def __init__(self, timeout_s: int) -> None:
        self.timeout_s = timeout_s

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        if "CONCURRENTLY" not in str(sql):
            return execute(sql, params, many, context)
        _set_limit(context["connection"], 0)
        try:
            return execute(sql, params, many, context)
        finally:
            _set_limit(context["connection"], self.timeout_s)
