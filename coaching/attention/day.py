"""One local day as the signals see it: the inputs, looked at from that day."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import attrgetter

from coaching.attention.inputs import Inputs, Run, ThresholdSpeed
from coaching.attention.thresholds import (
    BASELINE_MATURE_N,
    EPSILON,
    PROVISIONAL_CONFIDENCE,
    ROUGH_LOAD_CONFIDENCE,
    ROUGH_LOAD_SHARE,
)
from coaching.compliance import Outcome
from metrics.science.rolling import Days

NAN = float("nan")
_run_day = attrgetter("day")
_session_day = attrgetter("session.day")


def at_least(value: float, threshold: float) -> bool:
    """value ≥ threshold, tolerant of the last bit; False for NaN."""
    return value >= threshold - EPSILON


def at_most(value: float, threshold: float) -> bool:
    """value ≤ threshold, tolerant of the last bit; False for NaN."""
    return value <= threshold + EPSILON


def above(value: float, threshold: float) -> bool:
    """value > threshold by more than the last bit; False for NaN."""
    return value > threshold + EPSILON


def below(value: float, threshold: float) -> bool:
    """value < threshold by more than the last bit; False for NaN."""
    return value < threshold - EPSILON


class Day:
    """The local day `ago` days before `as_of`. What came later is invisible, except plans and races ahead.

    What is stored now is taken as known then: a run uploaded late counts on its own day.
    """

    def __init__(self, inputs: Inputs, as_of: datetime, ago: int) -> None:
        self.inputs = inputs
        self.ago = ago
        self.instant = as_of - timedelta(days=ago)
        self.date = as_of.date() - timedelta(days=ago)

    def before(self, days: int) -> date:
        return self.date - timedelta(days=days)

    @cached_property
    def is_absent(self) -> bool:
        return self.absent_on(self.date)

    def absent_on(self, day: date) -> bool:
        return any(absence.first <= day <= absence.last for absence in self.inputs.absences)

    def read(self, column: Days, back: int = 0) -> float:
        """The column `back` days before this day; NaN where it has no such day."""
        position = len(column) - 1 - self.ago - back
        return float(column[position]) if position >= 0 else NAN

    def present(self, column: Days, days: int, back: int = 0) -> list[float]:
        """The readings of the `days` days that end `back` days before this day, oldest first."""
        end = max(0, len(column) - self.ago - back)
        return [value for value in column[max(0, end - days) : end].tolist() if value == value]

    def runs(self, days: int, back: int = 0) -> Sequence[Run]:
        """The runs of the `days` days that end `back` days before this day."""
        runs = self.inputs.runs
        first = bisect_left(runs, self.before(back + days - 1), key=_run_day)
        return runs[first : bisect_right(runs, self.before(back), key=_run_day)]

    def sessions(self, days: int, back: int = 0) -> Sequence[Outcome]:
        """The sessions planned for the `days` days that end `back` days before this day; negative `back`
        looks ahead.
        """
        sessions = self.inputs.sessions
        first = bisect_left(sessions, self.before(back + days - 1), key=_session_day)
        return sessions[first : bisect_right(sessions, self.before(back), key=_session_day)]

    def due(self, days: int) -> list[Outcome]:
        """Sessions due in the last `days` days, this one included; what an absence prevented was not due."""
        return [
            outcome
            for outcome in self.sessions(days)
            if outcome.is_due(self.date) and (outcome.is_completed or not self.absent_on(outcome.session.day))
        ]

    @property
    def history_d(self) -> float:
        """Days since the first activity, both included; 0 without any."""
        known = self.read(self.inputs.load.history_d)
        return known if known == known else 0.0

    @property
    def sync_age_h(self) -> float:
        """Hours since the last sync; negative when it came after this day, NaN when there was none."""
        last = self.inputs.last_sync_at
        return (self.instant - last).total_seconds() / 3600 if last else NAN

    @cached_property
    def threshold(self) -> ThresholdSpeed | None:
        """The threshold speed that holds on this day."""
        valid = [t for t in self.inputs.thresholds if t.valid_from <= self.date]
        return max(valid, key=attrgetter("valid_from")) if valid else None

    def load_confidence(self, days: int) -> float:
        """0.7 where more than half of the load of these days is a rough guess, else 1."""
        total = sum(self.present(self.inputs.load.load, days))
        rough = sum(self.present(self.inputs.rough_load, days))
        return ROUGH_LOAD_CONFIDENCE if above(rough, ROUGH_LOAD_SHARE * total) else 1.0

    def baseline_confidence(self, *readings: float) -> float:
        """0.6 while one of the baselines used is provisional, else 1."""
        return PROVISIONAL_CONFIDENCE if any(n < BASELINE_MATURE_N for n in readings) else 1.0
