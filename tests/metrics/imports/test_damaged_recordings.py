"""If a recording cannot be read, the totals that the export has are stored. The file can be tried again."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from astral.http.errors import ApiError
from metrics.archives.items import ActivityEntry, ImportItem, ItemKind
from metrics.imports.control import request_undo, retry_refused_files
from metrics.imports.files.undo import undo_import
from metrics.imports.serializers import load_stored_activities
from metrics.models import Activity, Import, ImportedActivity, ImportFile
from tests.metrics.imports.import_fixtures import (
    WORK,
    build_day_run,
    build_entry_item,
    list_outcomes,
    run,
    send_planned,
)
from tests.support.cast import NOON, Cast

pytestmark = pytest.mark.django_db


def build_item_with_entry(path: str, **described: Any) -> ImportItem:
    entry = build_entry_item(NOON - timedelta(days=3), 600, distance_m=2_000.0, **described)
    return replace(entry, name=path, kind=ItemKind.RECORDING, locator=path, size_bytes=100)


def send_damaged(cast: Cast) -> Import:
    """A run whose file is damaged, with the totals that the export has."""
    item = build_item_with_entry("1.fit", name="Harbour", activity_type="run")
    return run(send_planned(cast.ada, {"1.fit": b"damaged" * 20}, [item]))


def test_the_totals_of_a_file_that_cannot_be_read_are_stored(cast: Cast):
    done = send_damaged(cast)
    file, activity = done.files.get(), Activity.objects.get()
    assert (file.status, file.code, file.kept_bytes) == ("stored", "UNREADABLE_FILE", 140)
    assert file.reason.startswith("The file could not be read. Only the totals that the export has")
    assert (activity.source, activity.name, activity.distance_m) == ("manual", "Harbour", 2_000)
    again = send_damaged(cast)
    assert list_outcomes(again) == [("1.fit", "already_there", "UNREADABLE_FILE")]
    assert Activity.objects.count() == 1


def test_a_file_that_is_tried_again_joins_its_totals(cast: Cast):
    done = send_damaged(cast)
    retry_refused_files(done, None)
    run(done)
    assert list_outcomes(done) == [("1.fit", "stored", "UNREADABLE_FILE")]
    assert ImportedActivity.objects.count() == 1
    content = zlib.compress(build_day_run(3, duration_s=600))
    ImportFile.objects.update(content=content)  # as if a new reader could read it
    retry_refused_files(done, None)
    with pytest.raises(ApiError, match="not done yet"):
        retry_refused_files(done, None)
    run(done)
    file, activity = done.files.get(), Activity.objects.get()
    assert (file.status, file.code, file.kept_bytes) == ("stored", "", 0)
    assert (activity.source, activity.name, activity.distance_m) == ("file", "Harbour", 1_800)
    assert [len(found) for found in load_stored_activities([file]).values()] == [1]
    request_undo(done)
    assert undo_import(done.pk, WORK)
    assert not Activity.objects.exists()
    assert done.files.get().undo_outcome == "removed"


def test_without_possible_totals_the_file_is_refused(cast: Cast):
    item = replace(build_item_with_entry("1.fit"), entry=ActivityEntry(NOON, 0))
    done = run(send_planned(cast.ada, {"1.fit": b"damaged" * 20}, [item]))
    assert list_outcomes(done) == [("1.fit", "refused", "UNREADABLE_FILE")]
    assert not Activity.objects.exists()


def test_the_report_says_what_a_planner_says_of_an_entry(cast: Cast):
    item = replace(build_entry_item(), reason="The export does not contain its file 1.gpx.")
    for status in ("stored", "already_there"):
        file = run(send_planned(cast.ada, {}, [item])).files.get()
        assert (file.status, file.reason) == (status, item.reason)
