"""How far an import is, as a share of its time, and how many seconds are left. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ITEM_WORK_BYTES = 500_000
"""What an item takes besides its bytes: statements, the measurement. As much as reading so many bytes.

Measured: 40 to 60 ms to store one, 0.03 (GPX) to 0.09 ms (FIT) to read 1,000 bytes.
"""

USUAL_BYTES_PER_S = 6_000_000.0
"""Until an import has done enough to know its own speed."""

LEAST_WORK_BYTES = 8_000_000
"""From so much work on, an import's own speed is known."""

PLANNING_SHARE, LONG_PLANNING_SHARE = 0.05, 0.3
"""Part of the time that planning takes. It is long for an Apple Health export, which is read as a whole."""

LONG_PLANNING_BYTES = 20_000_000
"""From such a size of XML on."""


@dataclass(frozen=True, slots=True)
class WorkState:
    """While an import is planned, `planned_share` is its share, and the other numbers are not known."""

    planned_share: float
    is_planned: bool
    planning_s: float
    worked_s: float
    work_done: int
    work_total: int


@dataclass(frozen=True, slots=True)
class TimeEstimate:
    """`share` from 0 to 1. `seconds_left` is None while nothing is known."""

    share: float
    seconds_left: float | None


def choose_planning_share(sizes: Iterable[tuple[str, int]]) -> float:
    """The part of the time for planning, by the paths and sizes of the files."""
    xml_bytes = sum(size for path, size in sizes if path.lower().endswith(".xml"))
    return LONG_PLANNING_SHARE if xml_bytes >= LONG_PLANNING_BYTES else PLANNING_SHARE


def estimate_time(state: WorkState) -> TimeEstimate:
    """The share of time that has passed. Planning counts with its own time, the rest by bytes of work."""
    if not state.is_planned:
        return TimeEstimate(state.planned_share, None)
    left = max(state.work_total - state.work_done, 0)
    if not left:
        return TimeEstimate(1.0, 0.0)
    seconds_left = left / _estimate_speed(state)
    passed_s = max(state.worked_s, state.planning_s)
    return TimeEstimate(passed_s / (passed_s + seconds_left), seconds_left)


def _estimate_speed(state: WorkState) -> float:
    """Bytes a second. The usual speed counts less, the more this import has done."""
    storing_s = max(state.worked_s - state.planning_s, 0.0)
    usual_s = LEAST_WORK_BYTES / USUAL_BYTES_PER_S
    weight = max(0.0, 1 - state.work_done / LEAST_WORK_BYTES)
    return (state.work_done + weight * LEAST_WORK_BYTES) / max(storing_s + weight * usual_s, 0.001)
