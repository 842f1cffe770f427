"""Runs with known repetitions: noise, drift, hills, standing rests, pauses of the watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from metrics.recording import Column, Lap, Pause, Samples

Piece = tuple[str, float, float]
"""What ("work", "easy", "back": down the hill, "stand", "pause": the watch stands too), seconds, m/s."""
RAMP_S = 4
CLIMB = {"work": 0.07, "back": -0.07}


@dataclass(frozen=True, slots=True)
class BuiltSession:
    """`work`: start and end of each repetition. `spans`: of all pieces."""

    samples: Samples
    pauses: tuple[Pause, ...]
    work: tuple[tuple[float, float], ...]
    spans: tuple[tuple[float, float], ...]

    def press_laps(self, late_s: float = 0.0) -> tuple[Lap, ...]:
        """The lap button at each change."""
        laps = []
        for start, end in self.spans:
            places = np.interp(np.array([start, end]) + late_s, self.samples.time_s, self.samples.distance_m)
            laps.append(Lap(start + late_s, end - start, distance_m=float(np.diff(places)[0])))
        return tuple(laps)


def repeat(times: int, *pieces: Piece) -> list[Piece]:
    """Without the rest after the last repetition."""
    return [*pieces] * (times - 1) + [pieces[0]]


def run_distance(distance_m: float, speed_mps: float) -> Piece:
    return "work", distance_m / speed_mps, speed_mps


def build_session(
    pieces: Sequence[Piece],
    seed: int,
    *,
    noise: float = 0.04,
    drift: float = 0.03,
    hills: float = 0.0,
    climbs: bool = False,
) -> BuiltSession:
    """`noise`: of the speed. `hills`: grade of rolling ground. `climbs`: work goes up a hill."""
    random = np.random.default_rng(seed)
    kinds, lengths, speeds = zip(*pieces, strict=True)
    seconds = [round(length) for length in lengths]
    edges = np.cumsum([0, *seconds]).astype(float).tolist()
    spans = tuple(zip(edges[:-1], edges[1:], strict=True))
    stands = ("stand", "pause")
    target = np.repeat(
        [0.0 if kind in stands else mps for kind, mps in zip(kinds, speeds, strict=True)], seconds
    )
    speed = _add_noise(random, _round_corners(target), noise, drift)
    grade = hills * np.sin(np.arange(len(target)) / 47.0)
    if climbs:
        grade = np.repeat([CLIMB.get(kind, 0.0) for kind in kinds], seconds)
    keep = np.concatenate(([True], ~np.repeat([kind == "pause" for kind in kinds], seconds)))
    return BuiltSession(
        _build_samples(speed, grade, target, keep),
        tuple(Pause(*span) for span, kind in zip(spans, kinds, strict=True) if kind == "pause"),
        tuple(span for span, kind in zip(spans, kinds, strict=True) if kind == "work"),
        spans,
    )


def _build_samples(speed: Column, grade: Column, target: Column, keep: npt.NDArray[np.bool_]) -> Samples:
    columns = {field.name: np.full(len(keep), np.nan) for field in fields(Samples)}
    columns["time_s"] = np.arange(len(keep), dtype=np.float64)
    columns["distance_m"] = np.concatenate(([0.0], np.cumsum(speed)))
    columns["altitude_m"] = np.round(200 + np.concatenate(([0.0], np.cumsum(speed * grade))), 1)
    columns["heart_rate_bpm"] = _build_heart_rate(target)
    return Samples(**{name: column[keep] for name, column in columns.items()})


def _round_corners(target: Column) -> Column:
    padded = np.pad(target, (RAMP_S // 2, RAMP_S // 2), mode="edge")
    return np.convolve(padded, np.ones(RAMP_S + 1) / (RAMP_S + 1), "valid")


def _add_noise(random: np.random.Generator, target: Column, noise: float, drift: float) -> Column:
    """Correlated over 6 s and over a minute, and of single seconds; and the runner tires."""
    size = len(target)
    wander = noise * _wander(random, size, 6) + noise / 3 * _wander(random, size, 60)
    alone = random.normal(0, 0.05, size) * (target > 0.5)
    return np.maximum(target * (1 + wander + np.linspace(drift, -drift, size)) + alone, 0.0)


def _wander(random: np.random.Generator, size: int, seconds: int) -> Column:
    return np.convolve(random.normal(0, 1, size + seconds - 1), np.ones(seconds) / np.sqrt(seconds), "valid")


def _build_heart_rate(target: Column) -> Column:
    bpm = [110.0]
    for mps in target.tolist():
        bpm.append(bpm[-1] + (100 + 18 * mps - bpm[-1]) / 40)
    return np.round(bpm)
