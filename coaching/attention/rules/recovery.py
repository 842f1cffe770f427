"""Recovery signals from the recovery score, and from fatigue against fitness."""

from __future__ import annotations

from statistics import fmean

from coaching.attention import thresholds as at
from coaching.attention.day import Day, is_above, is_at_least, is_at_most
from coaching.attention.signal import Finding, Report, Skip, Verdict, signal_rule


@signal_rule(
    "RECOVERY_LOW",
    "recovery",
    description="The recovery score of the last three days is low.",
    is_not="Not a measurement: the score is a documented mix of HRV, resting heart rate, sleep and form.",
    source="FORMULAS §7.5; limits are ours [J]",
    uses=("health",),
)
def recovery_low(day: Day) -> Verdict:
    scores = day.known_values(day.inputs.recovery.score, at.RECOVERY_RECENT_D)
    if len(scores) < at.RECOVERY_RECENT_N:
        return Skip("few_recovery_scores")
    red = sum(is_at_most(score, at.RECOVERY_RED) for score in scores)
    mean = fmean(scores)
    if red < at.RECOVERY_RECENT_N and not is_at_most(mean, at.RECOVERY_LOW_MEAN):
        return None
    is_critical = red >= at.RECOVERY_RECENT_N
    return Finding(
        "critical" if is_critical else "warning",
        lambda: Report(
            f"Recovery averaged {mean:.0f} of 100 on the last {len(scores)} scored days, {red} of them red.",
            {
                "value": mean,
                "threshold": at.RECOVERY_RED if is_critical else at.RECOVERY_LOW_MEAN,
                "red_days": red,
                "n": len(scores),
            },
            _score_confidence(day),
        ),
    )


@signal_rule(
    "RECOVERY_FALLING",
    "recovery",
    description="The 7-day mean recovery score fell against the week before.",
    is_not="Not a low score: a fall from very good to good counts too.",
    source="week-over-week change; limits are ours [J]",
    uses=("health",),
)
def recovery_falling(day: Day) -> Verdict:
    score = day.inputs.recovery.score
    week, before = day.known_values(score, 7), day.known_values(score, 7, back=7)
    if min(len(week), len(before)) < at.RECOVERY_WEEK_N:
        return Skip("few_recovery_scores")
    value, earlier = fmean(week), fmean(before)
    if not is_at_least(earlier - value, at.RECOVERY_FALL_WARNING):
        return None
    return Finding(
        "critical" if is_at_least(earlier - value, at.RECOVERY_FALL_CRITICAL) else "warning",
        lambda: Report(
            f"Recovery fell from {earlier:.0f} to {value:.0f} of 100 in a week.",
            {
                "value": value,
                "baseline": earlier,
                "threshold": earlier - at.RECOVERY_FALL_WARNING,
                "change": value - earlier,
                "n": len(week),
            },
            _score_confidence(day),
        ),
    )


@signal_rule(
    "FATIGUE_HIGH",
    "recovery",
    description="Form has been at or below −30 % of fitness for three days in a row.",
    is_not="Not measured tiredness: it compares 7 days of load with 42.",
    source="convention of intervals.icu users",
    uses=("activities",),
)
def fatigue_high(day: Day) -> Verdict:
    load = day.inputs.load
    if day.history_d < at.HISTORY_D:
        return Skip("short_history")
    if not is_at_least(day.read(load.fitness), at.MIN_FITNESS):
        return Skip("low_fitness")
    forms = day.known_values(load.form_pct, at.FATIGUE_D)
    if len(forms) < at.FATIGUE_D or is_above(max(forms), at.FATIGUE_FORM_PCT):
        return None
    return Finding(
        "warning",
        lambda: Report(
            f"Form has been at {max(forms):.0f} % of fitness or lower for {at.FATIGUE_D} days.",
            {
                "value": forms[-1],
                "baseline": day.read(load.fitness),
                "threshold": at.FATIGUE_FORM_PCT,
                "n": at.FATIGUE_D,
            },
            day.load_confidence(at.HISTORY_D),
        ),
    )


def _score_confidence(day: Day) -> float:
    readings = [day.read(series.baseline_n) for series in (day.inputs.hrv, day.inputs.resting_hr)]
    return day.baseline_confidence(*(number for number in readings if number >= at.BASELINE_PROVISIONAL_N))
