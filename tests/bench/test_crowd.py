"""The crowd of the benchmarks: its rows equal measured ones, and the tables get their indexes back."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby

import pytest
from django.db import connection

from athletes.models import Athlete, Membership, Organization
from bench.crowd import load
from bench.crowd.index_free_load import CONSTRAINTS_SQL, INDEXES_SQL
from coaching.models import Assessment
from metrics.activities.changes import remeasure_activity
from metrics.activities.measure import MEASURED_COLUMNS, ThresholdsOverTime
from metrics.models import Activity, HealthDay, Snapshot

NOW = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
TABLES = ["metrics_activity", "metrics_healthday"]


def list_indexes_and_constraints() -> set[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(CONSTRAINTS_SQL, [TABLES])
        constraints = cursor.fetchall()
        cursor.execute(INDEXES_SQL, [TABLES])
        return {*constraints, *cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
def test_a_small_crowd_is_stored_as_it_would_be_measured():
    before = list_indexes_and_constraints()
    counts = load.load_crowd(NOW, 9, 0.5)
    assert list_indexes_and_constraints() == before
    assert (counts.athletes, counts.activities) == (9, Activity.objects.count())
    assert counts.health_days == HealthDay.objects.count() > 500
    assert counts.activities > 9 * 60
    athlete_count = Athlete.objects.count()
    assert load.complete_crowd(NOW) == Snapshot.objects.count() == Assessment.objects.count() == athlete_count
    assert load.complete_crowd(NOW) == 0
    for athlete in Athlete.objects.filter(activities__isnull=False).distinct():
        thresholds = ThresholdsOverTime(athlete, athlete.thresholds.all())
        for run in athlete.activities.all()[:20]:
            stored = {name: getattr(run, name) for name in MEASURED_COLUMNS}
            assert run.started_at < NOW
            assert run.local_date == athlete.local_date(run.started_at)
            remeasure_activity(run, thresholds, None)
            measured = {name: getattr(run, name) for name in MEASURED_COLUMNS}
            approximate_columns = {"training_load", "intensity"}
            assert {n: v for n, v in measured.items() if n not in approximate_columns} == {
                n: v for n, v in stored.items() if n not in approximate_columns
            }
            assert [measured[n] for n in sorted(approximate_columns)] == pytest.approx(
                [stored[n] for n in sorted(approximate_columns)]
            )


def test_a_large_crowd_has_an_organization_of_five_thousand():
    organization_numbers = load.assign_organizations(10_000)
    sizes = [len(list(group)) for _, group in groupby(organization_numbers)]
    assert len(organization_numbers) == 10_000
    assert max(sizes) == 5_000
    assert {1, 200} <= set(sizes)
    assert max(len(list(group)) for _, group in groupby(load.assign_organizations(500))) == 200


@pytest.mark.django_db(transaction=True)
def test_every_organization_of_the_crowd_has_a_head_coach_and_groups():
    load.load_crowd(NOW, 210, 0.02)
    assert load.crowd_exists()
    organizations = Organization.objects.all()
    assert organizations.count() == 2
    assert all(organization.groups.count() == 4 for organization in organizations)
    assert Membership.objects.filter(role="head_coach").count() == 2
    assert Membership.objects.athletes().filter(groups__isnull=True).exists()
