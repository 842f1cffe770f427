"""Adherence signals: planned against done training, and days without a run."""

from __future__ import annotations

from itertools import pairwise, takewhile
from math import ceil
from statistics import median

from coaching.attention import thresholds as at
from coaching.attention.day import Day, is_at_least, is_at_most, is_below
from coaching.attention.inputs import Run
from coaching.attention.signal import Finding, Report, Skip, Verdict, signal_rule


@signal_rule(
    "INACTIVITY",
    "adherence",
    description="No run for much longer than this athlete's usual gap.",
    is_not="Not a missed session: it needs no plan. Days of an absence do not count.",
    source="Mujika & Padilla 2000/2001: detraining begins within 10 days to 4 weeks; limits are ours [J]",
    uses=("activities",),
)
def inactivity(day: Day) -> Verdict:
    recent = day.runs(at.INACTIVE_REFERENCE_D + 2 * at.LOOK_BACK_D)
    if not recent:
        return Skip("few_runs")
    if not is_at_most(day.sync_age_h, at.INACTIVE_SYNC_H):
        return Skip("not_synced")
    last = recent[-1].day
    usual = [run for run in recent if (last - run.day).days < at.INACTIVE_REFERENCE_D]
    if len(usual) < at.INACTIVE_MIN_RUNS:
        return Skip("few_runs")
    idle_d = (day.local_date - last).days
    if _is_rest_planned(day, idle_d):
        return Skip("nothing_was_planned")
    absent_d = day.absent_days(last)
    gap = _median_gap_d(usual)
    limit = max(at.INACTIVE_MIN_D, ceil(at.INACTIVE_GAPS * gap - at.EPSILON))
    inactive_d = idle_d - absent_d
    if inactive_d < limit:
        return None
    return Finding(
        "critical" if inactive_d >= at.INACTIVE_CRITICAL_D else "warning",
        lambda: Report(
            f"No run for {inactive_d} days; the usual gap is {gap:g}.",
            {
                "value": inactive_d,
                "baseline": gap,
                "threshold": limit,
                "last_run": last.isoformat(),
                "n": len(usual),
            },
        ),
    )


def _is_rest_planned(day: Day, idle_d: int) -> bool:
    """Whether there is a plan, and it has no session since the last run."""
    around = day.sessions(at.INACTIVE_REFERENCE_D + 7, back=-7)
    since = day.sessions(idle_d) if idle_d else ()
    has_plan = any(not outcome.session.is_rest for outcome in around)
    return has_plan and all(outcome.session.is_rest for outcome in since)


def _median_gap_d(runs: list[Run]) -> float:
    days = sorted({run.day for run in runs})
    return median([(b - a).days for a, b in pairwise(days)] or [0])


@signal_rule(
    "COMPLIANCE_LOW",
    "adherence",
    description="Less than 60 % of the volume due in the last 14 days was done.",
    is_not="Not about reasons. Sessions during an absence are not due; extra runs do not make up for it.",
    source="FORMULAS §10; limits are ours [J]",
    uses=("activities", "goals_and_plans"),
)
def compliance_low(day: Day) -> Verdict:
    due = day.due_sessions(at.COMPLIANCE_D)
    if len(due) < at.COMPLIANCE_MIN_SESSIONS:
        return Skip("few_due_sessions")
    percent = day.compliance_pct(at.COMPLIANCE_D)
    if not is_below(percent, at.COMPLIANCE_WARNING_PCT):
        return None
    completed = sum(outcome.is_completed for outcome in due)
    return Finding(
        "critical" if is_below(percent, at.COMPLIANCE_CRITICAL_PCT) else "warning",
        lambda: Report(
            f"{percent:.0f} % of the planned volume was done in the last {at.COMPLIANCE_D} days"
            f" ({completed} of {len(due)} sessions).",
            {
                "value": percent,
                "threshold": at.COMPLIANCE_WARNING_PCT,
                "completed": completed,
                "n": len(due),
            },
        ),
    )


@signal_rule(
    "SESSIONS_MISSED",
    "adherence",
    description="The last three due sessions were missed, or two key sessions within 14 days.",
    is_not="Not a count of missed minutes, see COMPLIANCE_LOW.",
    source="ours [J]",
    uses=("activities", "goals_and_plans"),
)
def sessions_missed(day: Day) -> Verdict:
    due = day.due_sessions(at.INACTIVE_REFERENCE_D)
    recent = day.due_sessions(at.MISSED_D)
    if not recent:
        return Skip("no_active_plan")
    in_a_row = sum(1 for _ in takewhile(lambda outcome: not outcome.is_completed, reversed(due)))
    key = sum(outcome.session.is_key and not outcome.is_completed for outcome in recent)
    if in_a_row < at.MISSED_IN_A_ROW and key < at.MISSED_KEY:
        return None
    by_row = in_a_row >= at.MISSED_IN_A_ROW
    return Finding(
        "warning",
        lambda: Report(
            f"The last {in_a_row} sessions were missed."
            if by_row
            else f"{key} key sessions were missed in the last {at.MISSED_D} days.",
            {
                "value": in_a_row if by_row else key,
                "threshold": at.MISSED_IN_A_ROW if by_row else at.MISSED_KEY,
                "missed_in_a_row": in_a_row,
                "missed_key": key,
                "n": len(due),
            },
        ),
    )


@signal_rule(
    "PLAN_EXCEEDED",
    "adherence",
    description="The load of the last 7 days is far above the planned load.",
    is_not="Not compliance: all training counts here, planned or not.",
    source="FORMULAS §10; limits are ours [J]",
    uses=("activities", "goals_and_plans"),
)
def plan_exceeded(day: Day) -> Verdict:
    planned = sum(outcome.session.load or 0.0 for outcome in day.sessions(at.EXCEEDED_D))
    done = day.read(day.inputs.weeks.rolling_7d)
    if not is_at_least(planned, at.EXCEEDED_MIN_LOAD):
        return Skip("little_planned_load")
    if not is_at_least(done / planned, at.EXCEEDED_INFO):
        return None
    return Finding(
        "warning" if is_at_least(done / planned, at.EXCEEDED_WARNING) else "info",
        lambda: Report(
            f"7-day load {done:.0f}: {100 * (done / planned - 1):.0f} % over plan ({planned:.0f}).",
            {
                "value": done / planned,
                "baseline": planned,
                "threshold": at.EXCEEDED_INFO,
                "done": done,
                "n": at.EXCEEDED_D,
            },
            day.load_confidence(at.EXCEEDED_D),
        ),
    )
