"""Real files of many devices, where they are at hand: what we read of them against what other readers found.

The folder (environment variable ASTRAL_RECORDINGS) holds `expected.json` and `files/`. `pytest -s` prints the table.
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

import pytest

from metrics.files.archive import read_archive
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
    "gpx/runalyze__standard.gpx/answer": (
        "expected NO_TIME because the independent reader gave up at the one point without a place; "
        "all its 350 points have a time, so it is read, with the expected warning damaged_file"
    ),
}
"""Expectations that can be shown to be wrong, by file/field."""

pytestmark = pytest.mark.skipif(not (FOLDER / "expected.json").exists(), reason="no real files at hand")


@dataclass(frozen=True, slots=True)
class Row:
    """One real file: what we made of it, how long it took, and field → (ours, expected) where they differ."""

    name: str
    answer: str
    seconds: float
    megabytes: float
    wrong: dict[str, tuple[object, object]]

    def __str__(self) -> str:
        wrong = "; ".join(f"{key}: {ours} instead of {theirs}" for key, (ours, theirs) in self.wrong.items())
        verdict = "BAD" if wrong else ""
        return f"{verdict:4}{self.seconds * 1000:7.1f} ms  {self.name:95.95} {self.answer:18} {wrong}"


@cache
def table() -> tuple[Row, ...]:
    expected = json.loads((FOLDER / "expected.json").read_text())
    return tuple(_row(name, data, wanted) for name, data, wanted in _files(expected))


def _files(expected: dict[str, Any]) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Every recording, also those inside archives. A member without a word is to be read if it has times."""
    for name, wanted in expected.items():
        path = FOLDER / "files" / name
        if wanted.get("format") in FORMATS:
            default = "read" if wanted.get("start_utc") else "refuse"
            yield name, path.read_bytes(), {"expect": default, **wanted}
        elif "members" in wanted:
            for member, data in read_archive(path, name):
                inside = wanted["members"][member]
                yield (
                    f"{name}/{member}",
                    data,
                    {"expect": "read" if inside["start_utc"] else "refuse", **inside},
                )


def _row(name: str, data: bytes, wanted: dict[str, Any]) -> Row:
    before = time.perf_counter()
    try:
        recordings, answer = read_recordings(data, name), "read"
    except FileError as refused:
        recordings, answer = (), refused.code
        if refused.readable is not None:
            recordings = read_recordings(data, name, accept_partial=True)
    seconds = time.perf_counter() - before
    wrong = dict(_differences(answer, recordings, wanted))
    return Row(name, answer, seconds, len(data) / 1e6, wrong)


def _differences(
    answer: str, recordings: tuple[Recording, ...], wanted: dict[str, Any]
) -> Iterator[tuple[str, tuple[object, object]]]:
    right = "read" if wanted["expect"] == "read" else wanted.get("expect_code", "NOT_AN_ACTIVITY")
    if answer != right:
        yield "answer", (answer, right)
    if not recordings:
        return
    warned = wanted.get("expect_warning")
    if warned and any(warned not in recording.warnings for recording in recordings):
        yield "warnings", ([recording.warnings for recording in recordings], warned)
    sport = recordings[0].sport if len(recordings) == 1 else "multisport"
    if wanted.get("activity_type", sport) != sport and right != "NO_TIME":
        yield "activity_type", (sport, wanted["activity_type"])
    if wanted.get("activities_in_file", len(recordings)) != len(recordings):
        yield "activities_in_file", (len(recordings), wanted["activities_in_file"])
    if answer == right:
        yield from _numbers(recordings, wanted)


def _numbers(
    recordings: tuple[Recording, ...], wanted: dict[str, Any]
) -> Iterator[tuple[str, tuple[object, object]]]:
    started = min(recording.started_at for recording in recordings).replace(tzinfo=None)
    start = datetime.fromisoformat((wanted.get("start_utc") or wanted["start_local"]).rstrip("Z"))
    if abs((started - start).total_seconds()) >= 1:  # expected starts are whole seconds
        yield "start", (started, start)
    sums = {
        "duration_s": (sum(recording.totals.duration_s for recording in recordings), 2.0),
        "distance_m": (
            sum(recording.totals.distance_m or 0.0 for recording in recordings),
            max(10.0, 0.01 * (wanted.get("distance_m") or 0.0)),
        ),
    }
    for name, (ours, tolerance) in sums.items():
        theirs = wanted.get(name)
        if abs(ours - (theirs or 0.0)) > tolerance and not (name == "duration_s" and theirs is None):
            yield name, (ours, theirs)
    if wanted["expect"] == "partial" and abs(recordings[0].totals.elapsed_s - wanted["elapsed_s"]) > 2:
        yield "elapsed_s", (recordings[0].totals.elapsed_s, wanted["elapsed_s"])
    mean, expected_mean = _mean_heart_rate(recordings, wanted), wanted.get("avg_hr")
    if (mean is None) != (expected_mean is None) or abs((mean or 0.0) - (expected_mean or 0.0)) > 1:
        yield "avg_hr", (mean, expected_mean)


def _mean_heart_rate(recordings: tuple[Recording, ...], wanted: dict[str, Any]) -> float | None:
    """Over several activities of a TCX file the other reader weighed by track points, else by time."""
    by_points = wanted["format"] == "tcx"
    heard = [
        (recording.totals.avg_hr_bpm, len(recording.samples) if by_points else recording.totals.duration_s)
        for recording in recordings
        if recording.totals.avg_hr_bpm is not None
    ]
    return sum(bpm * weight for bpm, weight in heard) / sum(weight for _, weight in heard) if heard else None


def test_every_real_file_is_read_as_other_readers_read_it():
    print()
    print(*table(), sep="\n")
    wrong = {f"{row.name}/{field}" for row in table() for field in row.wrong}
    right = sum(not row.wrong for row in table())
    summary = f"{right} of {len(table())} right"
    print(summary)
    bad = "\n".join(str(row) for row in table() if row.wrong)
    assert wrong == set(DEVIATIONS), f"{summary}\n{bad}\nfixed: {set(DEVIATIONS) - wrong}"


def test_the_table_misses_no_file():
    expected = json.loads((FOLDER / "expected.json").read_text())
    everything = [
        wanted for file in expected.values() for wanted in (file, *file.get("members", {}).values())
    ]
    assert len(table()) == sum(wanted.get("format") in FORMATS for wanted in everything)
    assert len(table()) > 100


def test_no_real_file_takes_long():
    slow = [str(row) for row in table() if row.seconds > SECONDS]
    assert not slow


@pytest.mark.parametrize("ending", [".fit", ".gpx", ".tcx"])
def test_real_files_cut_anywhere_are_read_or_refused(ending):
    expected = json.loads((FOLDER / "expected.json").read_text())
    for name in expected:
        if not name.lower().endswith(ending):
            continue
        data = (FOLDER / "files" / name).read_bytes()
        for part in (0.1, 0.35, 0.6, 0.85, 0.99):
            with suppress(FileError):
                assert read_recordings(data[: int(part * len(data))], accept_partial=True)
