"""Staff pages of athletes and thresholds."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from athletes.models import Athlete, Threshold
from tests.athletes.admin.admin_pages import (
    admin_url,
    read_form,
    threshold,
    version,
)
from tests.support.cast import Cast


@pytest.mark.parametrize("values", [3, 30])
def test_athlete_page_makes_the_same_statements_for_3_and_30_thresholds(
    cast: Cast, root: Client, values: int, django_assert_num_queries: Any
) -> None:
    for number in range(values):
        threshold(cast.ada, day=f"2026-03-{number + 1:02}")
    # Session, viewer, the athlete with its user, the thresholds.
    with django_assert_num_queries(4):
        page = root.get(admin_url(Athlete, "change", cast.ada.pk))
    assert page.context["inline_admin_formsets"][0].formset.initial_form_count() == values


def test_athlete_page_shows_the_newest_30_thresholds(cast: Cast, root: Client) -> None:
    for month in (1, 2, 3):
        for day in range(1, 21):
            threshold(cast.ada, day=f"2026-{month:02}-{day:02}")
    threshold(cast.ben, day="2026-05-01")
    page = root.get(admin_url(Athlete, "change", cast.ada.pk))
    days = [
        form.instance.valid_from for form in page.context["inline_admin_formsets"][0].formset.initial_forms
    ]
    assert (len(days), str(days[0]), str(days[-1])) == (30, "2026-03-20", "2026-02-11")
    assert root.post(admin_url(Athlete, "change", cast.ada.pk), read_form(page)).status_code == 302


def test_changed_time_zone_is_confirmed_and_raises_the_version(cast: Cast, root: Client) -> None:
    path = admin_url(Athlete, "change", cast.otto.pk)
    before = version(cast.otto)
    page = root.get(path)
    assert root.post(path, read_form(page, timezone="Mars/Base")).context["adminform"].form.errors["timezone"]
    assert version(cast.otto) == before
    assert root.post(path, read_form(page, timezone="Europe/Paris")).status_code == 302
    otto = Athlete.objects.get(pk=cast.otto.pk)
    assert (otto.timezone, otto.timezone_confirmed, otto.units_confirmed) == ("Europe/Paris", True, False)
    assert otto.data_version == before + 1


def test_threshold_added_on_athlete_page_raises_the_version(cast: Cast, root: Client) -> None:
    path = admin_url(Athlete, "change", cast.ada.pk)
    before = version(cast.ada)
    row = {"kind": "hr_max", "value": "191", "source": "laboratory", "valid_from": "2026-02-01"}
    form = read_form(root.get(path)) | {f"thresholds-0-{name}": value for name, value in row.items()}
    assert root.post(path, form | {"thresholds-TOTAL_FORMS": "1"}).status_code == 302
    assert Threshold.objects.get(athlete_id=cast.ada.pk).value == 191
    assert version(cast.ada) == before + 1


@pytest.mark.parametrize(
    ("kind", "value"), [("hr_rest", 150), ("threshold_pace", 60), ("vdot", 95), ("mass_kg", 19)]
)
def test_threshold_outside_human_limits_is_refused(cast: Cast, root: Client, kind: str, value: float) -> None:
    form = {
        "athlete": cast.ada.pk,
        "kind": kind,
        "value": value,
        "source": "coach",
        "valid_from": "2026-02-01",
    }
    page = root.post(admin_url(Threshold, "add"), form)
    assert "value" in page.context["adminform"].form.errors
    lowest, _ = Threshold.LIMITS[kind]
    before = version(cast.ada)
    assert root.post(admin_url(Threshold, "add"), form | {"value": lowest}).status_code == 302
    assert version(cast.ada) == before + 1


def test_threshold_cannot_move_to_a_day_that_has_one(cast: Cast, root: Client) -> None:
    threshold(cast.ada, day="2026-01-01")
    later = threshold(cast.ada, day="2026-02-01")
    path = admin_url(Threshold, "change", later.pk)
    page = root.post(path, read_form(root.get(path), valid_from="2026-01-01"))
    assert page.status_code == 200
    assert page.context["adminform"].form.errors


def test_threshold_cannot_move_to_another_athlete(cast: Cast, root: Client) -> None:
    row = threshold(cast.ada)
    path = admin_url(Threshold, "change", row.pk)
    assert root.post(path, read_form(root.get(path), athlete=cast.ben.pk, value=171)).status_code == 302
    row.refresh_from_db()
    assert (row.athlete_id, row.value) == (cast.ada.pk, 171)


def test_deleted_thresholds_raise_only_the_versions_of_their_athletes(cast: Cast, root: Client) -> None:
    rows = [threshold(cast.ada), threshold(cast.ben), threshold(cast.ada, "hr_max")]
    people = (cast.ada, cast.ben, cast.zoe)
    before = [version(user) for user in people]
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows[:2]], "post": "yes"}
    assert root.post(admin_url(Threshold, "changelist"), chosen).status_code == 302
    assert [version(user) for user in people] == [before[0] + 1, before[1] + 1, before[2]]
    assert root.post(admin_url(Threshold, "delete", rows[2].pk), {"post": "yes"}).status_code == 302
    assert version(cast.ada) == before[0] + 2
    assert not Threshold.objects.exists()
