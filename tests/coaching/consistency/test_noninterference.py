"""A change of withheld data changes nothing in the coach's answers except the time of reading.

This is stronger than a search for values in an answer: it also finds numbers that are computed from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import Threshold, User
from athletes.organizations.consent import change_consent
from coaching.models import Absence, PlanInstance, Race
from metrics.models import Activity, HealthDay
from tests.coaching.plan_fixtures import (
    bump_data_version,
    create_absence,
    create_race,
    create_test_plan,
    follow_plan,
    get_day,
    list_daily_sessions,
)
from tests.coaching.training_fixtures import create_training, get_profile, get_roster
from tests.support.cast import NOON, ApiClient, Cast, create_run

SORTS = ("attention", "name", "load", "distance", "last_activity")


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def read_all_answers(cast: Cast) -> list[Any]:
    """Return every answer about Ada that Carl can read. Ben is on the rosters too, so their order shows."""
    api = ApiClient(cast.carl)
    answers = [
        get_profile(api, cast.ada, "&refresh=1"),
        *(get_roster(api, f"refresh=1&sort={sort}") for sort in SORTS),
    ]
    instances = api.get("/api/v1/plan_instances").json()
    for instance in instances["data"]:
        answers.append(api.get(f"/api/v1/plan_instances/{instance['plan_instance_id']}").json())
    lists = ("activities", "health/days", "races", "plan_instances", f"athletes/{cast.ada.public_id}")
    return [*answers, *(api.get(f"/api/v1/{path}").json() for path in lists)]


# Changes, each of one category


def delete_activities(cast: Cast) -> None:
    Activity.objects.filter(athlete=cast.ada.pk).delete()


def run_a_race(cast: Cast) -> None:
    create_run(
        cast.ada, NOON - timedelta(hours=3), source="watch", is_race=True, race_vdot=60.0, training_load=300.0
    )


def lower_vo2max_estimates(cast: Cast) -> None:
    HealthDay.objects.filter(athlete=cast.ada.pk).update(vo2max_ml_kg_min=None)
    for back in range(56):
        fields = {"vo2max_ml_kg_min": 45.0 if back < 28 else 55.0, "warnings": ["gps_glitch"]}
        create_run(
            cast.ada, NOON - timedelta(days=back, hours=2), source="watch", best_30min_ngs_mps=6.0, **fields
        )


def replace_runs_by_manual_entry(cast: Cast) -> None:
    delete_activities(cast)
    create_run(cast.ada, NOON - timedelta(hours=1))


def delete_health_days(cast: Cast) -> None:
    HealthDay.objects.filter(athlete=cast.ada.pk).delete()


def worsen_health_days(cast: Cast) -> None:
    HealthDay.objects.filter(athlete=cast.ada.pk, date__gte=get_day(-6)).update(
        hrv_rmssd_ms=15.0, resting_hr_bpm=90.0
    )


def set_resting_hr_and_mass(cast: Cast) -> None:
    for kind, value in (("hr_rest", 40.0), ("mass_kg", 70.0)):
        Threshold.objects.create(athlete=cast.ada.athlete, kind=kind, value=value, valid_from=get_day(-3))


def delete_races_and_plans(cast: Cast) -> None:
    Race.objects.filter(athlete=cast.ada.pk).delete()
    PlanInstance.objects.filter(athlete=cast.ada.pk).delete()


def enter_absence(cast: Cast) -> None:
    create_absence(cast.ada, -20, None)


def enter_race_and_plan(cast: Cast) -> None:
    create_race(cast.ada, 1, priority="A", distance_m=42_195.0)
    follow_plan(
        cast.ada,
        create_test_plan(cast.harbour, *list_daily_sessions(duration_s=20_000.0), name="Hidden"),
        get_day(-20),
    )


def say_how_runs_felt(cast: Cast) -> None:
    for back in range(9):
        create_run(cast.ada, NOON - timedelta(days=back, hours=2), feel=1 if back < 3 else 5, pain_score=9)


def say_pain_and_illness(cast: Cast) -> None:
    Activity.objects.filter(athlete=cast.ada.pk).update(pain_score=9, pain_where="hidden knee")
    for back in range(3):
        HealthDay.objects.create(
            athlete=cast.ada.athlete, date=get_day(-back), source="manual", pain_score=8,
            pain_where="hidden knee", is_ill=True, soreness=5, fatigue=5,
        )  # fmt: skip


CHANGES: dict[str, list[Callable[[Cast], None]]] = {
    "activities": [
        delete_activities,
        run_a_race,
        lower_vo2max_estimates,
        replace_runs_by_manual_entry,
        say_how_runs_felt,
    ],
    "health": [delete_health_days, worsen_health_days, set_resting_hr_and_mass, say_pain_and_illness],
    "goals_and_plans": [delete_races_and_plans, enter_absence, enter_race_and_plan],
}


def remove_time(answers: list[Any]) -> list[Any]:
    for answer in answers:
        answer.pop("as_of", None)
    return answers


def prepare(cast: Cast, sharing: User, withheld: str) -> None:
    for user, days in ((cast.ada, 60), (cast.ben, 30)):
        create_training(user, cast.harbour, days, duration_s=2_400.0 if user == sharing else 3_000.0)
    Threshold.objects.create(
        athlete=cast.ada.athlete, kind="threshold_pace", value=250.0, valid_from=get_day(-90)
    )
    Threshold.objects.create(athlete=cast.ada.athlete, kind="hr_max", value=190.0, valid_from=get_day(-90))
    change_consent(cast.ada.athlete, cast.harbour, {withheld: False}, NOON)


@pytest.mark.parametrize(
    ("category", "change"), [(category, change) for category in CHANGES for change in CHANGES[category]]
)
def test_change_of_withheld_data_changes_no_answer_to_the_coach(
    cast: Cast, category: str, change: Callable[[Cast], None]
):
    prepare(cast, cast.ben, category)
    if change is lower_vo2max_estimates:
        HealthDay.objects.filter(athlete=cast.ada.pk).update(vo2max_ml_kg_min=None)
    bump_data_version(cast.ada)
    before = remove_time(read_all_answers(cast))
    own_profile = get_profile(ApiClient(cast.ada), cast.ada)
    change(cast)
    bump_data_version(cast.ada)
    assert remove_time(read_all_answers(cast)) == before
    if change is not set_resting_hr_and_mass and change is not enter_absence:
        assert get_profile(ApiClient(cast.ada), cast.ada) != own_profile


def test_absence_changes_the_profile_when_it_is_shared(cast: Cast):
    """Proves that the absence above has an effect."""
    for back in range(10, 40):
        create_run(cast.ada, NOON - timedelta(days=back), source="file")
    bump_data_version(cast.ada)
    before = get_profile(ApiClient(cast.carl), cast.ada)["attention_signals"]
    enter_absence(cast)
    bump_data_version(cast.ada)
    assert get_profile(ApiClient(cast.carl), cast.ada)["attention_signals"] != before
    assert Absence.objects.count() == 1
