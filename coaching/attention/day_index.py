"""The inputs' lists by day number, made once for all the days that are judged."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from itertools import accumulate

from coaching.attention.inputs import SignalInputs
from coaching.science.compliance import Outcome


class DayIndex:
    """Day numbers are proleptic Gregorian ordinals; running sums belong to the list they are made of."""

    def __init__(self, inputs: SignalInputs, as_of: datetime) -> None:
        self.inputs = inputs
        self.as_of = as_of
        self.today = as_of.date().toordinal()
        self.absent = [(gone.first.toordinal(), gone.last.toordinal()) for gone in inputs.absences]
        self.run_days = [run.day.toordinal() for run in inputs.runs]
        self.session_days = [outcome.session.day.toordinal() for outcome in inputs.sessions]

    def is_absent(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self.absent)

    @cached_property
    def expected_sessions(self) -> list[Outcome]:
        """The sessions that can be due: no rest, and nothing that an absence prevented."""
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
        """Each session counts at most as planned."""
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


def find_window(numbers: list[int], last: int, days: int) -> tuple[int, int]:
    """Where the `days` days ending with `last` lie in ascending day numbers, as a slice."""
    return bisect_left(numbers, last - days + 1), bisect_right(numbers, last)
