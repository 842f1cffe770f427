"""Django's settings of the database."""

from __future__ import annotations

from typing import Any

import dj_database_url


def build_database_settings(url: str, pool_size: int, *, prepares: bool) -> dict[str, Any]:
    """`prepares`: plan the commonest statements once for each connection, see `precompiled_queries`."""
    # The pool keeps connections, not threads.
    database: dict[str, Any] = {
        **dj_database_url.parse(url, engine="astral.database", conn_max_age=0, conn_health_checks=True)
    }
    # An attempt to connect ends soon, and the next caller starts another. The pool's pauses grow to minutes.
    pool = {"min_size": 0, "max_size": pool_size, "timeout": 5, "reconnect_timeout": 2}
    options = {"prepare_threshold": 3 if prepares else None, "pool": pool}
    return database | {"OPTIONS": database.get("OPTIONS", {}) | options}
