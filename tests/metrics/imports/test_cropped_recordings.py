"""A recording is cropped as in the export that it comes from. What was there before stays whole."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from metrics.archives.items import ImportItem
from metrics.models import Activity
from tests.metrics.imports.import_fixtures import (
    build_day_run,
    build_recording_item,
    list_outcomes,
    run,
    send_files,
    send_planned,
)
from tests.support.cast import NOON, Cast

pytestmark = pytest.mark.django_db


def build_cropped_item(path: str, started_at: datetime, first_s: int, last_s: int) -> ImportItem:
    kept = started_at + timedelta(seconds=first_s), started_at + timedelta(seconds=last_s)
    return build_recording_item(path, cropped_to=kept)


def test_a_recording_is_cropped_as_in_the_export(cast: Cast):
    start, recording = NOON - timedelta(days=3), {"1.fit": build_day_run(3, duration_s=600)}
    item = build_cropped_item("1.fit", start, 60, 360)
    done = run(send_planned(cast.ada, recording, [item]))
    assert list_outcomes(done) == [("1.fit", "stored", "CROPPED")]
    assert "cropped in the export" in done.files.get().reason
    assert Activity.objects.get().duration_s == 300
    again = run(send_planned(cast.ada, recording, [item]))
    assert list_outcomes(again) == [("1.fit", "already_there", "")]
    run(send_files(cast.ada, recording))
    assert Activity.objects.get().duration_s == 300


def test_what_was_there_before_is_not_cropped_and_the_report_says_so(cast: Cast):
    start, recording = NOON - timedelta(days=3), {"1.fit": build_day_run(3, duration_s=600)}
    run(send_files(cast.ada, recording))
    done = run(send_planned(cast.ada, recording, [build_cropped_item("1.fit", start, 60, 360)]))
    assert list_outcomes(done) == [("1.fit", "already_there", "CROPPED_IN_EXPORT")]
    assert "stays whole" in done.files.get().reason
    assert Activity.objects.get().duration_s == 600
    same = run(send_planned(cast.ada, recording, [build_cropped_item("1.fit", start, 0, 599)]))
    assert list_outcomes(same) == [("1.fit", "already_there", "")]
