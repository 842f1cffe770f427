"""Time, distance, load and the easy share of each week of a plan. Pure.

A plan is for many. So what a run leaves open, its time or its distance, is that of a usual runner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coaching.plans.drafts.draft import DraftContent, PlanDraft
from coaching.plans.drafts.step_parts import EASY_ZONE, StepPart, list_step_parts
from coaching.science.planned_load import USUAL_THRESHOLD_MPS, expected_load
from metrics.science.load import PLANNED_INTENSITY

REST, RUN = "rest", "run"


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """`easy_s`, `run_s`: seconds of running in zone 1, and in all zones."""

    duration_s: float = 0.0
    distance_m: float = 0.0
    load: float = 0.0
    easy_s: float = 0.0
    run_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PlanWeekTotals:
    """Sums of one week. `distance_m` is of runs. Rest days count as no session."""

    week: int
    session_count: int
    duration_s: float
    distance_m: float
    load: float
    easy_s: float
    run_s: float

    @property
    def easy_percent(self) -> float | None:
        """Zone 1 in per cent of the running time; None without running."""
        return 100.0 * self.easy_s / self.run_s if self.run_s else None


def compute_week_totals(draft: PlanDraft) -> list[PlanWeekTotals]:
    """One for each week, also for those without sessions."""
    contents: dict[int, list[DraftContent]] = {week: [] for week in range(1, draft.total_weeks + 1)}
    for session in draft.sessions:
        if session.content.sport != REST:
            contents[session.week].append(session.content)
    return [_add_totals(week, [measure_session(content) for content in contents[week]]) for week in contents]


def _add_totals(week: int, sessions: Sequence[SessionTotals]) -> PlanWeekTotals:
    def add(values: Iterable[float]) -> float:
        return sum(values, 0.0)

    return PlanWeekTotals(
        week,
        len(sessions),
        add(session.duration_s for session in sessions),
        add(session.distance_m for session in sessions),
        add(session.load for session in sessions),
        add(session.easy_s for session in sessions),
        add(session.run_s for session in sessions),
    )


def add_session_totals(contents: Iterable[DraftContent]) -> SessionTotals:
    """The sums of some sessions."""
    totals = [measure_session(content) for content in contents]
    return SessionTotals(
        sum(total.duration_s for total in totals),
        sum(total.distance_m for total in totals if total.run_s),
        sum(total.load for total in totals),
        sum(total.easy_s for total in totals),
        sum(total.run_s for total in totals),
    )


def measure_session(content: DraftContent) -> SessionTotals:
    """The totals of one session. Sports other than running have no distance and no zones."""
    if content.sport == REST:
        return SessionTotals()
    load = content.load or expected_load(
        content.sport,
        content.duration_s,
        content.distance_m,
        content.zone,
        content.steps,
        USUAL_THRESHOLD_MPS,
    )
    if content.sport != RUN:
        return SessionTotals(duration_s=content.duration_s or 0.0, load=load or 0.0)
    parts = list(list_step_parts(content.steps)) or [
        StepPart(1, content.duration_s, content.distance_m, content.zone or EASY_ZONE)
    ]
    seconds = [part.times * _find_duration_s(part) for part in parts]
    metres = [part.times * _find_distance_m(part) for part in parts]
    run_s = sum(seconds)
    return SessionTotals(
        duration_s=content.duration_s or run_s,
        distance_m=content.distance_m or sum(metres),
        load=load or 0.0,
        easy_s=sum(part_s for part, part_s in zip(parts, seconds, strict=True) if part.zone == EASY_ZONE),
        run_s=run_s,
    )


def _find_speed_mps(part: StepPart) -> float:
    if part.pace_s_per_km:
        return 1_000 / part.pace_s_per_km
    return PLANNED_INTENSITY[f"z{part.zone or EASY_ZONE}"] * USUAL_THRESHOLD_MPS


def _find_duration_s(part: StepPart) -> float:
    return part.duration_s or (part.distance_m or 0.0) / _find_speed_mps(part)


def _find_distance_m(part: StepPart) -> float:
    return part.distance_m or (part.duration_s or 0.0) * _find_speed_mps(part)
