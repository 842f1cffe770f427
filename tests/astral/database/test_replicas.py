"""A standby computes an answer only if it has what the primary's stamp names. Here it is the same server.

`tests/ops/check_replicas.py` does the same with streaming replication.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.db import connection, connections, transaction
from psycopg import IsolationLevel

from astral.database import base
from astral.database.replica_states import read_replica_states
from astral.database.replicas import prefer_replica, require_primary
from astral.doctor.replica_checks import check_replicas
from astral.instruments import REPLICA_COMPUTATIONS
from athletes.access.data_versions import prefer_current_replica
from athletes.models import Organization
from tests.support.cast import NOON, create_person

pytestmark = pytest.mark.django_db(transaction=True)
REPLICA = "replica_1"


def connect_if_needed(wrapper: base.DatabaseWrapper) -> None:
    """Django's method. That of its test cases allows no alias that was unknown at the start."""
    if wrapper.connection is None:
        with wrapper.wrap_database_errors:
            wrapper.connect()


@pytest.fixture
def replica(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A second connection of this test's database, as a standby would be. Gives its settings."""
    options = {"isolation_level": IsolationLevel.REPEATABLE_READ}
    own = deepcopy(connection.settings_dict)
    own["OPTIONS"] |= options
    own["OPTIONS"]["pool"] = {"min_size": 0, "max_size": 2, "timeout": 0.3, "reconnect_timeout": 0.1}
    connections.settings[REPLICA] = own
    monkeypatch.setattr(base.DatabaseWrapper, "ensure_connection", connect_if_needed, raising=False)
    base.get_breaker.cache_clear()
    yield own
    if REPLICA in {wrapper.alias for wrapper in connections.all(initialized_only=True)}:
        connections[REPLICA].close()
        connections[REPLICA].close_pool()  # type: ignore[attr-defined]
        del connections[REPLICA]
    del connections.settings[REPLICA]
    base.get_breaker.cache_clear()


def count_outcomes() -> dict[str, float]:
    outcomes = ("used", "behind", "renewal", "conflict", "failed")
    return {name: REPLICA_COMPUTATIONS.labels(name)._value.get() for name in outcomes}


class Outcomes:
    """The outcomes that were counted since this was made."""

    def __init__(self) -> None:
        self.before = count_outcomes()

    def list_new(self) -> dict[str, int]:
        now = count_outcomes()
        return {name: int(now[name] - old) for name, old in self.before.items() if now[name] != old}


def name_connection() -> str:
    """Which server answers, as raw SQL and as the ORM would ask it."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        [reads_only] = cursor.fetchone()
    Organization.objects.first()
    return f"{connection.alias} {reads_only}"


def test_an_equal_stamp_lets_the_standby_compute(replica):
    outcomes = Outcomes()
    assert prefer_replica(name_connection, lambda: 7, 7)() == f"{REPLICA} on"
    assert name_connection() == "default off"
    assert outcomes.list_new() == {"used": 1}


def test_another_stamp_lets_the_primary_compute(replica):
    outcomes = Outcomes()
    assert prefer_replica(name_connection, lambda: 6, 7)() == "default off"
    assert outcomes.list_new() == {"behind": 1}
    # The server says that it never replayed anything, so it is not asked again for a moment.
    assert prefer_replica(name_connection, lambda: 7, 7)() == "default off"
    assert outcomes.list_new() == {"behind": 1}


def test_the_stamp_and_the_data_are_of_one_moment(replica):
    def read_stamp() -> int:
        count = Organization.objects.count()
        other = connections.create_connection("default")
        with other.cursor() as cursor:
            cursor.execute("DELETE FROM athletes_organization")
        other.close()
        return count

    Organization.objects.create(name="North")
    assert prefer_replica(Organization.objects.count, read_stamp, 1)() == 1
    assert Organization.objects.count() == 0


def test_a_write_is_done_on_the_primary(replica):
    outcomes = Outcomes()

    def write() -> str:
        Organization.objects.create(name="South")
        return connection.alias

    assert prefer_replica(write, lambda: 1, 1)() == "default"
    assert Organization.objects.count() == 1
    assert outcomes.list_new() == {"renewal": 1}


def test_work_that_ends_in_a_write_is_not_begun_on_a_standby(replica):
    begun = []

    def renew() -> str:
        require_primary()
        begun.append(connection.alias)
        return connection.alias

    assert prefer_replica(renew, lambda: 1, 1)() == "default"
    assert begun == ["default"]


def test_a_failure_of_the_answer_is_no_failure_of_the_standby(replica):
    outcomes = Outcomes()

    def refuse() -> None:
        raise ValueError("no data")

    with pytest.raises(ValueError, match="no data"):
        prefer_replica(refuse, lambda: 1, 1)()
    assert name_connection() == "default off"
    assert outcomes.list_new() == {}
    assert prefer_replica(name_connection, lambda: 1, 1)() == f"{REPLICA} on"


def test_a_standby_that_is_gone_costs_one_look(replica):
    replica["PORT"] = "1"
    outcomes = Outcomes()
    answers = [prefer_replica(name_connection, lambda: 7, 7)() for _ in range(5)]
    assert answers == ["default off"] * 5
    assert outcomes.list_new() == {"failed": 1}
    assert base.get_breaker("default").is_tripped is False


def test_a_standby_that_breaks_off_is_paused(replica):
    outcomes = Outcomes()

    def break_off() -> str:
        if connection.alias == REPLICA:
            with connections.create_connection("default").cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        return name_connection()

    answers = [prefer_replica(break_off, lambda: 1, 1)() for _ in range(2)]
    assert answers == ["default off"] * 2
    assert outcomes.list_new() == {"failed": 1}


def test_a_transaction_reads_its_own_writes(replica):
    outcomes = Outcomes()
    with transaction.atomic():
        assert prefer_replica(name_connection, lambda: 1, 1)() == "default off"
    assert outcomes.list_new() == {}


def test_the_versions_of_viewer_and_athlete_are_compared(replica):
    ada, coach = create_person("ada"), create_person("coach")
    compute = prefer_current_replica(name_connection, coach, ada.athlete)
    assert compute() == f"{REPLICA} on"
    ada.athlete.data_version += 1  # as if the primary were newer
    assert prefer_current_replica(name_connection, coach, ada.athlete)() == "default off"


def test_without_standbys_nothing_changes():
    assert prefer_replica(name_connection, pytest.fail, 1) is name_connection
    assert list(read_replica_states()) == []


def test_the_doctor_says_that_a_server_is_no_standby_and_that_one_is_gone(replica):
    [found] = check_replicas(NOON)
    assert (found.level, found.sentence) == ("FAIL", "The standby replica_1 is not a standby.")
    connections[REPLICA].close_pool()  # type: ignore[attr-defined]
    replica["PORT"] = "1"
    connections[REPLICA].settings_dict["PORT"] = "1"
    [found] = check_replicas(NOON)
    assert (found.level, found.sentence) == (
        "WARN", "The standby replica_1 does not answer. The primary computes alone.",
    )  # fmt: skip
