"""Compare our results for real files of many devices with the results of other readers.

The folder (environment variable ASTRAL_RECORDINGS) contains `expected.json` and `files/`. Without it, the
tests are skipped. `pytest -s` prints the rows.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from metrics.archives.upload_members import open_members
from metrics.files.errors import FileError
from metrics.files.read import read_recordings
from metrics.recording import Recording
from tests.support.paths import ROOT

FOLDER = Path(os.environ.get("ASTRAL_RECORDINGS", ROOT / "../shared/data"))
FORMATS = {"fit", "gpx", "tcx"}
SECONDS = 8.0

DEVIATIONS = {
    "fit/fitparse__nick.fit/activity_type": (
        "expected 'workout' because no session was written; the file's own sport message says cycling"
    ),
    "fit/runalyze__FR920xt-with-Stryd.fit/avg_hr": (
        "expected None because the other reader reads no developer fields; the app's heart rate is the only "
        "one in the file, and its description names the native field 3"
    ),
    "gpx/runalyze__standard.gpx/answer": (
        "expected NO_TIME because the independent reader gave up at the one point without a position; "
        "all its 350 points have a time, so it is read, with the expected warning damaged_file"
    ),
}
"""Expectations that are proven wrong, by file/field."""

pytestmark = pytest.mark.skipif(not (FOLDER / "expected.json").exists(), reason="no real files available")


@dataclass(frozen=True, slots=True)
class Row:
    """One real file: our answer, the time it took, and the differences as field → (ours, expected)."""

    name: str
    answer: str
    seconds: float
    megabytes: float
    wrong: dict[str, tuple[object, object]]

    def __str__(self) -> str:
        wrong = "; ".join(
            f"{key}: {ours} instead of {expected}" for key, (ours, expected) in self.wrong.items()
        )
        verdict = "BAD" if wrong else ""
        return f"{verdict:4}{self.seconds * 1000:7.1f} ms  {self.name:95.95} {self.answer:18} {wrong}"


@cache
def load_rows() -> tuple[Row, ...]:
    expected = json.loads((FOLDER / "expected.json").read_text())
    return tuple(
        _build_row(name, data, file_expected) for name, data, file_expected in _iterate_files(expected)
    )


def _iterate_files(expected: dict[str, Any]) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Every recording, also inside archives. With no expectation, it must be read if it has times."""
    for name, file_expected in expected.items():
        path = FOLDER / "files" / name
        if file_expected.get("format") in FORMATS:
            default = "read" if file_expected.get("start_utc") else "refuse"
            yield name, path.read_bytes(), {"expect": default, **file_expected}
        elif "members" in file_expected:
            with open_members(path, path.parent) as members:
                for member, inside in file_expected["members"].items():
                    if inside.get("format") in FORMATS:
                        expect = "read" if inside["start_utc"] else "refuse"
                        yield f"{name}/{member}", members.read_member(member), {"expect": expect, **inside}


def _build_row(name: str, data: bytes, expected: dict[str, Any]) -> Row:
    before = time.perf_counter()
    try:
        recordings, answer = read_recordings(data, name), "read"
    except FileError as error:
        recordings, answer = (), error.code
        if error.readable is not None:
            recordings = read_recordings(data, name, accept_partial=True)
    seconds = time.perf_counter() - before
    wrong = dict(_iterate_differences(answer, recordings, expected))
    return Row(name, answer, seconds, len(data) / 1e6, wrong)


def _iterate_differences(
    answer: str, recordings: tuple[Recording, ...], expected: dict[str, Any]
) -> Iterator[tuple[str, tuple[object, object]]]:
    right = "read" if expected["expect"] == "read" else expected.get("expect_code", "NOT_AN_ACTIVITY")
    if answer != right:
        yield "answer", (answer, right)
    if not recordings:
        return
    warned = expected.get("expect_warning")
    if warned and any(warned not in recording.warnings for recording in recordings):
        yield "warnings", ([recording.warnings for recording in recordings], warned)
    sport = recordings[0].sport if len(recordings) == 1 else "multisport"
    if expected.get("activity_type", sport) != sport and right != "NO_TIME":
        yield "activity_type", (sport, expected["activity_type"])
    if expected.get("activities_in_file", len(recordings)) != len(recordings):
        yield "activities_in_file", (len(recordings), expected["activities_in_file"])
    if answer == right:
        yield from _iterate_number_differences(recordings, expected)


def _iterate_number_differences(
    recordings: tuple[Recording, ...], expected: dict[str, Any]
) -> Iterator[tuple[str, tuple[object, object]]]:
    started = min(recording.started_at for recording in recordings).replace(tzinfo=None)
    start = datetime.fromisoformat((expected.get("start_utc") or expected["start_local"]).rstrip("Z"))
    if abs((started - start).total_seconds()) >= 1:  # expected starts are whole seconds
        yield "start", (started, start)
    sums = {
        "duration_s": (sum(recording.totals.duration_s for recording in recordings), 2.0),
        "distance_m": (
            sum(recording.totals.distance_m or 0.0 for recording in recordings),
            max(10.0, 0.01 * (expected.get("distance_m") or 0.0)),
        ),
    }
    for name, (ours, tolerance) in sums.items():
        expected_value = expected.get(name)
        if abs(ours - (expected_value or 0.0)) > tolerance and not (
            name == "duration_s" and expected_value is None
        ):
            yield name, (ours, expected_value)
    if expected["expect"] == "partial" and abs(recordings[0].totals.elapsed_s - expected["elapsed_s"]) > 2:
        yield "elapsed_s", (recordings[0].totals.elapsed_s, expected["elapsed_s"])
    mean, expected_mean = _mean_heart_rate(recordings, expected), expected.get("avg_hr")
    if (mean is None) != (expected_mean is None) or abs((mean or 0.0) - (expected_mean or 0.0)) > 1:
        yield "avg_hr", (mean, expected_mean)


def _mean_heart_rate(recordings: tuple[Recording, ...], expected: dict[str, Any]) -> float | None:
    """The mean over several activities.

    Where the device gives no mean, the other reader took the mean of the points, and so does this test. Ours
    is weighted by time; test_tempting_files.py tests it.
    """
    by_points = expected.get("avg_hr_basis") != "session"
    weighted = [
        (bpm, len(recording.samples) if by_points else recording.totals.duration_s)
        for recording in recordings
        if (bpm := _mean_over_points(recording) if by_points else recording.totals.avg_hr_bpm) is not None
    ]
    if not weighted:
        return None
    return sum(bpm * weight for bpm, weight in weighted) / sum(weight for _, weight in weighted)


def _mean_over_points(recording: Recording) -> float | None:
    if not recording.samples.has("heart_rate_bpm"):
        return recording.totals.avg_hr_bpm
    return float(np.nanmean(recording.samples.heart_rate_bpm))


def test_every_real_file_gives_the_same_results_as_other_readers():
    print()
    print(*load_rows(), sep="\n")
    wrong = {f"{row.name}/{field}" for row in load_rows() for field in row.wrong}
    right = sum(not row.wrong for row in load_rows())
    summary = f"{right} of {len(load_rows())} right"
    print(summary)
    bad = "\n".join(str(row) for row in load_rows() if row.wrong)
    assert wrong == set(DEVIATIONS), f"{summary}\n{bad}\nfixed: {set(DEVIATIONS) - wrong}"


def test_every_expected_file_is_compared():
    expected = json.loads((FOLDER / "expected.json").read_text())
    everything = [
        file_expected
        for file in expected.values()
        for file_expected in (file, *file.get("members", {}).values())
    ]
    assert len(load_rows()) == sum(file_expected.get("format") in FORMATS for file_expected in everything)
    assert len(load_rows()) > 100


def test_every_real_file_is_read_within_8_seconds():
    slow = [str(row) for row in load_rows() if row.seconds > SECONDS]
    assert not slow


@pytest.mark.parametrize("ending", [".fit", ".gpx", ".tcx"])
def test_real_files_that_end_early_are_read_or_refused(ending):
    expected = json.loads((FOLDER / "expected.json").read_text())
    for name in expected:
        if not name.lower().endswith(ending):
            continue
        data = (FOLDER / "files" / name).read_bytes()
        for part in (0.1, 0.35, 0.6, 0.85, 0.99):
            with suppress(FileError):
                assert read_recordings(data[: int(part * len(data))], accept_partial=True)
