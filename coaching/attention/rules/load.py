"""Load signals: longer runs, bigger weeks, faster increase or less variation than usual.

They describe training. They do not predict injury: the evidence for week-to-week ratios is too weak
(FORMULAS §6.3).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from coaching.attention import thresholds as limits
from coaching.attention.day import Day, is_above, is_at_least
from coaching.attention.distance_messages import describe_planned_spike, describe_session_spike
from coaching.attention.inputs import Run
from coaching.attention.signal import Finding, Report, Severity, Skip, Verdict, signal_rule


class Spike(NamedTuple):
    """A run compared with the longest run of the 30 days before."""

    ratio: float
    distance_m: float
    longest_m: float
    runs: int
    is_race: bool


@signal_rule(
    "SESSION_SPIKE",
    "load",
    description="A run of the last 7 days was much longer than any of the 30 days before it.",
    is_not="Not a criticism: a race is long on purpose, so it gives info only.",
    source="Frandsen 2025 (doi:10.1136/bjsports-2024-109380), 5,205 runners",
    uses=("activities",),
)
def session_spike(day: Day) -> Verdict:
    spikes = [_find_run_spike(day, run) for run in day.runs(limits.SPIKE_RECENT_D)]
    comparable = [spike for spike in spikes if spike]
    if not comparable:
        return Skip("few_runs")
    large = [spike for spike in comparable if is_above(spike.ratio, limits.SPIKE_WARNING)]
    if not large:
        return None
    worst = max(large, key=lambda spike: (not spike.is_race, spike.ratio))
    severity: Severity = "critical" if is_above(worst.ratio, limits.SPIKE_CRITICAL) else "warning"
    evidence = _spike_evidence(worst, limits.SPIKE_WARNING)
    return Finding(
        "info" if worst.is_race else severity, lambda: Report(describe_session_spike(evidence), evidence)
    )


@signal_rule(
    "PLANNED_SPIKE",
    "load",
    description="A session planned for the next 7 days is much longer than any run of the last 30 days.",
    is_not="Not an objection to the plan: it only shows the step in advance.",
    source="Frandsen 2025; limits are ours [J]",
    uses=("activities", "goals_and_plans"),
)
def planned_spike(day: Day) -> Verdict:
    runs = day.runs(limits.SPIKE_REFERENCE_D)
    if len(runs) < limits.SPIKE_MIN_RUNS:
        return Skip("few_runs")
    ahead = day.sessions(limits.PLANNED_SPIKE_D, back=-limits.PLANNED_SPIKE_D)
    sessions = [outcome.session for outcome in ahead]
    distances = [session.distance_m for session in sessions if session.sport == "run" and session.distance_m]
    if not distances:
        return Skip("nothing_planned")
    spike = _compare_with_longest(max(distances), runs)
    if spike is None or not is_above(spike.ratio, limits.PLANNED_SPIKE_INFO):
        return None
    evidence = _spike_evidence(spike, limits.PLANNED_SPIKE_INFO)
    return Finding(
        "warning" if is_above(spike.ratio, limits.PLANNED_SPIKE_WARNING) else "info",
        lambda: Report(describe_planned_spike(evidence), evidence),
    )


@signal_rule(
    "LOAD_JUMP",
    "load",
    description="The last 7 days carry much more load than a week of the four weeks before.",
    is_not="Not a prediction: in 5,205 runners week-to-week ratios had no association with injury.",
    source="Nielsen 2014, Gabbett 2016; criticised, see FORMULAS §6.3",
    uses=("activities",),
)
def weekly_load_jump(day: Day) -> Verdict:
    weeks = day.inputs.weeks
    if day.history_d < limits.JUMP_HISTORY_D:
        return Skip("short_history")
    before = sum(day.known_values(day.inputs.load.load, 28, back=7)) / 4
    if not is_at_least(before, limits.JUMP_MIN_WEEKLY_LOAD):
        return Skip("low_load")
    jump, week = day.read(weeks.load_jump), day.read(weeks.rolling_7d)
    if not is_at_least(jump, limits.JUMP_INFO):
        return None
    return Finding(
        "warning" if is_at_least(jump, limits.JUMP_WARNING) else "info",
        lambda: Report(
            f"Load jump: {week:.0f} in the last 7 days, {jump:.2f} times the weekly {before:.0f} before.",
            {
                "value": jump,
                "baseline": before,
                "threshold": limits.JUMP_INFO,
                "week_load": week,
                "n": limits.JUMP_HISTORY_D,
            },
            day.load_confidence(limits.JUMP_HISTORY_D),
        ),
    )


@signal_rule(
    "RAMP_HIGH",
    "load",
    description="Fitness, the 42-day average of load, rises fast.",
    is_not="Not a limit: athletes who return to an earlier level tolerate a faster rise.",
    source="Friel 2015: 5–8 a week is the typical upper range",
    uses=("activities",),
)
def ramp_high(day: Day) -> Verdict:
    load = day.inputs.load
    if day.history_d < limits.HISTORY_D:
        return Skip("short_history")
    ramp, fitness = day.read(load.ramp), day.read(load.fitness)
    if not is_at_least(ramp, limits.RAMP_INFO):
        return None
    return Finding(
        "warning" if is_at_least(ramp, limits.RAMP_WARNING) else "info",
        lambda: Report(
            f"Fitness rose by {ramp:.1f} to {fitness:.0f} in 7 days.",
            {
                "value": ramp,
                "baseline": fitness - ramp,
                "threshold": limits.RAMP_INFO,
                "fitness": fitness,
                "n": int(day.history_d),
            },
            day.load_confidence(limits.HISTORY_D),
        ),
    )


@signal_rule(
    "MONOTONY_HIGH",
    "load",
    description="A big week with similar days; a warning if its strain is among the highest of 26 weeks.",
    is_not="Not about volume alone: the same load with rest days has a low monotony.",
    source="Foster 1998",
    uses=("activities",),
)
def monotony_high(day: Day) -> Verdict:
    weeks = day.inputs.weeks
    if day.history_d < limits.MONOTONY_HISTORY_D:
        return Skip("short_history")
    monotony, week = day.read(weeks.monotony), day.read(weeks.rolling_7d)
    usual = day.read(weeks.four_week_avg)
    high_load = max(limits.MONOTONY_MIN_LOAD, limits.MONOTONY_MIN_SHARE * usual if usual == usual else 0.0)
    if not (is_at_least(monotony, limits.MONOTONY_INFO) and is_at_least(week, high_load)):
        return None
    strain, limit = day.read(weeks.strain), _strain_limit(day)
    return Finding(
        "warning" if limit is not None and is_above(strain, limit) else "info",
        lambda: Report(
            f"Little variation in the last 7 days (monotony {monotony:.1f}), load {week:.0f}.",
            {
                "value": monotony,
                "threshold": limits.MONOTONY_INFO,
                "week_load": week,
                "strain": strain,
                "strain_limit": limit,
                "n": 7,
            },
            day.load_confidence(7),
        ),
    )


def _strain_limit(day: Day) -> float | None:
    """95th percentile of the strain of the 26 weeks before. None with fewer than 12 weeks."""
    strain = day.inputs.weeks.strain
    weeks = min(limits.STRAIN_WEEKS, int(day.history_d) // 7 - 1)
    if weeks < limits.STRAIN_MIN_WEEKS:
        return None
    # A week without load has no monotony (NaN); its strain counts as 0.
    earlier = np.nan_to_num([day.read(strain, 7 * week) for week in range(1, weeks + 1)])
    return float(np.percentile(earlier, limits.STRAIN_PERCENTILE))


def _find_run_spike(day: Day, run: Run) -> Spike | None:
    back = day.number - run.day.toordinal() + 1
    return _compare_with_longest(
        run.distance_m, day.runs(limits.SPIKE_REFERENCE_D, back=back), is_race=run.is_race
    )


def _compare_with_longest(distance_m: float, earlier: Iterable[Run], is_race: bool = False) -> Spike | None:
    """Compare a run with the longest earlier run; None with too few earlier runs.

    The ratio is 0 if the run is too short, or hardly longer than the longest.
    """
    distances = [run.distance_m for run in earlier]
    longest = max(distances, default=0.0)
    if len(distances) < limits.SPIKE_MIN_RUNS or longest <= 0:
        return None
    long_enough = is_at_least(distance_m, limits.SPIKE_MIN_DISTANCE_M)
    is_spike = long_enough and is_at_least(distance_m - longest, limits.SPIKE_MIN_EXCESS_M)
    return Spike(distance_m / longest if is_spike else 0.0, distance_m, longest, len(distances), is_race)


def _spike_evidence(spike: Spike, threshold: float) -> dict[str, float | int | str | None]:
    return {
        "value": spike.ratio,
        "baseline": spike.longest_m,
        "threshold": threshold,
        "distance_m": spike.distance_m,
        "kind": "race" if spike.is_race else "run",
        "n": spike.runs,
    }
