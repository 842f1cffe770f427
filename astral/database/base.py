"""The backend: Django's own, but nobody waits for a PostgreSQL that did not answer a moment ago.

Connections of standbys are read only.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import OperationalError, connect

from astral.circuit_breaker import CircuitBreaker
from astral.instruments import (
    DATABASE_CONNECTION_FAILURES,
    DATABASE_CONNECTION_WAIT_SECONDS,
    DATABASE_CONNECTIONS_IN_USE,
)

PROBE_TIMEOUT_S = 2  # the shortest that libpq knows
PAUSE_S, REPLICA_PAUSE_S = 1.0, 2.0


@cache
def get_breaker(alias: str) -> CircuitBreaker:
    """The breaker of one server: a standby that is gone stops nobody from asking the primary."""
    if alias == DEFAULT_DB_ALIAS:
        return CircuitBreaker(PAUSE_S, event="database_paused")
    return CircuitBreaker(REPLICA_PAUSE_S, event="replica_paused")


class DatabaseWrapper(base.DatabaseWrapper):
    """Connections of the pool go through the breaker. Without a pool (the worker) it is Django's backend.

    The first caller waits for the pool's time-out. Then calls fail at once. Each second one of them tries a
    connection of its own; if PostgreSQL answers, all use the pool again.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not self.pool:
            return super().get_new_connection(conn_params)
        breaker = get_breaker(self.alias)
        if not breaker.allows():
            DATABASE_CONNECTION_FAILURES.labels("breaker_open").inc()
            raise OperationalError("PostgreSQL did not answer a moment ago.")
        started = time.perf_counter()
        try:
            if breaker.is_tripped:
                connect(**conn_params | {"connect_timeout": PROBE_TIMEOUT_S}).close()
            connection = super().get_new_connection(conn_params)
            if self.alias != DEFAULT_DB_ALIAS:
                connection.read_only = True
        except OperationalError as error:
            DATABASE_CONNECTION_FAILURES.labels("no_answer").inc()
            breaker.trip(error)
            raise
        breaker.reset()
        DATABASE_CONNECTION_WAIT_SECONDS.observe(time.perf_counter() - started)
        DATABASE_CONNECTIONS_IN_USE.inc()
        return connection

    def _close(self) -> None:
        if self.connection is not None and self.pool:
            DATABASE_CONNECTIONS_IN_USE.dec()
        super()._close()  # type: ignore[misc]  # the stubs lack it
