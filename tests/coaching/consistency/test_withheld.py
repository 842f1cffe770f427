"""Withheld data reaches no number, signal or sort order that the coach gets."""

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


def assess(user, *withheld: str) -> AssessmentData:
    return assessments_for_viewer({user.pk: Visibility.without(withheld)}, NOON)[user.pk]


def get_codes(assessment: AssessmentData) -> set[str]:
    return {signal.code for signal in assessment.signals}


@pytest.mark.parametrize(("source", "visible"), [("estimate", False), ("device", True)])
def test_estimated_vo2max_belongs_to_activities_and_device_vo2max_to_health(
    cast: Cast, source: str, visible: bool
):
    for back in range(56):
        value = 50.0 if back < 28 else 54.0
        if source == "estimate":
            create_run(cast.ada, NOON - timedelta(days=back), vo2max_ml_kg_min=value)
        else:
            readings = {"source": "garmin", "vo2max_ml_kg_min": value}
            HealthDay.objects.create(athlete=cast.ada.athlete, date=get_day(-back), **readings)
    bump_data_version(cast.ada)
    assert "VO2MAX_DECLINING" in get_codes(assess(cast.ada))
    assert ("VO2MAX_DECLINING" in get_codes(assess(cast.ada, "activities"))) is visible
    assert "VO2MAX_DECLINING" not in get_codes(assess(cast.ada, "health"))


def test_last_sync_counts_only_shared_data(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=1), source="file")
    HealthDay.objects.create(athlete=cast.ada.athlete, date=get_day(-1), source="garmin", hrv_rmssd_ms=50.0)
    Activity.objects.update(created_at=NOON - timedelta(days=9))
    HealthDay.objects.update(updated_at=NOON - timedelta(days=1))
    bump_data_version(cast.ada)
    assert assess(cast.ada).data_quality_parts["integrations"] == 25
    assert "SYNC_STALE" not in get_codes(assess(cast.ada, "activities"))
    assert "SYNC_STALE" in get_codes(assess(cast.ada, "health"))
    assert assess(cast.ada, "health").data_quality_parts["integrations"] == 6
    nothing = assess(cast.ada, "activities", "health")
    assert (nothing.data_quality_parts["integrations"], "SYNC_STALE" in get_codes(nothing)) == (0, False)


def test_manual_entries_count_only_if_activities_are_shared(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=1))
    bump_data_version(cast.ada)
    assert assess(cast.ada, "health").data_quality_parts["integrations"] == 15
    assert assess(cast.ada, "activities").data_quality_parts["integrations"] == 0


def test_withheld_race_result_and_resting_hr_do_not_complete_the_data_quality(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=30), race_vdot=50.0)
    for kind, value in (("hr_max", 190.0), ("hr_rest", 50.0)):
        Threshold.objects.create(
            athlete=cast.ada.athlete, kind=kind, value=value, valid_from=get_day(-10), source="coach"
        )
    bump_data_version(cast.ada)

    def get_points(*withheld: str) -> tuple[float, float]:
        parts = assess(cast.ada, *withheld).data_quality_parts
        return parts["vdot"], parts["hr_zones"]

    assert (get_points(), get_points("activities"), get_points("health")) == ((20, 15), (0, 15), (20, 0))


def test_withheld_absence_silences_no_signal(cast: Cast):
    for back in range(10, 40):
        create_run(cast.ada, NOON - timedelta(days=back), source="file")
    create_absence(cast.ada, -9, None)
    bump_data_version(cast.ada)
    assert "INACTIVITY" not in get_codes(assess(cast.ada))
    assert "INACTIVITY" in get_codes(assess(cast.ada, "goals_and_plans"))


def test_withheld_assessments_are_not_stored(cast: Cast):
    create_run(cast.ada, source="file")
    Athlete.objects.filter(pk=cast.ada.pk).bump_version()
    stored_parts = current_assessments([cast.ada.pk], NOON)[cast.ada.pk].data_quality_parts
    assess(cast.ada, "activities")
    assert Assessment.objects.get(pk=cast.ada.pk).data_quality_parts == stored_parts
