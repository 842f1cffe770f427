"""Signals of recovery: HRV, resting heart rate, the recovery score, and fatigue against fitness."""

from __future__ import annotations

from math import exp
from statistics import fmean

from coaching.attention import thresholds as at
from coaching.attention.day import Day, above, at_least, at_most
from coaching.attention.signal import Finding, Report, Severity, Skip, Verdict, signal


@signal(
    "HRV_BELOW_BASELINE",
    "recovery",
    says="The 7-day HRV lies clearly below the athlete's own 60-day baseline.",
    is_not="Not a diagnosis: alcohol, heat, travel and stress lower HRV as training does.",
    source="Plews 2012/2013: 7-day mean against the own baseline",
    uses=("health",),
)
def hrv_below_baseline(day: Day) -> Verdict:
    hrv = day.inputs.hrv
    readings, baseline_n = day.read(hrv.week_n), day.read(hrv.baseline_n)
    if not readings >= at.HRV_WEEK_N:
        return Skip("few_hrv_readings")
    if not baseline_n >= at.BASELINE_PROVISIONAL_N:
        return Skip("no_hrv_baseline")
    z = day.read(hrv.z)
    if not at_most(z, at.HRV_WARNING_Z):
        return None
    severity: Severity = "critical" if at_most(z, at.HRV_CRITICAL_Z) else "warning"
    if baseline_n < at.BASELINE_MATURE_N:
        severity = "info"
    mean, sd = day.read(hrv.mean), day.read(hrv.sd)
    value, usual, low = exp(day.read(hrv.week)), exp(mean), exp(mean + at.HRV_WARNING_Z * sd)
    return Finding(
        severity,
        lambda: Report(
            f"7-day HRV is {value:.0f} ms, {-z:.1f} SD below the usual {usual:.0f} ms.",
            {
                "value": value,
                "baseline": usual,
                "threshold": low,
                "z": z,
                "readings": int(readings),
                "n": int(readings),
                "baseline_n": int(baseline_n),
            },
            day.baseline_confidence(baseline_n),
        ),
    )


@signal(
    "HRV_FALLING",
    "recovery",
    says="The 7-day HRV fell against the week before, by a share and by a step in the athlete's own spread.",
    is_not="Not a comparison with the baseline: a high week that turns normal can fall too.",
    source="Plews 2012/2013 for the averages; limits are ours [J]",
    uses=("health",),
)
def hrv_falling(day: Day) -> Verdict:
    hrv = day.inputs.hrv
    readings, before, baseline_n = day.read(hrv.week_n), day.read(hrv.week_n, 7), day.read(hrv.baseline_n)
    if not (readings >= at.HRV_WEEK_N and before >= at.HRV_WEEK_N):
        return Skip("few_hrv_readings")
    if not baseline_n >= at.BASELINE_PROVISIONAL_N:
        return Skip("no_hrv_baseline")
    trend, step = day.read(hrv.trend_pct), day.read(hrv.trend_sd)
    if not (at_most(trend, at.HRV_FALL_WARNING_PCT) and at_most(step, at.HRV_WARNING_Z)):
        return None
    is_critical = at_most(trend, at.HRV_FALL_CRITICAL_PCT) and at_most(step, at.HRV_CRITICAL_Z)
    value, earlier = exp(day.read(hrv.week)), exp(day.read(hrv.week, 7))
    return Finding(
        "critical" if is_critical else "warning",
        lambda: Report(
            f"7-day HRV fell from {earlier:.0f} to {value:.0f} ms in a week ({trend:.0f} %).",
            {
                "value": value,
                "baseline": earlier,
                "threshold": earlier * (1 + at.HRV_FALL_WARNING_PCT / 100),
                "change_pct": trend,
                "change_sd": step,
                "readings": int(readings),
                "n": int(readings),
            },
            day.baseline_confidence(baseline_n),
        ),
    )


@signal(
    "RHR_ELEVATED",
    "recovery",
    says="The resting heart rate of the last three days lies above the athlete's own baseline.",
    is_not="Not an alarm below +10 bpm: overload moves it hardly more than one day differs from the next.",
    source="Bosquet 2008; limits are ours [J]",
    uses=("health",),
)
def rhr_elevated(day: Day) -> Verdict:
    rhr = day.inputs.resting_hr
    readings, baseline_n = day.read(rhr.recent_n), day.read(rhr.baseline_n)
    if not readings >= at.RHR_RECENT_N:
        return Skip("few_resting_hr_readings")
    if not baseline_n >= at.BASELINE_PROVISIONAL_N:
        return Skip("no_resting_hr_baseline")
    delta, z = day.read(rhr.delta), day.read(rhr.z)
    if not (at_least(delta, at.RHR_WARNING_BPM) and at_least(z, at.RHR_Z)):
        return None
    value, usual = day.read(rhr.recent), day.read(rhr.mean)
    return Finding(
        "critical" if at_least(delta, at.RHR_CRITICAL_BPM) else "warning",
        lambda: Report(
            f"Resting heart rate is {value:.0f} bpm over 3 days, {delta:.0f} above the usual {usual:.0f}.",
            {
                "value": value,
                "baseline": usual,
                "threshold": usual + max(at.RHR_WARNING_BPM, at.RHR_Z * day.read(rhr.sd)),
                "delta": delta,
                "z": z,
                "readings": int(readings),
                "n": int(readings),
                "baseline_n": int(baseline_n),
            },
            day.baseline_confidence(baseline_n),
        ),
    )


@signal(
    "POSSIBLE_ILLNESS",
    "recovery",
    says="Resting heart rate is up and HRV is down at the same time: a reason to check in with the athlete.",
    is_not="Not a diagnosis, and not medical advice: hard training, heat and poor sleep look the same.",
    source="Buchheit 2014: combine markers; limits are ours [J]",
    uses=("health",),
)
def possible_illness(day: Day) -> Verdict:
    hrv, rhr = day.inputs.hrv, day.inputs.resting_hr
    hrv_n, rhr_n = day.read(hrv.baseline_n), day.read(rhr.baseline_n)
    if not (hrv_n >= at.BASELINE_PROVISIONAL_N and rhr_n >= at.BASELINE_PROVISIONAL_N):
        return Skip("no_baseline")
    delta = day.read(rhr.delta)
    known = [z for z in (day.read(hrv.z), day.read(hrv.acute_z)) if z == z]
    lowest = min(known, default=float("nan"))
    if not (at_least(delta, at.ILLNESS_RHR_BPM) and at_most(lowest, at.ILLNESS_HRV_Z)):
        return None
    return Finding(
        "critical",
        lambda: Report(
            f"Check in: resting heart rate is {delta:.0f} bpm above, HRV {-lowest:.1f} SD below the usual.",
            {
                "value": delta,
                "baseline": day.read(rhr.mean),
                "threshold": at.ILLNESS_RHR_BPM,
                "hrv_z": lowest,
                "hrv_z_threshold": at.ILLNESS_HRV_Z,
                "n": int(day.read(rhr.recent_n)),
            },
            day.baseline_confidence(hrv_n, rhr_n),
        ),
    )


@signal(
    "RECOVERY_LOW",
    "recovery",
    says="The recovery score of the last three days is low.",
    is_not="Not a measurement: the score is a documented mix of HRV, resting heart rate, sleep and form.",
    source="SCIENCE §7.5; limits are ours [J]",
    uses=("health",),
)
def recovery_low(day: Day) -> Verdict:
    scores = day.present(day.inputs.recovery.score, at.RECOVERY_RECENT_D)
    if len(scores) < at.RECOVERY_RECENT_N:
        return Skip("few_recovery_scores")
    red = sum(at_most(score, at.RECOVERY_RED) for score in scores)
    mean = fmean(scores)
    if red < at.RECOVERY_RECENT_N and not at_most(mean, at.RECOVERY_LOW_MEAN):
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


@signal(
    "RECOVERY_FALLING",
    "recovery",
    says="The 7-day mean recovery score fell against the week before.",
    is_not="Not a low score: a fall from very good to good counts too.",
    source="week-over-week change; limits are ours [J]",
    uses=("health",),
)
def recovery_falling(day: Day) -> Verdict:
    score = day.inputs.recovery.score
    week, before = day.present(score, 7), day.present(score, 7, back=7)
    if min(len(week), len(before)) < at.RECOVERY_WEEK_N:
        return Skip("few_recovery_scores")
    value, earlier = fmean(week), fmean(before)
    if not at_least(earlier - value, at.RECOVERY_FALL_WARNING):
        return None
    return Finding(
        "critical" if at_least(earlier - value, at.RECOVERY_FALL_CRITICAL) else "warning",
        lambda: Report(
            f"Mean recovery fell from {earlier:.0f} to {value:.0f} of 100 in a week.",
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


@signal(
    "FATIGUE_HIGH",
    "recovery",
    says="Form has been at or below −30 % of fitness for three days in a row.",
    is_not="Not measured tiredness: it compares 7 days of load with 42.",
    source="convention of intervals.icu users",
    uses=("activities",),
)
def fatigue_high(day: Day) -> Verdict:
    load = day.inputs.load
    if day.history_d < at.HISTORY_D:
        return Skip("short_history")
    if not at_least(day.read(load.fitness), at.MIN_FITNESS):
        return Skip("low_fitness")
    forms = day.present(load.form_pct, at.FATIGUE_D)
    if len(forms) < at.FATIGUE_D or above(max(forms), at.FATIGUE_FORM_PCT):
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
    known = [day.read(series.baseline_n) for series in (day.inputs.hrv, day.inputs.resting_hr)]
    return day.baseline_confidence(*(n for n in known if n >= at.BASELINE_PROVISIONAL_N))
