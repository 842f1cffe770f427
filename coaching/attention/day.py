"""One local day as the signals see it: the inputs, looked at from that day."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
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

NAN, INFINITY = float("nan"), float("inf")


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


class Calendar:
    """The inputs' lists by day number, made once for all the days that are judged."""

    def __init__(self, inputs: Inputs, as_of: datetime) -> None:
        self.inputs = inputs
        self.as_of = as_of
        self.today = as_of.date().toordinal()
        self.absent = [(gone.first.toordinal(), gone.last.toordinal()) for gone in inputs.absences]
        self.run_days = [run.day.toordinal() for run in inputs.runs]
        self.session_days = [outcome.session.day.toordinal() for outcome in inputs.sessions]

    def is_absent(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self.absent)

    @cached_property
    def expected(self) -> list[Outcome]:
        """The sessions that can be due: no rest, and nothing that an absence prevented."""
        return [
            outcome
            for outcome, number in zip(self.inputs.sessions, self.session_days, strict=True)
            if not outcome.session.is_rest and (outcome.is_completed or not self.is_absent(number))
        ]

    @cached_property
    def expected_days(self) -> list[int]:
        return [outcome.session.day.toordinal() for outcome in self.expected]

    @cached_property
    def planned_s(self) -> list[float]:
        return running_sum(outcome.planned_s for outcome in self.expected)

    @cached_property
    def done_s(self) -> list[float]:
        """Each session counts at most as planned."""
        return running_sum(outcome.planned_s * min(1.0, outcome.ratio) for outcome in self.expected)

    @cached_property
    def zoned_runs(self) -> list[float]:
        return running_sum(run.zoned_s > 0 for run in self.inputs.runs)

    @cached_property
    def zoned_s(self) -> list[float]:
        return running_sum(run.zoned_s for run in self.inputs.runs)

    @cached_property
    def z1_s(self) -> list[float]:
        return running_sum(run.z1_s for run in self.inputs.runs)

    @cached_property
    def easy_runs(self) -> list[tuple[int, float]]:
        """Day number and share above zone 1 of every run that was planned as easy."""
        return [
            (number, outcome.activity.above_z1_share)
            for outcome, number in zip(self.inputs.sessions, self.session_days, strict=True)
            if outcome.session.is_easy and outcome.session.sport == "run"
            if outcome.activity and outcome.activity.above_z1_share is not None
        ]


def running_sum(values: Iterable[float]) -> list[float]:
    """Beginning with 0, so that a window's sum is the difference of two."""
    return list(accumulate(values, initial=0.0))


class Day:
    """The local day `ago` days before `as_of`. What came later is invisible, except plans and races ahead.

    What is stored now is taken as known then: a run uploaded late counts on its own day.
    """

    __slots__ = ("ago", "calendar", "inputs", "number")

    def __init__(self, calendar: Calendar, ago: int) -> None:
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
        """How many days after `since`, up to this one, belong to an absence."""
        first = since.toordinal() + 1
        return sum(self.calendar.is_absent(number) for number in range(first, self.number + 1))

    def read(self, column: Days, back: int = 0) -> float:
        """The column `back` days before this day; NaN where it has no such day."""
        position = len(column) - 1 - self.ago - back
        return float(column[position]) if position >= 0 else NAN

    def present(self, column: Days, days: int, back: int = 0) -> list[float]:
        """The readings of the `days` days that end `back` days before this day, oldest first."""
        end = max(0, len(column) - self.ago - back)
        return [value for value in column[max(0, end - days) : end].tolist() if value == value]

    def highest(self, column: Days, days: int, back: int = 0) -> float:
        """The highest of those days of a column without gaps; NaN before its first day."""
        end = max(0, len(column) - self.ago - back)
        return float(column[max(0, end - days) : end].max()) if end else NAN

    def runs(self, days: int, back: int = 0) -> Sequence[Run]:
        """The runs of the `days` days that end `back` days before this day."""
        first, end = _window(self.calendar.run_days, self.number - back, days)
        return self.inputs.runs[first:end]

    def zone_time(self, days: int) -> tuple[int, float, float]:
        """Runs with zones in the `days` days ending with this one, their seconds in zone 1 and in all."""
        calendar = self.calendar
        first, end = _window(calendar.run_days, self.number, days)
        return (
            int(calendar.zoned_runs[end] - calendar.zoned_runs[first]),
            calendar.z1_s[end] - calendar.z1_s[first],
            calendar.zoned_s[end] - calendar.zoned_s[first],
        )

    def easy_shares(self, runs: int) -> list[float]:
        """Share above zone 1 of the last `runs` runs planned as easy, up to this day."""
        easy = self.calendar.easy_runs
        end = bisect_right(easy, (self.number, INFINITY))
        return [share for _, share in easy[max(0, end - runs) : end]]

    def sessions(self, days: int, back: int = 0) -> Sequence[Outcome]:
        """The sessions planned for the `days` days that end `back` days before this day (negative: after)."""
        first, end = _window(self.calendar.session_days, self.number - back, days)
        return self.inputs.sessions[first:end]

    def due(self, days: int, back: int = 0) -> list[Outcome]:
        """The sessions due in the `days` days that end `back` days before this day.

        What an absence prevented was not due; this day's own are due once they are done.
        """
        first, end = _window(self.calendar.expected_days, self.number - back, days)
        due = self.calendar.expected[first:end]
        if due and self.calendar.expected_days[end - 1] == self.number:
            return [outcome for outcome in due if outcome.is_due(self.local_date)]
        return due

    def compliance_pct(self, days: int, back: int = 0) -> float:
        """Volume compliance of those sessions, NaN when none was due; see `coaching.compliance`."""
        calendar = self.calendar
        first, end = _window(calendar.expected_days, self.number - back, days)
        planned = calendar.planned_s[end] - calendar.planned_s[first]
        done = calendar.done_s[end] - calendar.done_s[first]
        while end > first and calendar.expected_days[end - 1] == self.number:
            end -= 1
            planned -= 0.0 if calendar.expected[end].is_completed else calendar.expected[end].planned_s
        return 100 * done / planned if planned > EPSILON else NAN

    @property
    def history_d(self) -> float:
        """Days since the first activity, both included; 0 without any."""
        known = self.read(self.inputs.load.history_d)
        return known if known == known else 0.0

    @property
    def sync_age_h(self) -> float:
        """Hours since the last sync; negative when it came after this day, NaN when there was none."""
        last = self.inputs.last_sync_at
        if last is None:
            return NAN
        return (self.calendar.as_of - last) / timedelta(hours=1) - 24 * self.ago

    @property
    def threshold(self) -> ThresholdSpeed | None:
        """The threshold speed that holds on this day."""
        today = self.local_date
        valid = [threshold for threshold in self.inputs.thresholds if threshold.valid_from <= today]
        return max(valid, key=attrgetter("valid_from")) if valid else None

    def load_confidence(self, days: int) -> float:
        """0.7 where more than half of the load of these days is a rough guess, else 1."""
        total = sum(self.present(self.inputs.load.load, days))
        rough = sum(self.present(self.inputs.rough_load, days))
        return ROUGH_LOAD_CONFIDENCE if above(rough, ROUGH_LOAD_SHARE * total) else 1.0

    def baseline_confidence(self, *readings: float) -> float:
        """0.6 while one of the baselines used is provisional, else 1."""
        return PROVISIONAL_CONFIDENCE if any(n < BASELINE_MATURE_N for n in readings) else 1.0


def _window(numbers: list[int], last: int, days: int) -> tuple[int, int]:
    """Where the `days` days ending with `last` lie in ascending day numbers, as a slice."""
    return bisect_left(numbers, last - days + 1), bisect_right(numbers, last)
