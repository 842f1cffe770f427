"""Performance signals: falling VO2max, outdated threshold pace."""

from __future__ import annotations

from statistics import median

from coaching.attention import thresholds as at
from coaching.attention.day import Day, is_above, is_at_most
from coaching.attention.signal import Finding, Report, Skip, Verdict, signal_rule


@signal_rule(
    "VO2MAX_DECLINING",
    "performance",
    description=(
        "The median VO2max of 28 days is lower than that of the 28 days before, measured the same way."
    ),
    is_not="Not a laboratory test: a watch is off by 5.7 %, so medians are compared.",
    source="device error: PMC9286863; limits are ours [J]",
    uses=("health",),
)
def vo2max_declining(day: Day) -> Verdict:
    readings = day.inputs.vo2max_readings
    now, before = (
        day.known_values(readings, at.VO2MAX_D),
        day.known_values(readings, at.VO2MAX_D, back=at.VO2MAX_D),
    )
    if min(len(now), len(before)) < at.VO2MAX_MIN_N:
        return Skip("few_vo2max_estimates")
    value, earlier = median(now), median(before)
    if not earlier > 0:
        return Skip("few_vo2max_estimates")
    change = 100 * (value / earlier - 1)
    if not is_at_most(change, at.VO2MAX_WARNING_PCT):
        return None
    return Finding(
        "critical" if is_at_most(change, at.VO2MAX_CRITICAL_PCT) else "warning",
        lambda: Report(
            f"Median VO2max went from {earlier:.1f} to {value:.1f} in four weeks ({change:.1f} %).",
            {
                "value": value,
                "baseline": earlier,
                "threshold": earlier * (1 + at.VO2MAX_WARNING_PCT / 100),
                "change_pct": change,
                "n": len(now),
            },
        ),
    )


@signal_rule(
    "VO2MAX_DROP",
    "performance",
    description="VO2max is lower than seven days ago.",
    is_not="Not more than a hint: one week is within the measurement error, so never critical.",
    source="device error: PMC9286863; limits are ours [J]",
    uses=("health",),
)
def vo2max_drop(day: Day) -> Verdict:
    value, earlier = day.read(day.inputs.vo2max), day.read(day.inputs.vo2max, at.VO2MAX_DROP_D)
    if not (value > 0 and earlier > 0):
        return Skip("no_vo2max")
    change = 100 * (value / earlier - 1)
    if not is_at_most(change, at.VO2MAX_DROP_INFO_PCT):
        return None
    return Finding(
        "warning" if is_at_most(change, at.VO2MAX_DROP_WARNING_PCT) else "info",
        lambda: Report(
            f"VO2max is {value:.1f}, down from {earlier:.1f} a week ago ({change:.1f} %).",
            {
                "value": value,
                "baseline": earlier,
                "threshold": earlier * (1 + at.VO2MAX_DROP_INFO_PCT / 100),
                "change_pct": change,
                "n": 2,
            },
        ),
    )


@signal_rule(
    "THRESHOLD_OUTDATED",
    "performance",
    description=(
        "The threshold pace is older than 120 days, or two runs in 42 days were faster than it predicts."
    ),
    is_not="Not a new threshold: do a test or a race to find it.",
    source="ours [J]; a 30-minute race effort is 1.046 times threshold speed",
)
def threshold_outdated(day: Day) -> Verdict:
    threshold = day.threshold_speed
    if threshold is None:
        return Skip("no_threshold")
    speeds = [run.best_30min_ngs_mps or 0.0 for run in day.runs(at.THRESHOLD_RUNS_D)]
    limit = at.THRESHOLD_EXCESS * threshold.speed_mps
    fast = [speed for speed in speeds if is_above(speed, limit)]
    if len(fast) >= at.THRESHOLD_RUNS:
        faster = max(fast) / threshold.speed_mps
        return Finding(
            "warning",
            lambda: Report(
                f"{len(fast)} runs in {at.THRESHOLD_RUNS_D} days held more than {at.THRESHOLD_EXCESS} times"
                f" threshold speed for 30 minutes, the best {faster:.2f}.",
                {"value": max(fast), "baseline": threshold.speed_mps, "threshold": limit, "n": len(fast)},
            ),
        )
    age_d = (day.local_date - threshold.valid_from).days
    if age_d <= at.THRESHOLD_MAX_AGE_D:
        return None
    return Finding(
        "info",
        lambda: Report(
            f"The threshold pace is {age_d} days old.",
            {"value": age_d, "threshold": at.THRESHOLD_MAX_AGE_D, "n": 1},
        ),
    )
