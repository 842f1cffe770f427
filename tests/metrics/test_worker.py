"""Background jobs: how they are queued, run, retried and deleted. `test_kills` runs the worker process."""

from __future__ import annotations

import subprocess
import sys
from asyncio import events
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import JobAborted
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job

from athletes.accounts.email_links.tasks import EMAIL_QUEUE
from athletes.models import Athlete
from metrics.management.commands.worker import AUTOGROUP, SLOTS_BY_QUEUES
from metrics.models import Activity, Snapshot
from metrics.remeasurement import remeasure
from metrics.remeasurement.remeasure import ACTIVITIES_PER_BATCH
from metrics.remeasurement.tasks import queue_remeasure, remeasure_athlete
from metrics.tasks import (
    INSIGHTS_QUEUE,
    MAX_JOB_ATTEMPTS,
    UPKEEP_QUEUE,
    delete_old_jobs,
    renew_snapshots,
    run_stalled_jobs_again,
)
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_person, create_run
from tests.support.error_shape import assert_error


@pytest.fixture
def own_loop() -> Iterator[None]:
    """Let a test run an event loop. After a browser test, the loop of Playwright runs in this thread."""
    running = events._get_running_loop()
    events._set_running_loop(None)
    yield
    events._set_running_loop(running)


PRIORITY_OF_OWN_SESSION = """
import django
django.setup()
from athletes.accounts.email_links.tasks import EMAIL_QUEUE
from metrics.management.commands.worker import AUTOGROUP, lower_session_priority
before = AUTOGROUP.read_text()
lower_session_priority()
print("as before" if AUTOGROUP.read_text() == before else "lower")
"""


def build_remeasure_path(user) -> str:
    return f"/api/v1/athletes/{user.public_id}/remeasure"


def get_jobs() -> list[tuple[str, dict[str, Any]]]:
    """Status and arguments of each job, without the club that it waits for."""
    rows = ProcrastinateJob.objects.order_by("id").values_list("status", "args")
    return [
        (status, {name: value for name, value in args.items() if name != "club"}) for status, args in rows
    ]


def build_job_context(reason: AbortReason | None) -> JobContext:
    """The context of a running job. With a `reason`, the worker was told to stop."""
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="")
    return JobContext(app=app, job=job, abort_reason=lambda: reason, start_timestamp=0.0)


def simulate_killed_worker(attempts: int = 0) -> None:
    """Leave the queued job as a worker that was killed a minute ago would leave it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH dead AS ("
            "  INSERT INTO procrastinate_workers (last_heartbeat)"
            "  VALUES (now() - interval '1 minute') RETURNING id"
            ") UPDATE procrastinate_jobs SET status = 'doing', attempts = %s, worker_id = dead.id FROM dead",
            [attempts],
        )


def test_a_request_is_accepted_and_queued_for_the_worker(cast: Cast):
    activity = create_run(cast.ada, perceived_effort=5)
    answer = ApiClient(cast.ada).send_json("post", build_remeasure_path(cast.ada), {})
    assert (answer.status_code, answer.json()) == (202, {"status": "ok", "data": {"queued": True}})
    assert Activity.objects.get(pk=activity.pk).training_load is None
    assert get_jobs() == [("todo", {"athlete_id": str(cast.ada.pk), "since": None})]


@pytest.mark.parametrize(
    ("days", "since"),
    [
        (["2026-06-01", "2026-06-01"], "2026-06-01"),
        (["2026-06-03", "2026-06-01", "2026-06-02"], "2026-06-01"),
        (["2026-06-01", None, "2026-06-02"], None),
        ([None, "2026-06-01"], None),
    ],
)
def test_an_athlete_has_one_waiting_job_from_the_earliest_day(
    cast: Cast, days: list[str | None], since: str | None
):
    for day in days:
        assert (
            ApiClient(cast.ada).send_json("post", build_remeasure_path(cast.ada), {"since": day}).status_code
            == 202
        )
    assert get_jobs() == [("todo", {"athlete_id": str(cast.ada.pk), "since": since})]


def test_a_request_while_the_job_runs_waits_for_it(cast: Cast):
    queue_remeasure(cast.ada.pk, NOON.date())
    simulate_killed_worker()
    queue_remeasure(cast.ada.pk, None)
    queue_remeasure(cast.ada.pk, NOON.date())
    assert [(status, args["since"]) for status, args in get_jobs()] == [
        ("doing", "2026-06-10"),
        ("todo", None),
    ]


def test_jobs_of_a_club_wait_behind_the_first_jobs_of_other_clubs(cast: Cast):
    crowd = [create_person(f"runner{number}") for number in range(5)]
    for person in crowd:
        create_member(person, cast.harbour)
        queue_remeasure(person.pk, None)
    queue_remeasure(cast.zoe.pk, None)
    queue_remeasure(cast.otto.pk, None)
    turns = ProcrastinateJob.objects.order_by("-priority", "id").values_list("args__athlete_id", flat=True)
    assert list(turns)[:3] == [str(user.pk) for user in (crowd[0], cast.zoe, cast.otto)]


def test_jobs_of_a_club_get_their_turn_while_others_keep_asking(cast: Cast):
    crowd = [create_person(f"runner{number}") for number in range(10)]
    for person in crowd:
        create_member(person, cast.harbour)
        queue_remeasure(person.pk, None)
    done = []
    for _ in range(30):
        queue_remeasure(cast.otto.pk, None)
        job = ProcrastinateJob.objects.filter(status="todo").order_by("-priority", "id")[0]
        done.append(job.args["athlete_id"])
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job.pk])
    assert {str(person.pk) for person in crowd} <= set(done)


def test_a_job_that_fails_while_another_waits_is_queued_again(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    queue_remeasure(cast.ada.pk, None)
    simulate_killed_worker()
    running = ProcrastinateJob.objects.get()

    def fail(*_: Any) -> None:
        queue_remeasure(cast.ada.pk, NOON.date())
        raise OSError("disk")

    monkeypatch.setattr(remeasure, "remeasure_athlete_activities", fail)
    job = Job(id=running.pk, queue="recordings", lock=None, queueing_lock=None, task_name="")
    context = JobContext(app=app, job=job, abort_reason=lambda: None, start_timestamp=0.0)
    with pytest.raises(OSError, match="disk"):
        remeasure_athlete.func(context, athlete_id=str(cast.ada.pk), since=None)
    with connection.cursor() as cursor:  # as the worker does for a retry
        cursor.execute("UPDATE procrastinate_jobs SET status = 'todo' WHERE id = %s", [running.pk])
    assert [status for status, _ in get_jobs()] == ["todo", "todo"]


def test_periodic_jobs_have_a_slot_of_their_own():
    app.perform_import_paths()  # as the worker does
    periodic = {deferred.task.queue for deferred in app.periodic_registry.periodic_tasks.values()}
    assert periodic == {UPKEEP_QUEUE, INSIGHTS_QUEUE, EMAIL_QUEUE}
    assert SLOTS_BY_QUEUES[(UPKEEP_QUEUE,)] == 1
    assert remeasure_athlete.queue not in periodic
    assert {task.queue for task in app.tasks.values()} <= {
        name for queues in SLOTS_BY_QUEUES for name in queues
    }


def test_no_other_job_waits_for_a_mail_server():
    app.perform_import_paths()
    mailing = {task.name: task.lock for task in app.tasks.values() if task.queue == EMAIL_QUEUE}
    assert mailing == {
        "send_notice_mails": "send_notice_mails", "send_password_reset": None, "send_address_link": None,
        "send_account_notice": None,
    }  # fmt: skip
    assert SLOTS_BY_QUEUES[(EMAIL_QUEUE,)] == 2, "notices take one at most"


def test_no_job_waits_for_the_one_that_asks_a_language_model():
    asking = [task.name for task in app.tasks.values() if task.queue == INSIGHTS_QUEUE]
    assert asking == ["word_insights"]
    assert SLOTS_BY_QUEUES[(INSIGHTS_QUEUE,)] == 1


def test_a_request_without_a_body_measures_all_days(cast: Cast):
    assert ApiClient(cast.ada).generic("POST", build_remeasure_path(cast.ada)).status_code == 202
    assert get_jobs() == [("todo", {"athlete_id": str(cast.ada.pk), "since": None})]


def test_a_rolled_back_request_queues_nothing(cast: Cast):
    with transaction.atomic():
        queue_remeasure(cast.ada.pk, None)
        transaction.set_rollback(True)
    assert get_jobs() == []


@pytest.mark.parametrize(
    ("viewer", "status"),
    [("ada", 202), ("carl", 202), ("hanna", 202), ("stella", 202)]
    + [(name, 403) for name in ("asha", "ben", "zora", "otto", "lea")],
)
def test_only_users_with_the_record_right_can_request_remeasuring(cast: Cast, viewer: str, status: int):
    answer = ApiClient(getattr(cast, viewer)).send_json("post", build_remeasure_path(cast.ada), {})
    assert answer.status_code == status
    assert len(get_jobs()) == (status == 202)


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"since": "yesterday"}, "INVALID", "since"),
        ({"since": "1066-10-14"}, "RANGE", "since"),
        ({"until": "2026-06-01"}, "UNKNOWN_FIELD", "until"),
        ([], "INVALID", None),
    ],
)
def test_an_invalid_request_queues_nothing(cast: Cast, body, code: str, field: str | None):
    assert_error(
        ApiClient(cast.ada).send_json("post", build_remeasure_path(cast.ada), body), 400, code, field
    )
    assert get_jobs() == []


def test_the_job_measures_activities_from_its_first_day_on(cast: Cast):
    old = create_run(cast.ada, NOON - timedelta(days=60), perceived_effort=5)
    new = create_run(cast.ada, perceived_effort=5)
    remeasure_athlete.func(build_job_context(None), athlete_id=str(cast.ada.pk), since=str(NOON.date()))
    loads = dict(Activity.objects.values_list("pk", "training_load"))
    assert (loads[old.pk], loads[new.pk] is None) == (None, False)


def test_the_job_of_a_deleted_athlete_does_nothing(cast: Cast):
    remeasure_athlete.func(build_job_context(None), athlete_id=str(uuid4()), since=None)


def test_a_stopped_worker_finishes_its_batch_and_the_job_is_retried(cast: Cast):
    for day in range(ACTIVITIES_PER_BATCH + 1):
        create_run(cast.ada, NOON - timedelta(days=day), perceived_effort=5)
    shutting_down = build_job_context(AbortReason.SHUTDOWN)
    with pytest.raises(JobAborted) as stop:
        remeasure_athlete.func(shutting_down, athlete_id=str(cast.ada.pk), since=None)
    assert Activity.objects.filter(training_load=None).count() == 1
    assert remeasure_athlete.get_retry_exception(stop.value, shutting_down.job) is not None


def test_the_periodic_job_renews_outdated_snapshots(cast: Cast):
    renew_snapshots.func(build_job_context(None), timestamp=0)
    assert Snapshot.objects.count() == Athlete.objects.count()
    Athlete.objects.filter(pk=cast.ada.pk).bump_version()
    renew_snapshots.func(build_job_context(None), timestamp=0)
    ada = Athlete.objects.select_related("snapshot").get(pk=cast.ada.pk)
    assert ada.snapshot.data_version == ada.data_version


def test_the_job_of_a_killed_worker_is_queued_again(cast: Cast, own_loop: None):
    queue_remeasure(cast.ada.pk, None)
    simulate_killed_worker()
    async_to_sync(run_stalled_jobs_again)()
    assert [status for status, _ in get_jobs()] == ["todo"]


def test_a_request_since_then_also_does_the_work_of_the_killed_job(cast: Cast, own_loop: None):
    queue_remeasure(cast.ada.pk, None)
    simulate_killed_worker()
    queue_remeasure(cast.ada.pk, NOON.date())
    async_to_sync(run_stalled_jobs_again)()
    assert [(status, args["since"]) for status, args in get_jobs()] == [("aborted", None), ("todo", None)]


def test_a_job_that_kills_every_worker_fails_after_max_attempts(cast: Cast, own_loop: None):
    queue_remeasure(cast.ada.pk, None)
    simulate_killed_worker(attempts=MAX_JOB_ATTEMPTS)
    async_to_sync(run_stalled_jobs_again)()
    assert [status for status, _ in get_jobs()] == ["failed"]


def test_old_finished_jobs_are_deleted_and_waiting_jobs_stay(cast: Cast, own_loop: None):
    queue_remeasure(cast.ada.pk, None)
    simulate_killed_worker(attempts=MAX_JOB_ATTEMPTS)
    async_to_sync(run_stalled_jobs_again)()
    queue_remeasure(cast.ben.pk, None)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '100 hours'")
    async_to_sync(delete_old_jobs.func)(build_job_context(None), timestamp=0)
    assert get_jobs() == [("todo", {"athlete_id": str(cast.ben.pk), "since": None})]


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="this kernel has no groups of sessions")
@pytest.mark.parametrize(("own_session", "priority"), [(True, "lower"), (False, "as before")])
def test_a_worker_with_a_session_of_its_own_lets_pages_come_first(own_session: bool, priority: str):
    command = [sys.executable, "-c", PRIORITY_OF_OWN_SESSION]
    answer = subprocess.run(
        command, start_new_session=own_session, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == priority
