"""Django's settings of the databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dj_database_url
from psycopg import IsolationLevel

from astral.environment import refuse_to_start

PGBOUNCER = "pgbouncer"
REPLICA_WAIT_S = 0.5  # for a connection; then the primary answers
DEAD_PEER_MS = 2_000


def build_databases(
    url: str, replica_urls: Sequence[str], pool_size: int, *, prepares: bool
) -> dict[str, Any]:
    """The primary is "default", its standbys are "replica_1" and so on.

    `prepares`: plan the commonest statements once for each connection, see `precompiled_queries`.
    """
    databases = {"default": build_database_settings(url, pool_size, prepares=prepares)}
    for number, replica_url in enumerate(replica_urls, start=1):
        databases[f"replica_{number}"] = _build_replica_settings(replica_url, pool_size, prepares=prepares)
    return databases


def build_database_settings(url: str, pool_size: int, *, prepares: bool) -> dict[str, Any]:
    # The pool keeps connections, not threads. A cursor on the server would be lost behind pgbouncer.
    database: dict[str, Any] = {
        **dj_database_url.parse(url, engine="astral.database", conn_max_age=0, conn_health_checks=True),
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
    # An attempt to connect ends soon, and the next caller starts another. The pool's pauses grow to minutes.
    pool = {"min_size": 0, "max_size": pool_size, "timeout": 5, "reconnect_timeout": 2}
    options = {"prepare_threshold": 3 if prepares else None, "pool": pool}
    return database | {"OPTIONS": database.get("OPTIONS", {}) | options}


def check_direct_address(pooler: str, worker_url: str) -> None:
    """A worker behind pgbouncer would never hear that a job is waiting."""
    if pooler == PGBOUNCER and not worker_url:
        refuse_to_start(
            "DATABASE_POOLER is pgbouncer, so WORKER_DATABASE_URL must be the address of PostgreSQL itself."
        )


def _build_replica_settings(url: str, pool_size: int, *, prepares: bool) -> dict[str, Any]:
    """Each transaction sees one moment. `astral.database.base` makes it read only."""
    database = build_database_settings(url, pool_size, prepares=prepares)
    options: dict[str, Any] = database["OPTIONS"]
    options |= {"isolation_level": IsolationLevel.REPEATABLE_READ, "tcp_user_timeout": DEAD_PEER_MS}
    options["pool"] |= {"timeout": REPLICA_WAIT_S}
    return database
