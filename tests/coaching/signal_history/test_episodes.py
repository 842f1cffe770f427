"""Episodes are stored with the assessments: a signal is raised, gets worse and clears."""

from __future__ import annotations

import typing
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from athletes.personal_data.account_deletion import delete_account
from coaching.assessments.current import current_assessments, recompute_stale_assessments
from coaching.attention.episodes import RaisedSignal
from coaching.attention.signal import Severity
from coaching.models import Assessment, SignalEpisode
from coaching.signal_history.episodes import DaySignals, store_episodes
from tests.coaching.plan_fixtures import STORED_SIGNAL, TODAY, bump_data_version, get_day
from tests.coaching.training_fixtures import stop_running
from tests.support.cast import NOON, Cast, create_run


def list_episodes(code: str = "INACTIVITY") -> list[tuple[date, str, date | None]]:
    rows = SignalEpisode.objects.filter(code=code).order_by("raised_on")
    return [(row.raised_on, row.worst_severity, row.cleared_on) for row in rows]


def test_signal_is_raised_gets_worse_and_clears(cast: Cast):
    stop_running(cast.ada, 12)
    current_assessments([cast.ada.pk], NOON)
    ((raised_on, severity, cleared_on),) = list_episodes()
    assert (raised_on < TODAY, severity, cleared_on) == (True, "warning", None)
    later = NOON + timedelta(days=2)
    current_assessments([cast.ada.pk], later)
    assert list_episodes() == [(raised_on, "critical", None)]
    create_run(cast.ada, later, source="file")
    bump_data_version(cast.ada)
    recompute_stale_assessments(later + timedelta(days=2))
    assert list_episodes() == [(raised_on, "critical", get_day(4))]


def test_storing_a_day_again_changes_nothing(cast: Cast, django_assert_num_queries):
    stop_running(cast.ada, 12)
    current_assessments([cast.ada.pk], NOON)
    before = list(SignalEpisode.objects.values_list())
    signals = [
        RaisedSignal(row.code, typing.cast(Severity, row.worst_severity), row.raised_on)
        for row in SignalEpisode.objects.all()
    ]
    with django_assert_num_queries(1):
        store_episodes({cast.ada.pk: DaySignals(TODAY, signals, 0)}, NOON)
    bump_data_version(cast.ada)
    current_assessments([cast.ada.pk], NOON)
    assert list(SignalEpisode.objects.values_list()) == before


def test_episodes_of_many_athletes_take_five_statements(cast: Cast, django_assert_num_queries):
    people = [cast.ada, cast.ben, cast.zoe, cast.otto]
    day = DaySignals(TODAY, [RaisedSignal("LOAD_JUMP", "warning", TODAY)], 0)
    statements = 5 + 2  # and the savepoint of the test's transaction
    with django_assert_num_queries(statements):
        store_episodes({person.pk: day for person in people}, NOON)
    with django_assert_num_queries(statements):
        store_episodes({person.pk: DaySignals(get_day(3), [], 0) for person in people}, NOON)
    assert set(SignalEpisode.objects.values_list("cleared_on", flat=True)) == {get_day(3)}
    assert SignalEpisode.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_athlete_who_was_deleted_meanwhile_is_skipped(cast: Cast):
    delete_account(cast.ben, NOON)
    day = DaySignals(TODAY, [RaisedSignal("LOAD_JUMP", "warning", TODAY)], 0)
    store_episodes({cast.ada.pk: day, cast.ben.pk: day}, NOON)
    assert [row.athlete_id for row in SignalEpisode.objects.all()] == [cast.ada.pk]


@pytest.mark.django_db(transaction=True)
def test_migration_begins_with_the_signals_of_today(cast: Cast):
    current_assessments([cast.ada.pk, cast.ben.pk], NOON)
    SignalEpisode.objects.all().delete()
    praise = STORED_SIGNAL | {"code": "NEW_PB", "severity": "positive"}
    Assessment.objects.filter(pk=cast.ada.pk).update(signals=[STORED_SIGNAL, praise])
    Assessment.objects.filter(pk=cast.ben.pk).update(signals=[])
    try:
        MigrationExecutor(connection).migrate([("coaching", "0013_signal_episodes")])
        MigrationExecutor(connection).migrate([("coaching", "0014_open_signal_episodes")])
        rows = SignalEpisode.objects.values_list(
            "athlete", "code", "worst_severity", "raised_on", "cleared_on"
        )
        assert list(rows) == [(cast.ada.pk, "PROFILE_INCOMPLETE", "info", TODAY, None)]
        incomplete = DaySignals(TODAY, [RaisedSignal("PROFILE_INCOMPLETE", "info", TODAY)], 0)
        store_episodes({cast.ada.pk: incomplete}, NOON)
        assert SignalEpisode.objects.count() == 1
    finally:
        call_command("migrate", verbosity=0, interactive=False)
