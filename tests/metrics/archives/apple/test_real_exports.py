"""Real exports of others, with expectations made by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from metrics.archives.items import ActivityEntry, ItemKind
from tests.metrics.archives.apple.planned_exports import plan_upload_folder
from tests.support.paths import RECORDINGS

FOLDER = RECORDINGS / "files/apple-health"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="no real files available")


def test_the_route_of_another_year_stays_a_file_of_its_own(tmp_path: Path):
    """The workout of 2016 names a route of 2019."""
    planned = plan_upload_folder(FOLDER / "dogsheep", tmp_path)
    assert planned is not None
    [item] = planned.list_items(ItemKind.ENTRY)
    assert item.entry == ActivityEntry(
        started_at=datetime(2016, 11, 14, 14, 25, 41, tzinfo=UTC),
        duration_s=311.0,
        utc_offset_min=-480,
        elapsed_s=311.0,
        distance_m=0.4971749504535062 * 1_609.344,
        calories_kcal=48.74499999999999,
        device="Apple Watch",
    )
    assert planned.used_paths == {"apple_health_export/export.xml"}


def test_two_positions_of_one_second_are_no_recording(tmp_path: Path):
    planned = plan_upload_folder(FOLDER / "dogsheep__export.xml", tmp_path)
    assert planned is not None
    assert [item.kind for item in planned.items] == [ItemKind.ENTRY, ItemKind.UNREAD]
    assert planned.reasons == {"1 other records": "Astral has no place for these kinds: BodyMassIndex."}


def test_an_export_without_its_data_leaves_the_routes_to_others(tmp_path: Path):
    assert plan_upload_folder(FOLDER / "nicolasreyrolle__export_sample.zip", tmp_path) is None
