"""Measure again: with the thresholds of each day, write only changes, continue an interrupted run."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from itertools import islice
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from athletes.accounts.updates import change_athlete
from athletes.models import Athlete
from metrics.activities.ingest import Upload, ingest_file
from metrics.activities.measure import MEASURED_COLUMNS
from metrics.files.xml.writer import encode_fit
from metrics.models import Activity, Remeasuring, Streams
from metrics.remeasurement.remeasure import RemeasureScope, remeasure_scope
from tests.support.cast import NOON, Cast, create_run
from tests.support.recordings import build_steady_run

JANUARY = date(2026, 1, 1)


def correct_threshold_pace(user, threshold_pace: float, valid_from: date = JANUARY) -> None:
    changes = {"threshold_pace": threshold_pace, "source": "coach", "valid_from": valid_from}
    change_athlete(Athlete.objects.get(pk=user.pk), changes, NOON)


def get_measured_columns(activity: Activity) -> Any:
    return Activity.objects.values(*MEASURED_COLUMNS).get(pk=activity.pk)


def run_remeasure(*arguments: str) -> str:
    out = StringIO()
    call_command("remeasure", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def get_data_version(user) -> int:
    return Athlete.objects.values_list("data_version", flat=True).get(pk=user.pk)


def test_a_run_is_measured_with_the_threshold_of_its_day(cast: Cast):
    old, new = create_run(cast.ada, NOON - timedelta(days=60)), create_run(cast.ada)
    correct_threshold_pace(cast.ada, 300.0)
    correct_threshold_pace(cast.ada, 270.0, NOON.date() - timedelta(days=30))
    run_remeasure("--athlete", "ada@example.test")
    assert get_measured_columns(old)["load_threshold_mps"] == pytest.approx(1000 / 300)
    assert get_measured_columns(new)["load_threshold_mps"] == pytest.approx(1000 / 270)
    # 50 minutes at threshold; an hour has load 100. The speed of 300 s/km is 0.9 of that of 270 s/km.
    assert get_measured_columns(old)["training_load"] == pytest.approx(100 * 5 / 6)
    assert get_measured_columns(new)["training_load"] == pytest.approx(100 * 5 / 6 * 0.9**2)


def test_a_recording_is_measured_from_its_stored_streams(cast: Cast):
    upload = Upload(encode_fit(build_steady_run()), "run.fit")
    (activity,) = ingest_file(cast.ada.athlete, upload).activities
    assert get_measured_columns(activity)["zone1_s"] is None
    correct_threshold_pace(cast.ada, 330.0)
    run_remeasure()
    zones = [get_measured_columns(activity)[f"zone{number}_s"] for number in range(1, 6)]
    assert sum(zones) == 1_800
    assert get_measured_columns(activity)["load_method"] == "pace_grade_stream"


def test_an_unchanged_activity_is_not_written_and_raises_no_version(cast: Cast):
    activity = create_run(cast.ada)
    correct_threshold_pace(cast.ada, 300.0)
    before = get_data_version(cast.ada)
    assert "Activities measured: 1. Changed: 1." in run_remeasure()
    assert get_data_version(cast.ada) == before + 1
    written = Activity.objects.get(pk=activity.pk).updated_at
    assert "Activities measured: 1. Changed: 0." in run_remeasure()
    assert get_data_version(cast.ada) == before + 1
    assert Activity.objects.get(pk=activity.pk).updated_at == written


def test_invalid_measured_columns_are_repaired_and_other_columns_stay(cast: Cast):
    activity = create_run(cast.ada, name="Harbour", is_race=True)
    correct_threshold_pace(cast.ada, 300.0)
    run_remeasure()
    expected = Activity.objects.values().get(pk=activity.pk)
    Activity.objects.update(
        training_load=9e9, warnings=["nonsense"], best_efforts=[{"distance_m": 1}], zone3_s=7
    )
    run_remeasure()
    repaired = Activity.objects.values().get(pk=activity.pk)
    assert repaired | {"updated_at": 0} == expected | {"updated_at": 0}


def test_since_measures_only_activities_from_that_day_on(cast: Cast):
    old, new = create_run(cast.ada, NOON - timedelta(days=60)), create_run(cast.ada)
    correct_threshold_pace(cast.ada, 300.0)
    run_remeasure("--since", str(NOON.date()))
    assert get_measured_columns(old)["training_load"] is None
    assert get_measured_columns(new)["training_load"] is not None


@pytest.mark.parametrize("choice", ["by id", "by name"])
def test_an_organization_measures_its_active_members(cast: Cast, choice: str):
    people = [cast.ada, cast.ben, cast.lea, cast.zoe]
    runs = [create_run(person, perceived_effort=5) for person in people]
    run_remeasure("--organization", cast.harbour.public_id if choice == "by id" else "Harbour Runners")
    assert [get_measured_columns(activity)["training_load"] is not None for activity in runs] == [
        True,
        True,
        False,
        False,
    ]


def test_an_unknown_e_mail_address_or_organization_is_an_error(cast: Cast):
    with pytest.raises(CommandError, match="No account has the e-mail address nobody@example.test."):
        run_remeasure("--athlete", "nobody@example.test")
    with pytest.raises(CommandError, match="No organizations have the name Nowhere"):
        run_remeasure("--organization", "Nowhere")


def test_an_interrupted_run_continues_after_the_last_finished_athlete(cast: Cast):
    people = sorted([cast.ada, cast.ben, cast.zoe], key=lambda person: person.pk)
    runs = [create_run(person, perceived_effort=5) for person in people]
    scope = RemeasureScope("everybody", Athlete.objects.all())
    # As if the run was killed before it stored the position of the second athlete.
    list(islice(remeasure_scope(scope), 2))
    assert Remeasuring.objects.get().reached == people[0].pk
    assert get_measured_columns(runs[2])["training_load"] is None
    output = run_remeasure()
    assert "Continuing an interrupted run" in output
    assert "Activities measured: 2. Changed: 1." in output
    assert get_measured_columns(runs[2])["training_load"] is not None
    assert not Remeasuring.objects.exists()
    assert "Activities measured: 3. Changed: 0." in run_remeasure()


def test_another_scope_does_not_continue_an_interrupted_run(cast: Cast):
    create_run(cast.ada)
    create_run(cast.ben)
    list(islice(remeasure_scope(RemeasureScope("everybody", Athlete.objects.all())), 2))
    assert "Activities measured: 2." in run_remeasure("--since", "2026-01-01")
    assert "Activities measured: 2." in run_remeasure("--from-start")


def test_unreadable_streams_are_counted_and_the_numbers_stay(cast: Cast):
    (activity,) = ingest_file(cast.ada.athlete, Upload(encode_fit(build_steady_run()), "run.fit")).activities
    create_run(cast.ada)
    Streams.objects.update(content=b"nonsense")
    before = get_measured_columns(activity)
    assert "Activities measured: 1. Changed: 1. Unreadable: 1." in run_remeasure()
    assert get_measured_columns(activity) == before


@pytest.mark.parametrize("runs", [2, 20])
def test_a_batch_takes_the_same_number_of_statements_for_any_number_of_activities(
    cast: Cast, django_assert_num_queries, runs: int
):
    """Athletes; ids of the first one; begin; athlete, thresholds, activities; two updates; commit."""
    for days in range(runs):
        create_run(cast.ada, NOON - timedelta(days=days), perceived_effort=5)
    scope = RemeasureScope("ada", Athlete.objects.filter(pk=cast.ada.pk))
    with django_assert_num_queries(9):
        next(remeasure_scope(scope))
