"""Profile of a recording: pace and readings along distance or time. Pure.

It uses the same intervals as the measurement (FORMULAS §1), so the profile agrees with the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.recording import Column, Pause, Samples
from metrics.science.heart_rate import clean_hr
from metrics.science.streams import MOVING
from metrics.science.track import Track, read_track

ProfileAxis = Literal["distance", "time"]
OptionalValues = list[float | None]
PROFILE_READINGS = ("altitude_m", "heart_rate_bpm", "cadence_spm", "power_w")
MAX_BUCKETS = 300  # more cannot be seen on a wide screen
MIN_BUCKET_S = 15.0  # of moving time; shorter buckets show GPS noise
MIN_BUCKET_M = 1.0
GAP_MEDIANS, GAP_RANGE_S = 5, (30.0, 120.0)  # limits of a gap in the readings, as in FORMULAS §1.1


@dataclass(frozen=True, slots=True, eq=False)
class TrackProfile:
    """Columns with one entry per sample that advances in time; `position` never decreases.

    `position` is metres, or seconds since the start. `moved_s` and `moved_m` are cumulative sums of the
    moving intervals. `readings` has the recorded columns of PROFILE_READINGS, NaN where a sample has no
    value.
    """

    position: Column
    time_s: Column
    moved_s: Column
    moved_m: Column
    readings: Mapping[str, Column]

    @property
    def end(self) -> float:
        return float(self.position[-1])

    def find_positions(self, times_s: Sequence[float]) -> list[float]:
        """The positions at these seconds since the start; the ends for times outside the recording."""
        return [float(position) for position in np.interp(times_s, self.time_s, self.position)]

    def bucket_edges(self) -> Column:
        """Edges of at most MAX_BUCKETS equal buckets, with a mean of MIN_BUCKET_S moving time or more."""
        spacing_s = max(MIN_BUCKET_S, 3 * float(np.median(np.diff(self.time_s))))
        number = int(np.clip(self.moved_s[-1] / spacing_s, 1, MAX_BUCKETS))
        return np.linspace(0.0, self.end, number + 1)

    def paces(self, edges: Column) -> OptionalValues:
        """Seconds per metre between the edges: Σ moving time / Σ distance; None without movement."""
        seconds = np.diff(np.interp(edges, self.position, self.moved_s))
        metres = np.diff(np.interp(edges, self.position, self.moved_m))
        return [
            float(s / m) if m >= MIN_BUCKET_M and s > 0 else None
            for s, m in zip(seconds, metres, strict=True)
        ]

    def means(self, name: str, edges: Column) -> OptionalValues:
        """The mean reading between the edges; None without a reading."""
        values = self.readings[name]
        known = np.isfinite(values)
        bucket = np.clip(np.searchsorted(edges, self.position[known], "right") - 1, 0, len(edges) - 2)
        counts = np.bincount(bucket, minlength=len(edges) - 1)
        sums = np.bincount(bucket, values[known], minlength=len(edges) - 1)
        return [float(total / count) if count else None for total, count in zip(sums, counts, strict=True)]

    def line_points(self, name: str) -> tuple[list[float], OptionalValues]:
        """Positions and readings to draw: the lowest and the highest of each bucket, in order.

        This keeps every peak, as M4 does (Jugel et al., VLDB 2014). A None marks each gap between readings.
        """
        values = self.readings[name]
        known = np.flatnonzero(np.isfinite(values))
        if not len(known):
            return [], []
        x, y, piece = self.position[known], values[known], _number_pieces(self.time_s[known])
        picked = _find_extremes(x / max(self.end, 1e-9), y, piece)
        positions: list[float] = []
        drawn: OptionalValues = []
        for index, begins in zip(picked.tolist(), np.diff(piece[picked], prepend=0).tolist(), strict=True):
            if begins:
                positions.append(float(x[index]))
                drawn.append(None)
            positions.append(float(x[index]))
            drawn.append(float(y[index]))
        return positions, drawn


def build_track_profile(
    samples: Samples, pauses: Sequence[Pause], sport: str, by: ProfileAxis
) -> TrackProfile | None:
    """The profile of a recording; None with fewer than two samples, or by distance without movement."""
    track = read_track(samples, pauses, sport)
    if track is None:
        return None
    intervals = track.intervals
    moving = intervals.kind == MOVING
    position = intervals.course_m if by == "distance" else intervals.time_s
    if not position[-1] > 0:
        return None
    return TrackProfile(
        position=position,
        time_s=intervals.time_s,
        moved_s=_cumulative_sum(np.where(moving, intervals.dt_s, 0.0)),
        moved_m=_cumulative_sum(np.where(moving, intervals.dt_s * intervals.speed_mps, 0.0)),
        readings={
            name: column
            for name in PROFILE_READINGS
            if np.isfinite(column := _read_column(track, samples, name)).any()
        },
    )


def _read_column(track: Track, samples: Samples, name: str) -> Column:
    if name == "altitude_m":
        return track.altitude_m
    column: Column = getattr(samples, name)[track.intervals.sample_indices]
    return clean_hr(track.intervals.time_s, column) if name == "heart_rate_bpm" else column


def _cumulative_sum(parts: Column) -> Column:
    return np.concatenate(([0.0], np.cumsum(parts)))


def _number_pieces(time_s: Column) -> npt.NDArray[np.intp]:
    """Number the piece of each reading; a new piece begins after every gap."""
    steps_s = np.diff(time_s)
    max_gap_s = float(np.clip(GAP_MEDIANS * np.median(steps_s), *GAP_RANGE_S)) if len(steps_s) else 0.0
    return np.concatenate(([0], np.cumsum(steps_s > max_gap_s)))


def _find_extremes(share: Column, values: Column, piece: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Indices of the lowest and highest value in each bucket of each piece, ascending."""
    bucket = piece * MAX_BUCKETS + np.minimum((share * MAX_BUCKETS).astype(np.intp), MAX_BUCKETS - 1)
    order = np.lexsort((values, bucket))
    firsts = np.flatnonzero(np.diff(bucket[order], prepend=-1))
    lasts = np.append(firsts[1:], len(order)) - 1
    return np.unique(np.concatenate((order[firsts], order[lasts])))
