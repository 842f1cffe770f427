"""The lists of the inputs by day number. Built once and used for all evaluated days."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from itertools import accumulate

from coaching.attention.inputs import SignalInputs
from coaching.science.compliance import Outcome


class DayIndex:
    """Day numbers are `date.toordinal`. A running sum has one more item than its list and starts with 0."""

    def __init__(self, inputs: SignalInputs, as_of: datetime) -> None:
        self.inputs = inputs
        self.as_of = as_of
        self.today = as_of.date().toordinal()
        self.absent = [(absence.first.toordinal(), absence.last.toordinal()) for absence in inputs.absences]
        self.run_days = [run.day.toordinal() for run in inputs.runs]
        self.check_in_days = [check_in.day.toordinal() for check_in in inputs.check_ins]
        self.felt_days = [activity.day.toordinal() for activity in inputs.felt]
        self.session_days = [outcome.session.day.toordinal() for outcome in inputs.sessions]

    def is_absent(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self.absent)

    @cached_property
    def expected_sessions(self) -> list[Outcome]:
        """The sessions that can be due: no rest days, no missed sessions during an absence."""
        return [
            outcome
            for outcome, number in zip(self.inputs.sessions, self.session_days, strict=True)
            if not outcome.session.is_rest and (outcome.is_completed or not self.is_absent(number))
        ]

    @cached_property
    def expected_days(self) -> list[int]:
        return [outcome.session.day.toordinal() for outcome in self.expected_sessions]

    @cached_property
    def planned_s(self) -> list[float]:
        return running_sum(outcome.planned_s for outcome in self.expected_sessions)

    @cached_property
    def done_s(self) -> list[float]:
        """Running sum of seconds done. A session counts at most its planned time."""
        return running_sum(outcome.planned_s * min(1.0, outcome.ratio) for outcome in self.expected_sessions)

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
        """Day number and share of time above zone 1 of each run that was planned as easy."""
        return [
            (number, outcome.activity.above_z1_share)
            for outcome, number in zip(self.inputs.sessions, self.session_days, strict=True)
            if outcome.session.is_easy and outcome.session.sport == "run"
            if outcome.activity and outcome.activity.above_z1_share is not None
        ]


def running_sum(values: Iterable[float]) -> list[float]:
    """Cumulative sums that start with 0. The sum of a window is the difference of two items."""
    return list(accumulate(values, initial=0.0))


def find_window(numbers: list[int], last: int, days: int) -> tuple[int, int]:
    """Start and end index of the `days` days that end with `last`, in ascending day numbers."""
    return bisect_left(numbers, last - days + 1), bisect_right(numbers, last)
