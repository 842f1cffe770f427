"""Blocks of training side by side: their weeks, their records, and their figures with differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from athletes.models import Athlete
from athletes.rights import Visibility
from metrics.science.zones import intensity_shares

MAX_BLOCK_WEEKS = 26
WEEK_D = 7


class BlockChoice(NamedTuple):
    """A block to load: local days of an athlete, both included. `today`: the athlete's."""

    athlete: Athlete
    visibility: Visibility
    label: str
    first: date
    last: date
    today: date

    @property
    def end(self) -> date:
        """The last day that has begun."""
        return min(self.last, self.today)

    @property
    def week_starts(self) -> list[date]:
        """The first day of each week of the block that has begun. The last week may be shorter."""
        days = range(0, (self.end - self.first).days + 1, WEEK_D)
        return [self.first + timedelta(days=day) for day in days]


class BlockWeek(NamedTuple):
    """One week of a block. None: withheld or unknown. `zone_s`: seconds of runs in zones 1–5.

    `distance_m` is of runs; load and time are of all activities. `hrv_ms`, `fitness` and `form`: at its end.
    """

    start: date
    load: float | None
    distance_m: float | None
    duration_s: float | None
    zone_s: Sequence[float] | None
    hrv_ms: float | None
    fitness: float | None
    form: float | None

    @property
    def shares(self) -> tuple[float, float, float] | None:
        """Easy, moderate, hard."""
        return intensity_shares(self.zone_s) if self.zone_s else None


class BlockRecord(NamedTuple):
    """The fastest effort of the block over a standard distance."""

    distance_m: float
    duration_s: float
    activity_id: UUID
    day: date


@dataclass(frozen=True, slots=True)
class TrainingBlock:
    """A loaded block. `hrv_kind`: rmssd, sdnn or empty. `records`: shortest distance first."""

    choice: BlockChoice
    weeks: Sequence[BlockWeek]
    records: Sequence[BlockRecord]
    hrv_kind: str

    @property
    def shares(self) -> tuple[float, float, float] | None:
        known = [week.zone_s for week in self.weeks if week.zone_s]
        return intensity_shares([sum(column) for column in zip(*known, strict=True)]) if known else None


class ComparedFigure(NamedTuple):
    """One figure of all blocks. `differences`: the value minus that of the first block; None if either is.

    `kind`: load, metres, seconds, share, ms, number, or record for seconds over `distance_m`.
    """

    name: str
    kind: str
    values: Sequence[float | None]
    differences: Sequence[float | None]
    distance_m: float | None = None


def compare_blocks(blocks: Sequence[TrainingBlock]) -> list[ComparedFigure]:
    """The figures of these blocks, and one for each distance that a record of a block has."""
    figures = [_build_figure(name, kind, [read(block) for block in blocks]) for name, kind, read in _FIGURES]
    if len({block.hrv_kind for block in blocks if block.hrv_kind}) > 1:
        figures = [
            figure._replace(differences=[None] * len(blocks)) if figure.kind == "ms" else figure
            for figure in figures
        ]
    distances = sorted({record.distance_m for block in blocks for record in block.records})
    return [*figures, *(_build_record_figure(blocks, distance_m) for distance_m in distances)]


def _build_record_figure(blocks: Sequence[TrainingBlock], distance_m: float) -> ComparedFigure:
    times = [
        next((one.duration_s for one in block.records if one.distance_m == distance_m), None)
        for block in blocks
    ]
    return _build_figure("record", "record", times)._replace(distance_m=distance_m)


def _build_figure(name: str, kind: str, values: Sequence[float | None]) -> ComparedFigure:
    first = values[0]
    differences = [None if value is None or first is None else value - first for value in values]
    return ComparedFigure(name, kind, values, differences)


def _sum_weeks(read: Callable[[BlockWeek], float | None]) -> Callable[[TrainingBlock], float | None]:
    def add(block: TrainingBlock) -> float | None:
        known = [value for week in block.weeks if (value := read(week)) is not None]
        return sum(known) if known else None

    return add


def _read_share(place: int) -> Callable[[TrainingBlock], float | None]:
    return lambda block: block.shares[place] if block.shares else None


def _average_weeks(read: Callable[[BlockWeek], float | None]) -> Callable[[TrainingBlock], float | None]:
    def average(block: TrainingBlock) -> float | None:
        known = [value for week in block.weeks if (value := read(week)) is not None]
        return sum(known) / len(known) if known else None

    return average


def _read_last(read: Callable[[BlockWeek], float | None]) -> Callable[[TrainingBlock], float | None]:
    return lambda block: read(block.weeks[-1]) if block.weeks else None


_FIGURES: tuple[tuple[str, str, Callable[[TrainingBlock], float | None]], ...] = (
    ("training_load", "load", _sum_weeks(lambda week: week.load)),
    ("distance", "metres", _sum_weeks(lambda week: week.distance_m)),
    ("duration", "seconds", _sum_weeks(lambda week: week.duration_s)),
    ("easy", "share", _read_share(0)),
    ("moderate", "share", _read_share(1)),
    ("hard", "share", _read_share(2)),
    ("hrv", "ms", _average_weeks(lambda week: week.hrv_ms)),
    ("fitness", "number", _read_last(lambda week: week.fitness)),
    ("form", "number", _read_last(lambda week: week.form)),
)
FIGURE_NAMES = (*(name for name, _, _ in _FIGURES), "record")
