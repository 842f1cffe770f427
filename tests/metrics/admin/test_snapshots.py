"""Staff pages of snapshots, and the action that measures athletes' activities again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from athletes.models import Athlete
from metrics.admin import snapshots
from metrics.models import Snapshot
from metrics.snapshots.current import current_snapshots
from tests.support.cast import NOON, Cast, create_person, create_run

ATHLETES = "/admin/athletes/athlete/"
LIST = "/admin/metrics/snapshot/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def root(db: None) -> Client:
    client = Client()
    client.force_login(create_person("root", is_staff=True, is_superuser=True))
    return client


def build_action_form(*athletes: Any) -> dict[str, Any]:
    return {"action": "measure_again", "_selected_action": [str(user.pk) for user in athletes]}


def get_queued_athlete_ids() -> set[str]:
    jobs = ProcrastinateJob.objects.filter(task_name="remeasure_athlete", status="todo")
    return {args["athlete_id"] for args in jobs.values_list("args", flat=True)}


def test_the_action_queues_each_selected_athlete_once(cast: Cast, root: Client):
    for _ in range(2):
        page = root.post(ATHLETES, build_action_form(cast.ada, cast.ben), follow=True)
    assert "the activities of 2 athletes will be measured again" in page.content.decode()
    assert get_queued_athlete_ids() == {str(cast.ada.pk), str(cast.ben.pk)}
    assert ProcrastinateJob.objects.filter(task_name="remeasure_athlete").count() == 2


def test_the_action_refuses_too_many_athletes_and_names_the_command(
    cast: Cast, root: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(snapshots, "MAX_ATHLETES", 1)
    page = root.post(ATHLETES, build_action_form(cast.ada, cast.ben), follow=True)
    assert "manage.py remeasure" in page.content.decode()
    assert get_queued_athlete_ids() == set()


def test_staff_with_only_view_permission_have_no_action(cast: Cast):
    cast.stella.user_permissions.set(Permission.objects.filter(codename="view_athlete"))
    client = Client()
    client.force_login(cast.stella)
    assert "measure_again" not in client.get(ATHLETES).content.decode()
    client.post(ATHLETES, build_action_form(cast.ada))
    assert get_queued_athlete_ids() == set()


def test_a_snapshot_is_looked_at_by_the_athletes_name_and_never_changed(cast: Cast, root: Client):
    create_run(cast.ada, NOON - timedelta(days=1), training_load=60.0)
    current_snapshots([cast.ada.pk], NOON)
    change = reverse("admin:metrics_snapshot_change", args=[cast.ada.pk])
    page = root.get(change).content.decode()
    assert "Ada on 2026-06-10" in page
    assert 'name="_save"' not in page
    assert root.get(f"{LIST}add/").status_code == 403
    assert root.post(change, {"vdot": 80}).status_code == 403
    assert (
        root.post(reverse("admin:metrics_snapshot_delete", args=[cast.ada.pk]), {"post": "yes"}).status_code
        == 403
    )
    assert "60 (–)" in root.get(LIST, {"q": "ÁDA"}).content.decode()


def test_the_data_filter_separates_current_and_outdated_snapshots(cast: Cast, root: Client):
    current_snapshots([cast.ada.pk, cast.ben.pk], NOON)
    Athlete.objects.filter(pk=cast.ada.pk).bump_version()
    ids_by_filter = {
        data: [row.pk for row in root.get(LIST, {"data": data}).context["cl"].queryset]
        for data in ("current", "behind")
    }
    assert ids_by_filter == {"current": [cast.ben.pk], "behind": [cast.ada.pk]}


@pytest.mark.parametrize("rows", [3, 30])
def test_the_list_takes_as_many_statements_for_30_rows_as_for_3(
    root: Client, rows: int, django_assert_num_queries: Any
):
    current_snapshots([create_person(f"runner{number}").pk for number in range(rows)], NOON)
    # Session, user, PostgreSQL's estimate, COUNT because the table is small, and the page.
    with django_assert_num_queries(5):
        page = root.get(LIST)
    assert page.context["cl"].result_count == rows
    assert Snapshot.objects.count() == rows
