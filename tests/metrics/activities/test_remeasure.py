"""Measuring again: with the thresholds of the day, what changed only, from where an interrupted run stopped."""

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
from metrics.activities.remeasure import RemeasureScope, remeasure_scope
from metrics.files.xml.writer import encode_fit
from metrics.models import Activity, Remeasuring, Streams
from tests.support.cast import NOON, Cast, create_run
from tests.support.recordings import build_steady_run

JANUARY = date(2026, 1, 1)


def correct(user, threshold_pace: float, valid_from: date = JANUARY) -> None:
    changes = {"threshold_pace": threshold_pace, "source": "coach", "valid_from": valid_from}
    change_athlete(Athlete.objects.get(pk=user.pk), changes, NOON)


def measured(activity: Activity) -> Any:
    return Activity.objects.values(*MEASURED_COLUMNS).get(pk=activity.pk)


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("remeasure", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def version(user) -> int:
    return Athlete.objects.values_list("data_version", flat=True).get(pk=user.pk)


def test_a_run_is_measured_with_the_threshold_of_its_day(cast: Cast):
    old, new = create_run(cast.ada, NOON - timedelta(days=60)), create_run(cast.ada)
    correct(cast.ada, 300.0)
    correct(cast.ada, 270.0, NOON.date() - timedelta(days=30))
    command("--athlete", "ada@example.test")
    assert measured(old)["load_threshold_mps"] == pytest.approx(1000 / 300)
    assert measured(new)["load_threshold_mps"] == pytest.approx(1000 / 270)
    # 50 minutes at threshold, 100 an hour; 300 s/km is nine tenths of 270 s/km.
    assert measured(old)["training_load"] == pytest.approx(100 * 5 / 6)
    assert measured(new)["training_load"] == pytest.approx(100 * 5 / 6 * 0.9**2)


def test_a_recording_is_measured_from_its_stored_streams(cast: Cast):
    upload = Upload(encode_fit(build_steady_run()), "run.fit")
    (activity,) = ingest_file(cast.ada.athlete, upload).activities
    assert measured(activity)["zone1_s"] is None
    correct(cast.ada, 330.0)
    command()
    zones = [measured(activity)[f"zone{number}_s"] for number in range(1, 6)]
    assert sum(zones) == 1_800
    assert measured(activity)["load_method"] == "pace_grade_stream"


def test_what_came_out_the_same_is_neither_written_nor_makes_answers_stale(cast: Cast):
    activity = create_run(cast.ada)
    correct(cast.ada, 300.0)
    before = version(cast.ada)
    assert "Activities measured: 1. Changed: 1." in command()
    assert version(cast.ada) == before + 1
    written = Activity.objects.get(pk=activity.pk).updated_at
    assert "Activities measured: 1. Changed: 0." in command()
    assert version(cast.ada) == before + 1
    assert Activity.objects.get(pk=activity.pk).updated_at == written


def test_garbage_in_the_measured_columns_is_repaired_and_the_rest_stays(cast: Cast):
    activity = create_run(cast.ada, name="Harbour", is_race=True)
    correct(cast.ada, 300.0)
    command()
    right = Activity.objects.values().get(pk=activity.pk)
    Activity.objects.update(
        training_load=9e9, warnings=["nonsense"], best_efforts=[{"distance_m": 1}], zone3_s=7
    )
    command()
    repaired = Activity.objects.values().get(pk=activity.pk)
    assert repaired | {"updated_at": 0} == right | {"updated_at": 0}


def test_only_the_days_since_are_measured(cast: Cast):
    old, new = create_run(cast.ada, NOON - timedelta(days=60)), create_run(cast.ada)
    correct(cast.ada, 300.0)
    command("--since", str(NOON.date()))
    assert measured(old)["training_load"] is None
    assert measured(new)["training_load"] is not None


@pytest.mark.parametrize("named", ["by id", "by name"])
def test_an_organization_is_its_active_members(cast: Cast, named: str):
    people = [cast.ada, cast.ben, cast.lea, cast.zoe]
    runs = [create_run(person, perceived_effort=5) for person in people]
    command("--organization", cast.harbour.public_id if named == "by id" else "Harbour Runners")
    assert [measured(activity)["training_load"] is not None for activity in runs] == [
        True,
        True,
        False,
        False,
    ]


def test_nobody_and_no_club_are_said_in_a_sentence(cast: Cast):
    with pytest.raises(CommandError, match="No account has the e-mail address nobody@example.test."):
        command("--athlete", "nobody@example.test")
    with pytest.raises(CommandError, match="No organizations have the name Nowhere"):
        command("--organization", "Nowhere")


def test_an_interrupted_run_goes_on_after_the_last_athlete_that_was_finished(cast: Cast):
    people = sorted([cast.ada, cast.ben, cast.zoe], key=lambda person: person.pk)
    runs = [create_run(person, perceived_effort=5) for person in people]
    everybody = RemeasureScope("everybody", Athlete.objects.all())
    list(
        islice(remeasure_scope(everybody), 2)
    )  # as if killed while the second athlete's position was not written yet
    assert Remeasuring.objects.get().reached == people[0].pk
    assert measured(runs[2])["training_load"] is None
    output = command()
    assert "Continuing an interrupted run" in output
    assert "Activities measured: 2. Changed: 1." in output
    assert measured(runs[2])["training_load"] is not None
    assert not Remeasuring.objects.exists()
    assert "Activities measured: 3. Changed: 0." in command()


def test_another_question_does_not_go_on_from_this_one(cast: Cast):
    create_run(cast.ada)
    create_run(cast.ben)
    list(islice(remeasure_scope(RemeasureScope("everybody", Athlete.objects.all())), 2))
    assert "Activities measured: 2." in command("--since", "2026-01-01")
    assert "Activities measured: 2." in command("--from-start")


def test_streams_that_cannot_be_read_are_counted_and_the_numbers_stay(cast: Cast):
    (activity,) = ingest_file(cast.ada.athlete, Upload(encode_fit(build_steady_run()), "run.fit")).activities
    create_run(cast.ada)
    Streams.objects.update(content=b"nonsense")
    before = measured(activity)
    assert "Activities measured: 1. Changed: 1. Unreadable: 1." in command()
    assert measured(activity) == before


@pytest.mark.parametrize("runs", [2, 20])
def test_a_batch_takes_seven_statements_however_many_activities(
    cast: Cast, django_assert_num_queries, runs: int
):
    """The athletes and the first one's ids; begin; athlete, thresholds, activities; activities, version; commit."""
    for days in range(runs):
        create_run(cast.ada, NOON - timedelta(days=days), perceived_effort=5)
    scope = RemeasureScope("ada", Athlete.objects.filter(pk=cast.ada.pk))
    with django_assert_num_queries(9):
        next(remeasure_scope(scope))
