"""Whatever changes in a category that is withheld, the coach's answers do not: not a byte but the time of reading.

Stronger than to look for values in an answer: it catches what is only computed from them.
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


def told(cast: Cast) -> list[Any]:
    """Everything of Ada that Carl is told: one beside her is there to be sorted with."""
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


# Changes of one category


def no_activity(cast: Cast) -> None:
    Activity.objects.filter(athlete=cast.ada.pk).delete()


def a_race_was_run(cast: Cast) -> None:
    create_run(
        cast.ada, NOON - timedelta(hours=3), source="watch", is_race=True, race_vdot=60.0, training_load=300.0
    )


def runs_say_vo2max_has_dropped(cast: Cast) -> None:
    HealthDay.objects.filter(athlete=cast.ada.pk).update(vo2max_ml_kg_min=None)
    for back in range(56):
        more = {"vo2max_ml_kg_min": 45.0 if back < 28 else 55.0, "warnings": ["gps_glitch"]}
        create_run(
            cast.ada, NOON - timedelta(days=back, hours=2), source="watch", best_30min_ngs_mps=6.0, **more
        )


def one_was_typed_in(cast: Cast) -> None:
    no_activity(cast)
    create_run(cast.ada, NOON - timedelta(hours=1))


def no_reading(cast: Cast) -> None:
    HealthDay.objects.filter(athlete=cast.ada.pk).delete()


def very_ill(cast: Cast) -> None:
    HealthDay.objects.filter(athlete=cast.ada.pk, date__gte=get_day(-6)).update(
        hrv_rmssd_ms=15.0, resting_hr_bpm=90.0
    )


def a_resting_pulse(cast: Cast) -> None:
    for kind, value in (("hr_rest", 40.0), ("mass_kg", 70.0)):
        Threshold.objects.create(athlete=cast.ada.athlete, kind=kind, value=value, valid_from=get_day(-3))


def no_plans(cast: Cast) -> None:
    Race.objects.filter(athlete=cast.ada.pk).delete()
    PlanInstance.objects.filter(athlete=cast.ada.pk).delete()


def away(cast: Cast) -> None:
    create_absence(cast.ada, -20, None)


def a_race_tomorrow(cast: Cast) -> None:
    create_race(cast.ada, 1, priority="A", distance_m=42_195.0)
    follow_plan(
        cast.ada,
        create_test_plan(cast.harbour, *list_daily_sessions(duration_s=20_000.0), name="Hidden"),
        get_day(-20),
    )


CHANGES: dict[str, list[Callable[[Cast], None]]] = {
    "activities": [no_activity, a_race_was_run, runs_say_vo2max_has_dropped, one_was_typed_in],
    "health": [no_reading, very_ill, a_resting_pulse],
    "goals_and_plans": [no_plans, away, a_race_tomorrow],
}


def without_time(answers: list[Any]) -> list[Any]:
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
    ("category", "change"), [(c, change) for c, some in CHANGES.items() for change in some]
)
def test_what_is_withheld_moves_nothing_that_the_coach_is_told(
    cast: Cast, category: str, change: Callable[[Cast], None]
):
    prepare(cast, cast.ben, category)
    if change is runs_say_vo2max_has_dropped:
        HealthDay.objects.filter(athlete=cast.ada.pk).update(vo2max_ml_kg_min=None)
    bump_data_version(cast.ada)
    before = without_time(told(cast))
    own = get_profile(ApiClient(cast.ada), cast.ada)
    change(cast)
    bump_data_version(cast.ada)
    assert without_time(told(cast)) == before
    if change is not a_resting_pulse and change is not away:
        assert get_profile(ApiClient(cast.ada), cast.ada) != own


def test_an_absence_changes_what_is_told_to_who_may_know(cast: Cast):
    """That the changes above are changes at all."""
    for back in range(10, 40):
        create_run(cast.ada, NOON - timedelta(days=back), source="file")
    bump_data_version(cast.ada)
    before = get_profile(ApiClient(cast.carl), cast.ada)["attention_signals"]
    away(cast)
    bump_data_version(cast.ada)
    assert get_profile(ApiClient(cast.carl), cast.ada)["attention_signals"] != before
    assert Absence.objects.count() == 1
