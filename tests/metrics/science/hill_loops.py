"""The altitudes of a run with plain loops: written from docs/FORMULAS.md, as `loops.py` is."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

Row = tuple[float, float, float, float]
"""Time, distance, speed and altitude of a sample."""


def reachable_rows(rows: Sequence[Row]) -> list[int]:
    """The rows with an altitude that nobody jumps to: from the longest stretch without a jump, both ways."""

    def jumps(a: int, b: int) -> bool:
        return abs(rows[b][3] - rows[a][3]) > max(30.0, 5.0 * abs(rows[b][0] - rows[a][0]))

    stretches: list[list[int]] = []
    for k in (k for k, row in enumerate(rows) if -500 <= row[3] <= 9000):
        if stretches and not jumps(stretches[-1][-1], k):
            stretches[-1].append(k)
        else:
            stretches.append([k])
    if not stretches:
        return []
    longest = max(range(len(stretches)), key=lambda number: len(stretches[number]))
    kept = list(stretches[longest])
    for stretch in stretches[longest + 1 :]:
        kept += [] if jumps(kept[-1], stretch[0]) else stretch
    for stretch in reversed(stretches[:longest]):
        kept = kept if jumps(kept[0], stretch[-1]) else stretch + kept
    return kept


class Hills:
    """The altitudes of a run: smoothed, judged and summed."""

    def __init__(self, rows: Sequence[Row], distance_m: float) -> None:
        self.known = reachable_rows(rows)
        self.points = [(rows[k][0], rows[k][3]) for k in self.known]
        self.trusted = False
        if len(self.points) < 2:
            return
        self.times = [t for t, _ in self.points]
        self.slow = self._smooth(30.0)
        twice = self._smooth(30.0, self.slow)
        errors = [a - 2 * s + t for (_, a), s, t in zip(self.points, self.slow, twice, strict=True)]
        mean = sum(errors) / len(errors)
        self.noise = math.sqrt(sum((e - mean) ** 2 for e in errors) / len(errors))
        self.smooth = self.slow if self.noise > 1 else self._smooth(10.0)
        edges = [0, *self.known, len(rows) - 1]
        missing = sum(
            rows[b][0] - rows[a][0]
            for a, b in zip(edges, edges[1:], strict=False)
            if b > a + 1 and rows[b][0] - rows[a][0] > 30
        )
        recorded = sum(-500 <= row[3] <= 9000 for row in rows)
        unreachable = 1 - len(self.known) / recorded
        up, down = self._gain_loss()
        way = sum(abs(b - a) for a, b in zip(self.slow, self.slow[1:], strict=False))
        whole = rows[-1][0] - rows[0][0]
        self.trusted = max(missing / whole, unreachable) <= 0.2 and way - up - down <= 0.12 * distance_m

    def _smooth(self, window_s: float, altitudes: Sequence[float] | None = None) -> list[float]:
        values = altitudes or [a for _, a in self.points]
        areas = [0.0]
        for k in range(len(values) - 1):
            seconds = self.times[k + 1] - self.times[k]
            areas.append(areas[-1] + seconds * (values[k] + values[k + 1]) / 2)

        def area(at: float) -> float:
            k = min(max(bisect_right(self.times, at) - 1, 0), len(self.times) - 2)
            (t0, t1), (a0, a1) = self.times[k : k + 2], values[k : k + 2]
            end = a0 + (a1 - a0) * (at - t0) / (t1 - t0)
            return areas[k] + (at - t0) * (a0 + end) / 2

        start, end = self.times[0], self.times[-1]
        half = min(window_s, (end - start) / 2) / 2

        def mean(at: float) -> float:
            return (area(at + half) - area(at - half)) / (2 * half)

        def smooth(t: float) -> float:
            if t < start + half:
                return (
                    mean(start + half)
                    - (start + half - t) * (mean(start + 2 * half) - mean(start + half)) / half
                )
            if t > end - half:
                return mean(end - half) + (t - end + half) * (mean(end - half) - mean(end - 2 * half)) / half
            return mean(t)

        return [smooth(t) for t in self.times]

    def _gain_loss(self) -> tuple[float, float]:
        """Drop the smallest swing between turning points until all have the size of a step."""
        step = min(max(2.5 + max(self.noise - 0.3, 0), 2.5), 10)
        turns: list[float] = []
        for altitude in self.smooth:
            turns.append(altitude)
            while len(turns) > 2 and (turns[-2] - turns[-3]) * (turns[-1] - turns[-2]) >= 0:
                del turns[-2]
        while len(turns) > 1:
            swings = [abs(b - a) for a, b in zip(turns, turns[1:], strict=False)]
            k = swings.index(min(swings))
            if swings[k] >= step:
                break
            if 0 < k < len(swings) - 1:
                del turns[k : k + 2]
            else:
                del turns[0 if k == 0 else -1]
        legs = [b - a for a, b in zip(turns, turns[1:], strict=False)]
        return sum(leg for leg in legs if leg > 0), -sum(leg for leg in legs if leg < 0)

    def gain(self) -> float:
        return self._gain_loss()[0]

    def slow_at(self, at: float) -> float:
        return read_line(self.times, self.slow, at)


def read_line(xs: Sequence[float], ys: Sequence[float], at: float) -> float:
    """The height of the line through these points; beyond its ends that of the end."""
    if at < xs[0]:
        return ys[0]
    if at >= xs[-1]:
        return ys[-1]
    k = bisect_right(xs, at) - 1
    return ys[k] + (ys[k + 1] - ys[k]) * (at - xs[k]) / (xs[k + 1] - xs[k])
