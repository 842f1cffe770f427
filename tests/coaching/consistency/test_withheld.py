"""What an athlete keeps back reaches no number, signal or sort order that is made for the coach."""

from __future__ import annotations

from datetime import timedelta

import pytest

from athletes.models import Athlete, Threshold
from athletes.rights import Visibility
from coaching.assessments.current import assessments_for_viewer, current_assessments
from coaching.assessments.values import AssessmentData
from coaching.models import Assessment
from metrics.models import Activity, HealthDay
from tests.coaching.plan_fixtures import bump_data_version, create_absence, get_day
from tests.support.cast import NOON, Cast, create_run


def without(user, *withheld: str) -> AssessmentData:
    return assessments_for_viewer({user.pk: Visibility.without(withheld)}, NOON)[user.pk]


def codes(assessment: AssessmentData) -> set[str]:
    return {signal.code for signal in assessment.signals}


@pytest.mark.parametrize(("source", "told"), [("estimate", False), ("device", True)])
def test_vo2max_of_runs_is_of_the_activities_and_of_a_device_of_the_health(
    cast: Cast, source: str, told: bool
):
    for back in range(56):
        value = 50.0 if back < 28 else 54.0
        if source == "estimate":
            create_run(cast.ada, NOON - timedelta(days=back), vo2max_ml_kg_min=value)
        else:
            readings = {"source": "garmin", "vo2max_ml_kg_min": value}
            HealthDay.objects.create(athlete=cast.ada.athlete, date=get_day(-back), **readings)
    bump_data_version(cast.ada)
    assert "VO2MAX_DECLINING" in codes(without(cast.ada))
    assert ("VO2MAX_DECLINING" in codes(without(cast.ada, "activities"))) is told
    assert "VO2MAX_DECLINING" not in codes(without(cast.ada, "health"))


def test_when_something_came_in_is_told_of_what_is_shared(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=1), source="file")
    HealthDay.objects.create(athlete=cast.ada.athlete, date=get_day(-1), source="garmin", hrv_rmssd_ms=50.0)
    Activity.objects.update(created_at=NOON - timedelta(days=9))
    HealthDay.objects.update(updated_at=NOON - timedelta(days=1))
    bump_data_version(cast.ada)
    assert without(cast.ada).data_quality_parts["integrations"] == 25
    assert "SYNC_STALE" not in codes(without(cast.ada, "activities"))
    assert "SYNC_STALE" in codes(without(cast.ada, "health"))
    assert without(cast.ada, "health").data_quality_parts["integrations"] == 6
    nothing = without(cast.ada, "activities", "health")
    assert (nothing.data_quality_parts["integrations"], "SYNC_STALE" in codes(nothing)) == (0, False)


def test_an_entry_by_hand_is_told_of_what_is_shared(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=1))
    bump_data_version(cast.ada)
    assert without(cast.ada, "health").data_quality_parts["integrations"] == 15
    assert without(cast.ada, "activities").data_quality_parts["integrations"] == 0


def test_a_race_result_and_a_resting_pulse_complete_no_profile_for_who_may_not_see_them(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=30), race_vdot=50.0)
    for kind, value in (("hr_max", 190.0), ("hr_rest", 50.0)):
        Threshold.objects.create(
            athlete=cast.ada.athlete, kind=kind, value=value, valid_from=get_day(-10), source="coach"
        )
    bump_data_version(cast.ada)

    def parts(*withheld: str) -> tuple[float, float]:
        told = without(cast.ada, *withheld).data_quality_parts
        return told["vdot"], told["hr_zones"]

    assert (parts(), parts("activities"), parts("health")) == ((20, 15), (0, 15), (20, 0))


def test_an_absence_that_is_kept_back_silences_nothing(cast: Cast):
    for back in range(10, 40):
        create_run(cast.ada, NOON - timedelta(days=back), source="file")
    create_absence(cast.ada, -9, None)
    bump_data_version(cast.ada)
    assert "INACTIVITY" not in codes(without(cast.ada))
    assert "INACTIVITY" in codes(without(cast.ada, "goals_and_plans"))


def test_withheld_assessments_are_not_stored(cast: Cast):
    create_run(cast.ada, source="file")
    Athlete.objects.filter(pk=cast.ada.pk).bump_version()
    kept = current_assessments([cast.ada.pk], NOON)[cast.ada.pk].data_quality_parts
    without(cast.ada, "activities")
    assert Assessment.objects.get(pk=cast.ada.pk).data_quality_parts == kept
