"""Compare counted climbs and times with the totals of devices: `make compare-devices FOLDER=…`.

Reads every FIT, GPX and TCX file below the folder and writes the tables of docs/FORMULAS.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from metrics.files.errors import FileError
from metrics.files.read import read_recordings
from metrics.recording import Recording
from metrics.science.totals import PACED_SPORTS
from metrics.science.track import SPORTS_ON_FOOT, Track, read_track

DOCUMENT = Path(__file__).parents[1] / "docs" / "FORMULAS.md"
BEGIN, END = "<!-- devices: begin -->", "<!-- devices: end -->"
LEAST_CLIMB_M, LEAST_DURATION_S = 20.0, 60.0
FLAT_M_PER_KM = 1.0
SUFFIXES = (".fit", ".gpx", ".tcx", ".fit.gz", ".gpx.gz", ".tcx.gz")
CLIMB_SOURCES = {"barometric": "with a barometer", "": "without, or not known"}


@dataclass(frozen=True, slots=True)
class MeasuredFile:
    """One recording with its track. Only recordings of sports with a useful speed are compared."""

    recording: Recording
    track: Track


def main(folder: Path) -> None:
    files = list(read_folder(folder))
    text = "\n".join([*write_climbs(files), "", *write_flat_runs(files), "", *write_times(files)])
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
    sys.stdout.write(text + "\n")


def read_folder(folder: Path) -> Iterator[MeasuredFile]:
    for path in sorted(folder.rglob("*")):
        if not path.name.lower().endswith(SUFFIXES):
            continue
        with suppress(FileError):
            for recording in read_recordings(path.read_bytes(), path.name, accept_partial=True):
                track = read_track(recording.samples, recording.pauses, recording.sport)
                long_enough = recording.totals.duration_s >= LEAST_DURATION_S
                if track is not None and long_enough and recording.sport in PACED_SPORTS:
                    yield MeasuredFile(recording, track)


def write_climbs(files: Sequence[MeasuredFile]) -> list[str]:
    """The ratio of the counted gain to that of the device, from a gain of 20 m."""
    rows = [
        "| elevation gain, counted / device | recordings | 10 % | 25 % | median | 75 % | 90 % |",
        "|---|---|---|---|---|---|---|",
    ]
    for source, name in CLIMB_SOURCES.items():
        ratios = [
            file.track.altitudes.gain_loss_m[0] / gain_m
            for file in files
            if file.recording.altitude_source == source
            and file.track.altitudes is not None
            and file.track.altitudes.are_trusted
            and (gain_m := file.recording.totals.elevation_gain_m or 0.0) >= LEAST_CLIMB_M
        ]
        rows.append(f"| {name} | {len(ratios)} | {_format_quantiles(ratios)} |")
    return rows


def write_flat_runs(files: Sequence[MeasuredFile]) -> list[str]:
    """The counted gain of sports on foot that the device calls flat: up to 1 m a kilometre."""
    gains = [
        file.track.altitudes.gain_loss_m[0]
        for file in files
        if file.track.altitudes is not None and _is_flat(file.recording)
    ]
    highest = f"{max(gains):.0f} m" if gains else "none"
    return [f"Runs that the device calls flat (1 m a kilometre): {len(gains)}, at most {highest} counted."]


def _is_flat(recording: Recording) -> bool:
    """Whether the device counted a gain or a loss, and next to nothing: some devices always write 0."""
    gain, loss = recording.totals.elevation_gain_m, recording.totals.elevation_loss_m
    distance_km = (recording.totals.distance_m or 0.0) / 1000
    is_flat = gain is not None and bool(gain or loss) and gain <= FLAT_M_PER_KM * distance_km
    return is_flat and recording.sport in SPORTS_ON_FOOT


def write_times(files: Sequence[MeasuredFile]) -> list[str]:
    """The ratio of the counted moving time to the moving time of the device, else to its timer's time."""
    rows = [
        "| moving time, counted / device | recordings | 10 % | 25 % | median | 75 % | 90 % | within 3 % |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, column in (("moving time", "moving_s"), ("timer's time", "duration_s")):
        ratios = [
            file.track.moving_s / seconds
            for file in files
            if not file.track.is_sparse(file.recording.totals)
            and (seconds := getattr(file.recording.totals, column))
        ]
        near = np.mean(np.abs(np.array(ratios) - 1) <= 0.03) if ratios else np.nan
        share = "" if np.isnan(near) else f"{near:.0%}"
        rows.append(f"| {name} | {len(ratios)} | {_format_quantiles(ratios)} | {share} |")
    return rows


def _format_quantiles(ratios: Sequence[float]) -> str:
    if not ratios:
        return " | " * 4
    return " | ".join(f"{value:.2f}" for value in np.percentile(ratios, [10, 25, 50, 75, 90]))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m bench.devices FOLDER")
    main(Path(sys.argv[1]))
