"""Real exports give what was counted by hand, and the sums that other readers found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from metrics.archives.items import ImportItem, ItemKind, UploadKind
from metrics.files.crop import is_cropped
from metrics.files.read import read_recordings
from tests.metrics.archives.uploads import count_kinds, plan, select
from tests.support.paths import RECORDINGS

FILES = RECORDINGS / "files"
GARMIN = "garmin-export/DI_CONNECT/DI-Connect-Fitness"

pytestmark = pytest.mark.skipif(not FILES.exists(), reason="no real files available")


def load_expected(name: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((RECORDINGS / "expected.json").read_text())[name]
    return expected


def sum_runs(items: Sequence[ImportItem]) -> tuple[int, float, float]:
    """The count, metres and seconds of all entries that are runs."""
    runs = [item.entry for item in items if item.description and item.description.activity_type == "run"]
    entries = [entry for entry in runs if entry is not None]
    metres = sum(entry.distance_m or 0 for entry in entries)
    return len(entries), round(metres, 1), round(sum(entry.duration_s for entry in entries), 1)


def test_a_strava_export_of_2018(tmp_path):
    """128 rows: 45 runs and 83 rides. 115 name a file, 14 of those are there."""
    made = plan(tmp_path, FILES / "strava-export-ahmed")
    assert made.kind == UploadKind.STRAVA_EXPORT
    assert count_kinds(made.items) == {"recording": 14, "entry": 114}
    assert sum("does not contain its file" in item.reason for item in made.items) == 101
    sports = [item.description.activity_type for item in made.items if item.description]
    assert (sports.count("run"), sports.count("bike")) == (45, 83)
    rows = load_expected("strava-export-ahmed/activities.csv")["rows_with_present_file"]
    for item in select(made.items, ItemKind.RECORDING):
        assert item.description is not None
        assert item.description.cropped_to is not None
        began, ended = item.description.cropped_to
        assert began.strftime("%Y-%m-%d %H:%M:%S") == rows[item.name]["date"]
        assert (ended - began).total_seconds() == float(rows[item.name]["elapsed_s"])


def test_nobody_cropped_a_run_of_2018(tmp_path):
    """Phones were stopped up to 18 minutes after their last point. That is no crop."""
    made = plan(tmp_path, FILES / "strava-export-ahmed")
    for item in select(made.items, ItemKind.RECORDING):
        data = (FILES / "strava-export-ahmed" / item.locator).read_bytes()
        [recording] = read_recordings(data)
        assert item.description is not None
        assert item.description.cropped_to is not None
        assert not is_cropped(recording, *item.description.cropped_to)


def test_a_garmin_export_without_its_files(tmp_path):
    """2,000 summaries: 3 are sums of multisport activities, 3 have no duration."""
    made = plan(tmp_path, FILES / "garmin-export")
    assert made.kind == UploadKind.GARMIN_EXPORT
    assert count_kinds(made.items) == {"entry": 1_994, "unread": 4}
    assert sorted(item.code for item in select(made.items, ItemKind.UNREAD)) == [
        *["INVALID_ROW"] * 3,
        "SUM_OF_PARTS",
    ]
    for number in (1001, 4004):
        name = f"{GARMIN}/mblennon_{number}_summarizedActivities.json"
        expected = load_expected(name)
        items = [item for item in made.items if f"mblennon_{number}_" in item.name]
        count, metres, seconds = sum_runs(items)
        assert count == expected["runs"]
        assert metres == pytest.approx(expected["run_distance_m"], abs=1)
        assert seconds == pytest.approx(expected["run_duration_s"], abs=1)


def test_a_whoop_export(tmp_path):
    made = plan(tmp_path, FILES / "whoop-export")
    assert made.kind == UploadKind.HEALTH_CSV
    assert count_kinds(made.items) == {"entry": 124, "health": 2}
    expected = load_expected("whoop-export/workouts.csv")
    count, metres, _ = sum_runs(made.items)
    assert count == expected["runs"]
    assert metres == pytest.approx(expected["run_distance_m"], abs=1)


def test_health_tables_alone(tmp_path):
    made = plan(tmp_path, FILES / "wellness")
    assert (made.kind, count_kinds(made.items)) == (UploadKind.HEALTH_CSV, {"health": 4})


def test_the_activities_of_intervals_icu(tmp_path):
    """Five runs and three rides have a moving time of up to 176 days; a swim has none."""
    name = "logs/badgerman26__intervals-icu-activities.csv"
    made = plan(tmp_path, FILES / name)
    expected = load_expected(name)
    assert count_kinds(made.items) == {"entry": expected["rows"] - 1, "unread": 1}
    corrected = [item for item in made.items if "cannot be true" in item.reason]
    assert sorted(item.entry.duration_s for item in corrected if item.entry) == [
        *(2_580, 3_198, 4_165, 4_208, 4_771, 5_490, 5_630, 5_892),
    ]
    count, metres, _ = sum_runs(made.items)
    assert count == expected["runs"]
    assert metres == pytest.approx(expected["run_distance_m"], abs=1)


@pytest.mark.parametrize("name", ["asplitline__running_page", "gyeongchan__running_page"])
def test_the_activities_of_running_page(tmp_path, name):
    name = f"logs/{name}-activities.json"
    made = plan(tmp_path, FILES / name)
    expected = load_expected(name)
    assert count_kinds(made.items) == {"entry": expected["rows"]}
    count, metres, seconds = sum_runs(made.items)
    assert count == expected["runs"]
    assert metres == pytest.approx(expected["run_distance_m"], abs=1)
    assert seconds == pytest.approx(expected["run_moving_s"], abs=1)


def test_the_german_list_of_garmin_connect(tmp_path):
    """10.20 + 2.00 + 1.07 + 2.41 + 1.50 + 2.01 km in 3,911 + 723 + 363 + 885 + 393 + 753 s."""
    made = plan(tmp_path, FILES / "csv/runalyze__GarminConnect-de.csv")
    assert sum_runs(made.items) == (6, 19_190.0, 7_028.0)
    assert {item.entry.avg_hr_bpm for item in made.items if item.entry} == {137, 138, 157, 170, None}


def test_a_folder_of_recordings_in_all_formats(tmp_path):
    """65 FIT files; five are a monitoring file, a weight, a workout, settings and a course."""
    made = plan(tmp_path, FILES / "fit")
    assert count_kinds(made.items) == {"recording": 60, "unread": 5}
    assert {item.code for item in select(made.items, ItemKind.UNREAD)} == {
        *("MONITORING", "WEIGHT", "WORKOUT", "SETTINGS", "COURSE"),
    }


def test_everything_at_once_loses_nothing(tmp_path):
    """Each file of the folder is an item, the source of items, or counted among the unread ones."""
    made = plan(tmp_path, FILES)
    alone = [plan(tmp_path / name, FILES / name) for name in make_folders(tmp_path)]
    for kind in (ItemKind.RECORDING, ItemKind.ENTRY, ItemKind.HEALTH):
        assert len(select(made.items, kind)) == sum(len(select(part.items, kind)) for part in alone)


def test_planning_again_gives_equal_items(tmp_path):
    """After a kill, an import plans again."""
    assert plan(tmp_path, FILES) == plan(make_folder(tmp_path / "again"), FILES)


def make_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder


def make_folders(tmp_path) -> list[str]:
    names = sorted(folder.name for folder in FILES.iterdir() if folder.is_dir())
    for name in names:
        (tmp_path / name).mkdir()
    return names
