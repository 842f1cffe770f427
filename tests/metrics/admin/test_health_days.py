"""Staff pages of health days: the limits of the API apply, and every write raises the data version."""

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


def post_health_day(root: Client, cast: Cast, **fields: Any) -> Any:
    entry = {"athlete": str(cast.ada.pk), "date": "2026-06-10", "source": "manual", "resting_hr_bpm": "47"}
    with time_machine.travel(NOON, tick=False):
        return root.post(f"{LIST}add/", entry | fields)


def get_data_version(cast: Cast) -> int:
    return Athlete.objects.get(pk=cast.ada.pk).data_version


def test_adding_changing_and_deleting_a_day_each_raise_the_version(cast: Cast, root: Client):
    assert post_health_day(root, cast).status_code == 302
    page = reverse("admin:metrics_healthday_change", args=[HealthDay.objects.get().pk])
    assert root.get(page).status_code == root.get(LIST).status_code == 200
    root.post(page, {"resting_hr_bpm": "", "hrv_rmssd_ms": "51.5"})
    changed = HealthDay.objects.get()
    assert (changed.resting_hr_bpm, changed.hrv_rmssd_ms, changed.source) == (None, 51.5, "manual")
    root.post(page.replace("change", "delete"), {"post": "yes"})
    assert (HealthDay.objects.exists(), get_data_version(cast)) == (False, 3)


def test_deleting_several_days_raises_the_version_once(cast: Cast, root: Client):
    for day in ("2026-06-08", "2026-06-09", "2026-06-10"):
        post_health_day(root, cast, date=day)
    ids = [str(pk) for pk in HealthDay.objects.exclude(date="2026-06-10").values_list("pk", flat=True)]
    root.post(LIST, {"action": "delete_selected", "_selected_action": ids, "post": "yes"})
    assert (HealthDay.objects.count(), get_data_version(cast)) == (1, 4)


@pytest.mark.parametrize(
    "invalid",
    [
        {"resting_hr_bpm": "121"},
        {"hrv_rmssd_ms": "nan"},
        {"resting_hr_bpm": ""},
        {"date": "2026-06-12"},
        {"date": "1969-12-31"},
        {"source": "My Watch"},
    ],
)
def test_an_impossible_day_is_refused(cast: Cast, root: Client, invalid: dict[str, str]):
    assert post_health_day(root, cast, **invalid).status_code == 200
    assert not HealthDay.objects.exists()


def test_a_second_row_for_the_same_day_and_source_is_refused(cast: Cast, root: Client):
    post_health_day(root, cast)
    assert post_health_day(root, cast, resting_hr_bpm="60").status_code == 200
    assert HealthDay.objects.get().resting_hr_bpm == 47.0
