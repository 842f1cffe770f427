"""Compute an answer on a standby, if the standby has exactly the data that the primary's stamp names.

Sign-in, permission and stamp come from the primary. In one snapshot of the standby the stamp is read again:
only if it is equal, the answer is computed there. So no answer is older than its stamp, however far a standby
is behind. During the computation, the thread's connection "default" is that of the standby: `connection` and
querysets follow it, and a forgotten write fails and is done again on the primary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, TypeVar

from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    InternalError,
    OperationalError,
    connections,
    transaction,
)

from astral.database.base import get_breaker
from astral.database.errors import read_sqlstate
from astral.instruments import REPLICA_COMPUTATIONS

LAG_PAUSE_S = 1.0  # a standby that replayed nothing for so long is not asked for a moment
READ_ONLY, CONFLICTS = "25006", ("40001", "40P01")  # replay cancels statements that are in its way
_LAG_SQL = "SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float"
AnswerT = TypeVar("AnswerT")
_turns = count()


class PrimaryNeeded(Exception):
    """Something must be written, and this thread reads from a standby."""


def list_replicas() -> list[str]:
    """The names of the standbys in Django's settings."""
    return [alias for alias in connections if alias.startswith("replica_")]


def require_primary() -> None:
    """Call it before work that ends in a write: on a standby it would be done in vain."""
    if connections[DEFAULT_DB_ALIAS].alias != DEFAULT_DB_ALIAS:
        raise PrimaryNeeded


def prefer_replica(
    compute: Callable[[], AnswerT], read_stamp: Callable[[], Any], stamp: Any
) -> Callable[[], AnswerT]:
    """`compute`, on a standby if `read_stamp` reads there what the primary gave, else on the primary.

    Without standbys it is `compute` itself.
    """
    if not list_replicas():
        return compute
    return lambda: _compute(compute, read_stamp, stamp)


def _compute(compute: Callable[[], AnswerT], read_stamp: Callable[[], Any], stamp: Any) -> AnswerT:
    alias = _choose_replica()
    if alias is None:
        return compute()
    outcome = "used"
    try:
        with _open_snapshot(alias):
            if read_stamp() == stamp:
                answer = compute()
                REPLICA_COMPUTATIONS.labels(outcome).inc()
                return answer
            outcome = "behind"
            _pause_if_lagging(alias)
    except PrimaryNeeded:
        outcome = "renewal"
    except (OperationalError, InterfaceError, InternalError) as error:
        outcome = _classify_error(alias, error)
    REPLICA_COMPUTATIONS.labels(outcome).inc()
    return compute()


def _choose_replica() -> str | None:
    """Standbys take turns. None if all are paused, and in a transaction, whose writes no standby has."""
    usable = [alias for alias in list_replicas() if not get_breaker(alias).is_paused]
    if not usable or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return None
    return usable[next(_turns) % len(usable)]


@contextmanager
def _open_snapshot(alias: str) -> Iterator[None]:
    """This thread reads one moment of the standby."""
    primary, replica = connections[DEFAULT_DB_ALIAS], connections[alias]
    connections[DEFAULT_DB_ALIAS] = replica
    try:
        with transaction.atomic():
            yield
    finally:
        connections[DEFAULT_DB_ALIAS] = primary
        replica.close()  # back to its pool


def _pause_if_lagging(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute(_LAG_SQL)
        [lag_s] = cursor.fetchone()
    if lag_s is None or lag_s > LAG_PAUSE_S:
        get_breaker(alias).pause("behind")


def _classify_error(alias: str, error: Exception) -> str:
    """What failed. The standby is paused if it does not answer."""
    state = read_sqlstate(error)
    if state == READ_ONLY:
        return "renewal"
    if state in CONFLICTS:
        return "conflict"
    if not get_breaker(alias).is_paused:  # a failed connection has paused it already
        get_breaker(alias).trip(error)
    return "failed"
