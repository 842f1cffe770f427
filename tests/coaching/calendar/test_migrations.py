"""The migrations that fill the calendars keep instances, links and compliance, forward and back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from coaching.models import CalendarSession, PlanInstance, PlanLink
from coaching.plan_instances.progress import load_progress
from tests.coaching.plan_fixtures import MONDAY
from tests.support.cast import NOON, create_run, make_cast

BEFORE = ("coaching", "0007_own_plans")


def load_old_models() -> Any:
    """The models of coaching before the calendar, and those of the other apps as they are now."""
    loader = MigrationExecutor(connection).loader
    leaves = [node for node in loader.graph.leaf_nodes() if node[0] != "coaching"]
    return loader.project_state([BEFORE, *leaves]).apps


def migrate(*target: str) -> None:
    call_command("migrate", *target, verbosity=0, interactive=False)


def read_old_rows() -> dict[str, list[dict[str, Any]]]:
    models = load_old_models()
    return {
        name: list(models.get_model("coaching", name).objects.order_by("pk").values())
        for name in ("PlanInstance", "PlanLink", "PlanSession")
    }


@pytest.mark.django_db(transaction=True)
def test_calendars_are_filled_and_emptied_without_a_loss():
    cast = make_cast()
    run = create_run(cast.ada, NOON - timedelta(days=2), duration_s=3_600.0)
    ride = create_run(cast.ada, NOON - timedelta(days=1), activity_type="bike", duration_s=1_800.0)
    try:
        migrate(*BEFORE)
        models = load_old_models()
        plan = models.get_model("coaching", "Plan").objects.create(
            organization_id=cast.harbour.pk, name="Mile", total_weeks=2
        )
        sessions = [
            models.get_model("coaching", "PlanSession").objects.create(
                plan=plan, week=week, weekday=weekday, duration_s=3_600.0, zone=1
            )
            for week, weekday in ((1, 1), (1, 2), (2, 7))
        ]
        instance = models.get_model("coaching", "PlanInstance").objects.create(
            athlete_id=cast.ada.pk, plan=plan, start_date=MONDAY
        )
        models.get_model("coaching", "PlanLink").objects.create(
            athlete_id=cast.ada.pk, instance=instance, session=sessions[1], activity_id=ride.pk
        )
        before = read_old_rows()
        migrate()
        assert_calendar_is_filled(instance.pk, run.pk, ride.pk)
        migrate(*BEFORE)
        assert read_old_rows() == before
    finally:
        migrate()
    assert_calendar_is_filled(instance.pk, run.pk, ride.pk)


def assert_calendar_is_filled(instance_id: Any, run_id: Any, ride_id: Any) -> None:
    days = list(CalendarSession.objects.order_by("day").values_list("day", "duration_s", "zone"))
    assert days == [(MONDAY + timedelta(days=ahead), 3_600.0, 1) for ahead in (0, 1, 13)]
    assert PlanLink.objects.get().session.day == MONDAY + timedelta(days=1)
    instance = PlanInstance.objects.select_related("plan", "athlete").get(pk=instance_id)
    progress = load_progress(instance, NOON)
    assert progress.compliance == 75.0
    done = [
        row.outcome.activity and row.outcome.activity.activity_id for row in progress.sessions if row.outcome
    ]
    assert done == [run_id.hex, ride_id.hex, None]
