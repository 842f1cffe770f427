"""After an upgrade every athlete is measured again, from the original files, and told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from athletes.models import Athlete
from metrics.activities.changes import delete_activity
from metrics.activities.ingest import Upload, ingest_file
from metrics.activities.measure import MEASUREMENT_FORMULA
from metrics.files.xml.writer import encode_fit, encode_gpx
from metrics.models import Activity, BinActivity, MeasurementState, Streams
from metrics.remeasurement.news import describe_news
from metrics.remeasurement.tasks import measure_athlete_with_new_formulas, queue_outdated_athletes
from metrics.remeasurement.upgrade import filter_outdated, measure_with_new_formulas
from metrics.storage.activity_bin import restore_activity
from tests.metrics.remeasurement.test_remeasure import get_data_version, run_remeasure
from tests.metrics.test_worker import build_job_context
from tests.support.cast import Cast, create_run
from tests.support.recordings import build_steady_run


def store_run(user, **changes) -> Activity:
    """A run from a file, stored as an older version read it: with other columns."""
    (activity,) = ingest_file(user.athlete, Upload(encode_fit(build_steady_run()), "run.fit")).activities
    Activity.objects.filter(pk=activity.pk).update(**changes)
    return activity


def measure_again(user) -> None:
    list(measure_with_new_formulas(user.pk))


def get_state(user) -> MeasurementState:
    return MeasurementState.objects.get(athlete=user.pk)


def test_times_totals_and_samples_are_read_from_the_file_again(cast: Cast):
    recorded = build_steady_run()
    activity = store_run(
        cast.ada,
        started_at=recorded.started_at - timedelta(days=6),
        elapsed_s=7 * 86_400.0,
        duration_s=7 * 86_400.0,
        recorded={"duration_s": 7 * 86_400.0, "elapsed_s": 7 * 86_400.0, "sport": "run"},
    )
    Streams.objects.filter(pk=activity.pk).update(content=b"", pauses=[[1, 2]])
    measure_again(cast.ada)
    again = Activity.objects.get(pk=activity.pk)
    assert (again.started_at, again.duration_s) == (recorded.started_at, recorded.totals.duration_s)
    assert again.distance_m == pytest.approx(recorded.totals.distance_m, rel=1e-3)
    assert bytes(Streams.objects.get(pk=activity.pk).content) == bytes(activity.streams.content)
    assert get_state(cast.ada).changed == 1


def test_what_a_person_edited_stays(cast: Cast):
    edited = {"name": "With Ben", "activity_type": "walk", "perceived_effort": 4.0, "is_race": True}
    activity = store_run(cast.ada, **edited)
    measure_again(cast.ada)
    assert Activity.objects.values(*edited).get(pk=activity.pk) == edited


def test_a_date_stays_although_the_athlete_has_moved(cast: Cast):
    gpx = encode_gpx(build_steady_run(datetime(2026, 6, 9, 23, tzinfo=UTC)))  # without a UTC offset
    (activity,) = ingest_file(cast.ada.athlete, Upload(gpx, "run.gpx")).activities
    assert activity.local_date == date(2026, 6, 10)
    Athlete.objects.filter(pk=cast.ada.pk).update(timezone="America/Los_Angeles")
    measure_again(cast.ada)
    assert Activity.objects.get(pk=activity.pk).local_date == date(2026, 6, 10)


def test_a_second_run_changes_nothing(cast: Cast):
    store_run(cast.ada, distance_m=1.0)
    measure_again(cast.ada)
    version, changed = get_data_version(cast.ada), get_state(cast.ada).changed
    measure_again(cast.ada)
    assert (get_data_version(cast.ada), get_state(cast.ada).changed) == (version, changed)


def test_an_activity_without_a_file_is_measured_from_what_is_stored(cast: Cast):
    run = create_run(cast.ada, training_load=1.0, recorded={"duration_s": 3000.0, "elapsed_s": 3000.0})
    measure_again(cast.ada)
    assert Activity.objects.get(pk=run.pk).training_load == pytest.approx(50.0)


def test_an_interrupted_run_keeps_its_counts(cast: Cast):
    for day in range(25):
        recording = replace(
            build_steady_run(), started_at=build_steady_run().started_at - timedelta(days=day)
        )
        ingest_file(cast.ada.athlete, Upload(encode_fit(recording), f"{day}.fit"))
    Activity.objects.filter(athlete=cast.ada.pk).update(distance_m=1.0)
    next(measure_with_new_formulas(cast.ada.pk))
    assert (get_state(cast.ada).changed, get_state(cast.ada).formula) == (20, 0)
    measure_again(cast.ada)
    assert (get_state(cast.ada).changed, get_state(cast.ada).formula) == (25, MEASUREMENT_FORMULA)
    assert get_state(cast.ada).changed_columns["distance_m"] == 25


def test_outdated_athletes_are_queued_once_and_after_all_other_jobs(cast: Cast):
    create_run(cast.ada)
    create_run(cast.ben)
    MeasurementState.objects.create(athlete_id=cast.ben.pk, formula=MEASUREMENT_FORMULA)
    for _ in range(2):
        queue_outdated_athletes(0)
    (job,) = ProcrastinateJob.objects.filter(task_name="measure_with_new_formulas")
    assert job.args == {"athlete_id": str(cast.ada.pk)}
    assert job.priority == -1_000_000
    assert list(filter_outdated(Athlete.objects.all())) == [cast.ada.athlete]
    assert run_remeasure("--status").startswith("Measured with the formulas of this version: 1 of 2 athletes")


def test_an_athlete_whose_job_has_failed_waits_and_the_others_do_not(cast: Cast):
    create_run(cast.ada)
    queue_outdated_athletes(0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    create_run(cast.ben)
    queue_outdated_athletes(0)
    waiting = ProcrastinateJob.objects.filter(status="todo").values_list("args__athlete_id", flat=True)
    assert list(waiting) == [str(cast.ben.pk)]


def test_a_job_that_was_queued_twice_reads_the_files_once(cast: Cast, django_assert_num_queries):
    store_run(cast.ada)
    context = build_job_context(None)
    measure_athlete_with_new_formulas.func(context, athlete_id=str(cast.ada.pk))
    assert get_state(cast.ada).formula == MEASUREMENT_FORMULA
    with django_assert_num_queries(2):
        measure_athlete_with_new_formulas.func(context, athlete_id=str(cast.ada.pk))


@pytest.mark.parametrize("is_restored_later", [False, True])
def test_an_activity_that_was_in_the_bin_during_an_upgrade_is_measured_later(
    cast: Cast, is_restored_later: bool
):
    create_run(cast.ada)
    run = store_run(cast.ada, training_load=1.0)
    delete_activity(run, BinActivity.DeletedBy.ATHLETE, timezone.now())
    if not is_restored_later:
        restore_activity(cast.ada.pk, run.pk)
    measure_again(cast.ada)
    if is_restored_later:
        restore_activity(cast.ada.pk, run.pk)
    assert filter_outdated(Athlete.objects.all()).exists() is is_restored_later
    measure_again(cast.ada)
    assert Activity.objects.get(pk=run.pk).training_load != 1.0
    assert not filter_outdated(Athlete.objects.all()).exists()


def test_news_name_what_changed_until_the_athlete_has_read_them(cast: Cast):
    changes = {"elevation_gain_m": 9, "training_load": 3, "intensity": 3}
    state = MeasurementState.objects.create(athlete_id=cast.ada.pk, changed=12, changed_columns=changes)
    assert describe_news(cast.ada.pk) == "12 activities were measured again: the climb of 9, the load of 3."
    state.changed, state.changed_columns = 1, {}
    state.save()
    assert describe_news(cast.ada.pk) == "1 activity was measured again."
    state.told_at = timezone.now()
    state.save()
    assert describe_news(cast.ada.pk) == ""


def test_the_own_page_shows_the_news_until_the_button_is_pressed(cast: Cast, client):
    create_run(cast.ada)
    MeasurementState.objects.create(athlete_id=cast.ada.pk, changed=2, changed_columns={"best_efforts": 1})
    client.force_login(cast.ada)
    text = "2 activities were measured again: best times of 1."
    assert text in client.get("/home").content.decode()
    assert client.post("/home/measured-again").url == "/home"
    assert text not in client.get("/home").content.decode()
