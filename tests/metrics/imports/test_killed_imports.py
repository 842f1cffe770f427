"""kill -9 in the middle of each kind of upload: afterwards nothing is lost and nothing is doubled.

A forked process runs the import and kills itself. `tests/metrics/test_kills.py` kills a real worker.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from athletes.models import User
from metrics.files.xml.writer import encode_fit
from metrics.imports.files.run import WorkSlice, run_import
from metrics.models import Activity, HealthDay, Import, ImportedActivity
from tests.metrics.archives.test_garmin_export import PART, SUMMARIES, build_summary, encode_summaries
from tests.metrics.archives.test_strava_export import HEADER_2019
from tests.metrics.health.imports.example_exports import WHOOP_CYCLES, build_export
from tests.metrics.imports.export_fixtures import ACTIVITY, RACE, build_archive
from tests.metrics.imports.import_fixtures import (
    WORK,
    build_day_run,
    build_wellness,
    build_workout_export,
    build_zip,
    run,
    send_files,
)
from tests.support.cast import NOON, create_person
from tests.support.recordings import build_steady_run

pytestmark = pytest.mark.django_db(transaction=True)


def build_strava_export(count: int) -> bytes:
    """Half of the activities have a file."""
    rows = [
        f'{day},"{NOON - timedelta(days=day):%b %d, %Y, %I:%M:%S %p}",Run {day},Run,,120,0.36,false,,{file}'
        for day in range(count)
        for file in [f"activities/{day}.gpx" if day % 2 else ""]
    ]
    recordings = {f"activities/{day}.gpx": build_day_run(day) for day in range(1, count, 2)}
    return build_zip({"activities.csv": "\n".join([HEADER_2019, *rows]).encode()} | recordings)


def build_garmin_export(count: int) -> bytes:
    """Each day has a recording in a nested ZIP, and an activity without one."""
    starts = [NOON - timedelta(days=day) for day in range(count)]
    recordings = [encode_fit(build_steady_run(start, duration_s=600)) for start in starts]
    part = build_zip({f"a_{day}.fit": data for day, data in enumerate(recordings)})
    entries = [build_summary(day, start - timedelta(hours=6)) for day, start in enumerate(starts)]
    return build_zip({PART: part, SUMMARIES: encode_summaries(*entries)})


def build_cycles() -> bytes:
    night = "2026-06-01 22:00:00,2026-06-02 22:00:00,UTC,50,61,2026-06-02 06:00:00,420"
    return build_export(WHOOP_CYCLES, [night])


KINDS: dict[str, Callable[[], dict[str, bytes]]] = {
    "strava_export": lambda: {"export.zip": build_strava_export(4)},
    "garmin_export": lambda: {"export.zip": build_garmin_export(4)},
    "apple_health": lambda: {"export.xml": build_workout_export(4)},
    "astral_export": lambda: {"astral.zip": build_archive({"races": [RACE], "activities": [ACTIVITY]})},
    "health_csv": lambda: {"wellness.csv": build_wellness(), "cycles.csv": build_cycles()},
    "folder": lambda: {f"{day}.fit": build_day_run(day) for day in range(4)},
}


def kill_in_the_middle(parent: Import, work: WorkSlice) -> None:
    """Run an import in another process, which `work` kills."""
    child = os.fork()
    if child == 0:
        leave_connection_of_parent()
        try:
            run_import(parent.pk, work)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "The import ended before it was killed."


def leave_connection_of_parent() -> None:
    """Open another connection. The parent's stays open: ending it here would end it there."""
    inherited.append(connection.connection)
    connection.connection = None
    connection.settings_dict = deepcopy(connection.settings_dict)
    connection.settings_dict["OPTIONS"].pop("pool", None)


inherited: list[Any] = []


def kill_itself(*_: object) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def list_stored(user: User) -> dict[str, list[Any]]:
    """What an athlete has, without ids."""
    activities = Activity.objects.filter(athlete=user.pk).order_by("started_at")
    days = HealthDay.objects.filter(athlete=user.pk).order_by("date", "source")
    return {
        "activities": list(
            activities.values_list("started_at", "activity_type", "source", "name", "recorded")
        ),
        "days": list(days.values_list("date", "source", *HealthDay.READINGS)),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_import_stores_the_same_as_one_that_was_not(kind: str):
    files: Mapping[str, bytes] = KINDS[kind]()
    ada, zoe = create_person("ada"), create_person("zoe")
    whole = run(send_files(zoe, files))
    parent = send_files(ada, files)
    kill_in_the_middle(parent, WorkSlice(WORK.now, must_stop=kill_itself))  # while it is planned, or before
    kill_in_the_middle(parent, WorkSlice(WORK.now, report=kill_itself))  # after the first file
    assert Import.objects.get(pk=parent.pk).status == "running"
    done = run(parent)
    assert (done.kind, done.status, done.done_count) == (kind, "done", whole.done_count)
    assert list_stored(ada) == list_stored(zoe)
    assert any(list_stored(ada).values())
    brought = ImportedActivity.objects.filter(athlete=ada.pk, outcome="stored")
    assert brought.count() == Activity.objects.filter(athlete=ada.pk).count()
