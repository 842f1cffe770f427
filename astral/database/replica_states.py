"""How far each standby is behind the primary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, Error, connections

from astral.database.replicas import list_replicas

_WRITTEN_SQL = "SELECT pg_current_wal_lsn()::text"
# A standby that is cut off has replayed all that it received, so it is compared with the primary.
_REPLAYED_SQL = """
    SELECT pg_is_in_recovery(),
           greatest(pg_wal_lsn_diff(%s::pg_lsn, pg_last_wal_replay_lsn()), 0)::bigint,
           extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float
"""


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """`lag_bytes` and `lag_s` are None if it does not answer or is no standby."""

    alias: str
    is_up: bool
    is_standby: bool = False
    lag_bytes: int | None = None
    lag_s: float | None = None


def read_replica_states() -> Iterator[ReplicaState]:
    """One statement on the primary and one on each standby; none without standbys."""
    replicas = list_replicas()
    if not replicas:
        return
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_WRITTEN_SQL)
        [written] = cursor.fetchone()
    for alias in replicas:
        yield _read_state(alias, written)


def _read_state(alias: str, written: str) -> ReplicaState:
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(_REPLAYED_SQL, [written])
            is_standby, lag_bytes, age_s = cursor.fetchone()
    except Error:
        return ReplicaState(alias, is_up=False)
    finally:
        connections[alias].close()
    if not is_standby:
        return ReplicaState(alias, is_up=True)
    # Without new transactions, the age of the last one says nothing.
    return ReplicaState(alias, True, True, lag_bytes, (age_s or 0.0) if lag_bytes else 0.0)
