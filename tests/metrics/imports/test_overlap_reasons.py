"""The report says of each file that brought nothing new what was here before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from metrics.activities.changes import update_activity
from metrics.files.xml.writer import encode_gpx
from metrics.models import Activity, Import
from tests.metrics.imports.import_fixtures import (
    build_day_run,
    build_entry_item,
    build_wellness,
    run,
    send_files,
    send_planned,
)
from tests.support.cast import NOON, Cast, create_run
from tests.support.recordings import build_steady_run

pytestmark = pytest.mark.django_db
DAY = "Sun 7 Jun 2026"


def list_reasons(parent: Import) -> list[tuple[str, str]]:
    return list(parent.files.order_by("position").values_list("status", "reason"))


def test_a_file_that_is_here_names_its_activity(cast: Cast):
    run(send_files(cast.ada, {"1.fit": build_day_run(3)}))
    update_activity(Activity.objects.get(), {"name": "Long run"})
    again = run(send_files(cast.ada, {"other.fit": build_day_run(3)}))
    assert list_reasons(again) == [("already_there", f"The same file is here already: “Long run” of {DAY}.")]


def test_a_recording_that_came_in_another_file_is_named(cast: Cast):
    recording = encode_gpx(build_steady_run(NOON - timedelta(days=3), duration_s=120))
    run(send_files(cast.ada, {"1.gpx": recording}))
    again = run(send_files(cast.ada, {"1.gpx": recording + b"\n"}))
    assert list_reasons(again) == [("already_there", f"The same recording is here already: “Run” of {DAY}.")]


def test_a_second_recording_names_what_it_overlaps(cast: Cast):
    run(send_files(cast.ada, {"1.fit": build_day_run(3)}))
    other = encode_gpx(build_steady_run(NOON - timedelta(days=3, seconds=-5), duration_s=120))
    second = run(send_files(cast.ada, {"phone.gpx": other}))
    reason = f"It overlaps “Run” of {DAY}. Both recordings are kept."
    assert list_reasons(second) == [("second_recording", reason)]


def test_an_entry_names_the_activity_that_it_is(cast: Cast):
    create_run(cast.ada, NOON, name="Race", duration_s=1_800.0)
    items = [build_entry_item(NOON, 1_800, activity_type="run", gear="Blue shoes")]
    there = run(send_planned(cast.ada, {"a.txt": b"a"}, items))
    reason = "It is the same activity as “Race” of Wed 10 Jun 2026. It has got what the export says of it."
    assert list_reasons(there) == [("already_there", reason)]


def test_days_that_are_here_are_counted(cast: Cast):
    run(send_files(cast.ada, {"w.csv": build_wellness()}))
    again = run(send_files(cast.ada, {"w.csv": build_wellness()}))
    assert list_reasons(again) == [("already_there", "Its day is here already, with the same values.")]
