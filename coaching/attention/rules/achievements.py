"""Achievements, so that coaches can praise. They never raise the priority."""

from __future__ import annotations

from coaching.attention import thresholds as limits
from coaching.attention.day import Day, is_above, is_at_least, is_at_most
from coaching.attention.signal import Finding, Report, Skip, Verdict, signal_rule


@signal_rule(
    "NEW_PB",
    "positive",
    description="A personal best in the last 7 days.",
    is_not="Not only in races: best efforts of training count too. Not an old run that was uploaded late.",
    source="FORMULAS §1.1 for which efforts are valid",
    uses=("activities",),
)
def new_pb(day: Day) -> Verdict:
    fresh = [
        best
        for best in day.inputs.personal_bests
        if 0 <= (day.local_date - best.day).days < limits.ACHIEVEMENT_D
    ]
    if not fresh:
        return None
    best = max(fresh, key=lambda best: best.day)
    minutes, seconds = divmod(int(best.time_s + 0.5), 60)
    return Finding(
        "positive",
        lambda: Report(
            f"New personal best over {best.distance}: {minutes}:{seconds:02d}.",
            {"value": best.time_s, "distance": best.distance, "date": best.day.isoformat(), "n": len(fresh)},
        ),
    )


@signal_rule(
    "VDOT_UP",
    "positive",
    description="VDOT rose by at least 1.0 within 42 days.",
    is_not="Not a change of method: both values use the same one.",
    source="FORMULAS §5.1",
    uses=("activities",),
)
def vdot_up(day: Day) -> Verdict:
    value, earlier = day.read(day.inputs.vdot), day.read(day.inputs.vdot, limits.VDOT_UP_D)
    if not (value > 0 and earlier > 0):
        return Skip("no_vdot")
    if not is_at_least(value - earlier, limits.VDOT_UP):
        return None
    return Finding(
        "positive",
        lambda: Report(
            f"VDOT rose from {earlier:.1f} to {value:.1f} in {limits.VDOT_UP_D} days.",
            {"value": value, "baseline": earlier, "threshold": limits.VDOT_UP, "n": 2},
        ),
    )


@signal_rule(
    "CONSISTENT",
    "positive",
    description="At least 90 % of the planned volume in each of the last four weeks.",
    is_not="Not more than planned: overshooting does not count.",
    source="FORMULAS §10",
    uses=("activities", "goals_and_plans"),
)
def consistent(day: Day) -> Verdict:
    percents = [day.compliance_pct(7, back=7 * week) for week in range(limits.CONSISTENT_WEEKS)]
    if any(percent != percent for percent in percents):
        return Skip("few_due_sessions")
    if not is_at_least(min(percents), limits.CONSISTENT_PCT):
        return None
    return Finding(
        "positive",
        lambda: Report(
            f"Four weeks in a row with at least {min(percents):.0f} % of the plan.",
            {"value": min(percents), "threshold": limits.CONSISTENT_PCT, "n": limits.CONSISTENT_WEEKS},
        ),
    )


@signal_rule(
    "FITNESS_PEAK",
    "positive",
    description="Fitness is higher than on any other of the last 180 days.",
    is_not="Not race readiness: form tells that.",
    source="FORMULAS §6.1",
    uses=("activities",),
)
def fitness_peak(day: Day) -> Verdict:
    load = day.inputs.load
    if day.history_d < limits.PEAK_D:
        return Skip("short_history")
    value, earlier = day.read(load.fitness), day.highest(load.fitness, limits.PEAK_D - 1, back=1)
    if not is_above(value, earlier):
        return None
    return Finding(
        "positive",
        lambda: Report(
            f"Fitness is {value:.0f}, the highest in {limits.PEAK_D} days.",
            {"value": value, "baseline": earlier, "threshold": earlier, "n": limits.PEAK_D},
            day.load_confidence(limits.HISTORY_D),
        ),
    )


@signal_rule(
    "HRV_RECOVERED",
    "positive",
    description="The 7-day HRV is back near the baseline; it was low within the last 7 days.",
    is_not="Not a permission for hard training.",
    source="FORMULAS §7.3",
    uses=("health",),
)
def hrv_recovered(day: Day) -> Verdict:
    hrv = day.inputs.hrv
    if not (
        day.read(hrv.week_n) >= limits.HRV_WEEK_N and day.read(hrv.baseline_n) >= limits.BASELINE_MATURE_N
    ):
        return Skip("no_mature_hrv_baseline")
    z, lowest = (
        day.read(hrv.z),
        min(day.known_values(hrv.z, limits.ACHIEVEMENT_D, back=1), default=float("nan")),
    )
    if not (is_above(z, limits.RECOVERED_Z) and is_at_most(lowest, limits.HRV_WARNING_Z)):
        return None
    return Finding(
        "positive",
        lambda: Report(
            f"7-day HRV is back to {z:+.1f} SD from the baseline, after {lowest:+.1f} SD.",
            {"value": z, "baseline": lowest, "threshold": limits.RECOVERED_Z, "n": int(day.read(hrv.week_n))},
            day.baseline_confidence(day.read(hrv.baseline_n)),
        ),
    )
