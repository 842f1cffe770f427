"""Staff pages of health days: the same limits, and every write raises the data version."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from athletes.models import Athlete
from metrics.models import HealthDay
from tests.support.cast import NOON, Cast, create_person

LIST = "/admin/metrics/healthday/"


@pytest.fixture
def root(db: None) -> Client:
    client = Client()
    client.force_login(create_person("root", is_staff=True, is_superuser=True))
    return client


def add(root: Client, cast: Cast, **fields: Any) -> Any:
    entry = {"athlete": str(cast.ada.pk), "date": "2026-06-10", "source": "manual", "resting_hr_bpm": "47"}
    with time_machine.travel(NOON, tick=False):
        return root.post(f"{LIST}add/", entry | fields)


def version(cast: Cast) -> int:
    return Athlete.objects.get(pk=cast.ada.pk).data_version


def test_a_day_is_added_changed_and_deleted_and_each_raises_the_version(cast: Cast, root: Client):
    assert add(root, cast).status_code == 302
    page = reverse("admin:metrics_healthday_change", args=[HealthDay.objects.get().pk])
    assert root.get(page).status_code == root.get(LIST).status_code == 200
    root.post(page, {"resting_hr_bpm": "", "hrv_rmssd_ms": "51.5"})
    changed = HealthDay.objects.get()
    assert (changed.resting_hr_bpm, changed.hrv_rmssd_ms, changed.source) == (None, 51.5, "manual")
    root.post(page.replace("change", "delete"), {"post": "yes"})
    assert (HealthDay.objects.exists(), version(cast)) == (False, 3)


def test_several_days_are_deleted_at_once(cast: Cast, root: Client):
    for day in ("2026-06-08", "2026-06-09", "2026-06-10"):
        add(root, cast, date=day)
    ids = [str(pk) for pk in HealthDay.objects.exclude(date="2026-06-10").values_list("pk", flat=True)]
    root.post(LIST, {"action": "delete_selected", "_selected_action": ids, "post": "yes"})
    assert (HealthDay.objects.count(), version(cast)) == (1, 4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"resting_hr_bpm": "121"},
        {"hrv_rmssd_ms": "nan"},
        {"resting_hr_bpm": ""},
        {"date": "2026-06-12"},
        {"date": "1969-12-31"},
        {"source": "My Watch"},
    ],
)
def test_what_cannot_be_a_reading_is_refused(cast: Cast, root: Client, wrong: dict[str, str]):
    assert add(root, cast, **wrong).status_code == 200
    assert not HealthDay.objects.exists()


def test_the_same_day_of_a_source_is_refused_a_second_time(cast: Cast, root: Client):
    add(root, cast)
    assert add(root, cast, resting_hr_bpm="60").status_code == 200
    assert HealthDay.objects.get().resting_hr_bpm == 47.0
