"""One local day: the inputs as the signal rules read them on that day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from operator import attrgetter

from coaching.attention.day_index import DayIndex, find_window
from coaching.attention.inputs import CheckIn, FeltActivity, Run, ThresholdSpeed
from coaching.attention.thresholds import (
    BASELINE_MATURE_N,
    EPSILON,
    PROVISIONAL_CONFIDENCE,
    ROUGH_LOAD_CONFIDENCE,
    ROUGH_LOAD_SHARE,
)
from coaching.science.compliance import Outcome
from metrics.science.rolling import Days

NAN, INFINITY = float("nan"), float("inf")


def is_at_least(value: float, threshold: float) -> bool:
    """value ≥ threshold, with a tolerance for rounding errors. False for NaN."""
    return value >= threshold - EPSILON


def is_at_most(value: float, threshold: float) -> bool:
    """value ≤ threshold, with a tolerance for rounding errors. False for NaN."""
    return value <= threshold + EPSILON


def is_above(value: float, threshold: float) -> bool:
    """value > threshold by more than a rounding error. False for NaN."""
    return value > threshold + EPSILON


def is_below(value: float, threshold: float) -> bool:
    """value < threshold by more than a rounding error. False for NaN."""
    return value < threshold - EPSILON


class Day:
    """The local day `ago` days before `as_of`. Later data is hidden, except plans and races.

    A run that was uploaded late counts on the day it was run.
    """

    __slots__ = ("ago", "calendar", "inputs", "number")

    def __init__(self, calendar: DayIndex, ago: int) -> None:
        self.calendar = calendar
        self.inputs = calendar.inputs
        self.ago = ago
        self.number = calendar.today - ago

    @property
    def local_date(self) -> date:
        return date.fromordinal(self.number)

    @property
    def is_absent(self) -> bool:
        return self.calendar.is_absent(self.number)

    def absent_days(self, since: date) -> int:
        """Count the absence days after `since`, up to and including this day."""
        first = since.toordinal() + 1
        return sum(self.calendar.is_absent(number) for number in range(first, self.number + 1))

    def read(self, column: Days, back: int = 0) -> float:
        """The value of the column `back` days before this day. NaN before the start of the column."""
        position = len(column) - 1 - self.ago - back
        return float(column[position]) if position >= 0 else NAN

    def known_values(self, column: Days, days: int, back: int = 0) -> list[float]:
        """The values without NaN of the `days` days that end `back` days before this day, oldest first."""
        end = max(0, len(column) - self.ago - back)
        return [value for value in column[max(0, end - days) : end].tolist() if value == value]

    def highest(self, column: Days, days: int, back: int = 0) -> float:
        """The maximum of the `days` days that end `back` days before this day. NaN before the first day.

        The column must not contain NaN.
        """
        end = max(0, len(column) - self.ago - back)
        return float(column[max(0, end - days) : end].max()) if end else NAN

    def runs(self, days: int, back: int = 0) -> Sequence[Run]:
        """The runs of the `days` days that end `back` days before this day."""
        first, end = find_window(self.calendar.run_days, self.number - back, days)
        return self.inputs.runs[first:end]

    def check_ins(self, days: int) -> Sequence[CheckIn]:
        """The check-ins of the `days` days that end on this day."""
        first, end = find_window(self.calendar.check_in_days, self.number, days)
        return self.inputs.check_ins[first:end]

    def felt(self, days: int) -> Sequence[FeltActivity]:
        """The activities of these days of which something was said."""
        first, end = find_window(self.calendar.felt_days, self.number, days)
        return self.inputs.felt[first:end]

    def zone_time(self, days: int) -> tuple[int, float, float]:
        """Runs with zones in the last `days` days, their seconds in zone 1 and in all zones."""
        calendar = self.calendar
        first, end = find_window(calendar.run_days, self.number, days)
        return (
            int(calendar.zoned_runs[end] - calendar.zoned_runs[first]),
            calendar.z1_s[end] - calendar.z1_s[first],
            calendar.zoned_s[end] - calendar.zoned_s[first],
        )

    def easy_shares(self, runs: int) -> list[float]:
        """Share of time above zone 1 of the last `runs` runs that were planned as easy."""
        easy = self.calendar.easy_runs
        end = bisect_right(easy, (self.number, INFINITY))
        return [share for _, share in easy[max(0, end - runs) : end]]

    def sessions(self, days: int, back: int = 0) -> Sequence[Outcome]:
        """The sessions planned for the `days` days that end `back` days before this day.

        A negative `back` looks ahead.
        """
        first, end = find_window(self.calendar.session_days, self.number - back, days)
        return self.inputs.sessions[first:end]

    def due_sessions(self, days: int, back: int = 0) -> list[Outcome]:
        """The sessions due in the `days` days that end `back` days before this day.

        Missed sessions during an absence are not due. Sessions of this day are due once they are done.
        """
        first, end = find_window(self.calendar.expected_days, self.number - back, days)
        due = self.calendar.expected_sessions[first:end]
        if due and self.calendar.expected_days[end - 1] == self.number:
            return [outcome for outcome in due if outcome.is_due(self.local_date)]
        return due

    def compliance_pct(self, days: int, back: int = 0) -> float:
        """Volume compliance of the due sessions in per cent. NaN if no session was due.

        See `coaching.science.compliance`.
        """
        calendar = self.calendar
        first, end = find_window(calendar.expected_days, self.number - back, days)
        planned = calendar.planned_s[end] - calendar.planned_s[first]
        done = calendar.done_s[end] - calendar.done_s[first]
        while end > first and calendar.expected_days[end - 1] == self.number:
            end -= 1
            planned -= (
                0.0
                if calendar.expected_sessions[end].is_completed
                else calendar.expected_sessions[end].planned_s
            )
        return 100 * done / planned if planned > EPSILON else NAN

    @property
    def history_d(self) -> float:
        """Days from the first activity to this day, both included. 0 without activities."""
        days = self.read(self.inputs.load.history_d)
        return days if days == days else 0.0  # NaN without activities

    @property
    def sync_age_h(self) -> float:
        """Hours since the last sync. Negative if it came after this day, NaN without a sync."""
        last = self.inputs.last_sync_at
        if last is None:
            return NAN
        return (self.calendar.as_of - last) / timedelta(hours=1) - 24 * self.ago

    @property
    def threshold_speed(self) -> ThresholdSpeed | None:
        """The threshold speed that is valid on this day."""
        today = self.local_date
        valid = [threshold for threshold in self.inputs.thresholds if threshold.valid_from <= today]
        return max(valid, key=attrgetter("valid_from")) if valid else None

    def load_confidence(self, days: int) -> float:
        """0.7 if more than half of the load of these days is a rough estimate, else 1."""
        total = sum(self.known_values(self.inputs.load.load, days))
        rough = sum(self.known_values(self.inputs.rough_load, days))
        return ROUGH_LOAD_CONFIDENCE if is_above(rough, ROUGH_LOAD_SHARE * total) else 1.0

    def baseline_confidence(self, *readings: float) -> float:
        """0.6 if one of the baselines is provisional, else 1. `readings`: readings of each baseline."""
        return PROVISIONAL_CONFIDENCE if any(n < BASELINE_MATURE_N for n in readings) else 1.0
