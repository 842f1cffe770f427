"""Recovery signals: HRV and resting heart rate against the athlete's own baseline."""

from __future__ import annotations

from math import exp

from coaching.attention import thresholds as at
from coaching.attention.day import Day, is_at_least, is_at_most
from coaching.attention.signal import Finding, Report, Severity, Skip, Verdict, signal_rule


@signal_rule(
    "HRV_BELOW_BASELINE",
    "recovery",
    description="The 7-day HRV lies clearly below the athlete's own 60-day baseline.",
    is_not="Not a diagnosis: alcohol, heat, travel and stress lower HRV too.",
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
    if not is_at_most(z, at.HRV_WARNING_Z):
        return None
    severity: Severity = "critical" if is_at_most(z, at.HRV_CRITICAL_Z) else "warning"
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


@signal_rule(
    "HRV_FALLING",
    "recovery",
    description=(
        "The 7-day HRV fell against the week before,"
        " in per cent and in the athlete's own standard deviations."
    ),
    is_not="Not a comparison with the baseline: a fall from high to normal counts too.",
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
    if not (is_at_most(trend, at.HRV_FALL_WARNING_PCT) and is_at_most(step, at.HRV_WARNING_Z)):
        return None
    is_critical = is_at_most(trend, at.HRV_FALL_CRITICAL_PCT) and is_at_most(step, at.HRV_CRITICAL_Z)
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


@signal_rule(
    "RHR_ELEVATED",
    "recovery",
    description="The resting heart rate of the last three days lies above the athlete's own baseline.",
    is_not="Not an alarm below +10 bpm: it varies almost as much from day to day.",
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
    if not (is_at_least(delta, at.RHR_WARNING_BPM) and is_at_least(z, at.RHR_Z)):
        return None
    value, usual = day.read(rhr.recent), day.read(rhr.mean)
    return Finding(
        "critical" if is_at_least(delta, at.RHR_CRITICAL_BPM) else "warning",
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


@signal_rule(
    "POSSIBLE_ILLNESS",
    "recovery",
    description=(
        "Resting heart rate is up and HRV is down at the same time: a reason to check in with the athlete."
    ),
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
    if not (is_at_least(delta, at.ILLNESS_RHR_BPM) and is_at_most(lowest, at.ILLNESS_HRV_Z)):
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
