"""Data signals: missing, old or suspect data makes the other numbers less reliable."""

from __future__ import annotations

from datetime import date

from coaching.attention import thresholds as limits
from coaching.attention.day import Day, is_above, is_at_least, is_below
from coaching.attention.signal import Finding, Report, Skip, Verdict, signal_rule
from metrics.science.data_quality import DataQuality, build_data_quality, sync_state


@signal_rule(
    "SYNC_STALE",
    "data",
    description="A connected service has sent nothing for days.",
    is_not="Not inactivity: runs of these days may not have arrived.",
    source="ours [J]",
)
def sync_stale(day: Day) -> Verdict:
    if not day.inputs.is_connected or day.inputs.last_sync_at is None:
        return Skip("not_connected")
    age_h = day.sync_age_h
    if not is_above(age_h, limits.SYNC_INFO_H):
        return None
    return Finding(
        "warning" if is_above(age_h, limits.SYNC_WARNING_H) else "info",
        lambda: Report(
            f"The last sync was {age_h / 24:.0f} days ago.",
            {"value": age_h, "threshold": limits.SYNC_INFO_H, "n": 1},
        ),
    )


@signal_rule(
    "WELLNESS_GAP",
    "data",
    description="No HRV and no resting heart rate for four days, although the athlete usually measures.",
    is_not="Not for athletes who measure rarely: it needs readings on 4 of 7 days before.",
    source="ours [J]",
    uses=("health",),
)
def wellness_gap(day: Day) -> Verdict:
    columns = (day.inputs.hrv.reading, day.inputs.resting_hr.reading)
    usual = _measured_days(day, limits.WELLNESS_REFERENCE_D, back=limits.WELLNESS_GAP_D)
    if not is_at_least(usual / limits.WELLNESS_REFERENCE_D, limits.WELLNESS_COVERAGE):
        return Skip("measures_rarely")
    if any(day.known_values(column, limits.WELLNESS_GAP_D) for column in columns):
        return None
    return Finding(
        "info",
        lambda: Report(
            f"No HRV or resting heart rate for {limits.WELLNESS_GAP_D} days;"
            f" usually measured {usual} days in {limits.WELLNESS_REFERENCE_D}.",
            {
                "value": 0,
                "baseline": usual,
                "threshold": limits.WELLNESS_GAP_D,
                "n": limits.WELLNESS_REFERENCE_D,
            },
        ),
    )


MISSING_PART_NAMES = {
    "pace_zones": "pace zones",
    "hr_zones": "heart rate zones",
    "vdot": "VDOT",
    "integrations": "fresh data",
    "timezone": "a confirmed time zone",
    "units": "chosen units",
}


@signal_rule(
    "PROFILE_INCOMPLETE",
    "data",
    description="Thresholds, race results, a connected service, time zone or units are missing or old.",
    is_not="Not about training.",
    source="FORMULAS §9",
)
def profile_incomplete(day: Day) -> Verdict:
    quality, joined_on = compute_profile_quality(day), day.inputs.profile.joined_on
    if day.ago and joined_on and day.local_date < joined_on:
        return None  # there was no profile yet
    if not is_below(quality.score, limits.PROFILE_INCOMPLETE_BELOW):
        return None
    missing = ", ".join(MISSING_PART_NAMES[name] for name in quality.missing)
    return Finding(
        "info",
        lambda: Report(
            f"Data quality is {quality.score:.0f} of 100; missing: {missing}."
            if missing
            else f"Data quality is {quality.score:.0f} of 100: the values are old.",
            {"value": quality.score, "threshold": limits.PROFILE_INCOMPLETE_BELOW, "n": len(quality.parts)},
        ),
    )


@signal_rule(
    "DATA_SUSPECT",
    "data",
    description="Two or more runs of the last 14 days have GPS glitches or an unreliable altitude.",
    is_not="Not the athlete's mistake; load and zones of these runs may be wrong.",
    source="FORMULAS §1",
    uses=("activities",),
)
def data_suspect(day: Day) -> Verdict:
    runs = day.runs(limits.SUSPECT_D)
    suspect = sum(run.is_suspect for run in runs)
    if suspect < limits.SUSPECT_RUNS:
        return None
    return Finding(
        "info",
        lambda: Report(
            f"{suspect} of {len(runs)} runs in {limits.SUSPECT_D} days"
            " have GPS glitches or an unreliable altitude.",
            {"value": suspect, "threshold": limits.SUSPECT_RUNS, "n": len(runs)},
        ),
    )


def compute_profile_quality(day: Day) -> DataQuality:
    """The data quality on that day. Uses today's profile, so that completing it ends the signal at once."""
    profile = day.inputs.profile
    sync_age_h = day.sync_age_h if day.inputs.last_sync_at else None
    entry_age_d = _age_d(day, profile.last_entry_on)
    return build_data_quality(
        _age_d(day, profile.pace_on),
        _age_d(day, profile.hr_on),
        _age_d(day, profile.vdot_on),
        sync_state(day.inputs.is_connected, sync_age_h, entry_age_d),
        profile.timezone_confirmed,
        profile.units_chosen,
        profile.sources,
    )


def _age_d(day: Day, since: date | None) -> int | None:
    """Days since `since`. 0 on earlier days, None without a date."""
    return max(0, (day.local_date - since).days) if since else None


def _measured_days(day: Day, days: int, back: int) -> int:
    hrv, rhr = day.inputs.hrv.reading, day.inputs.resting_hr.reading
    return sum(
        day.read(hrv, back + age) == day.read(hrv, back + age)
        or day.read(rhr, back + age) == day.read(rhr, back + age)
        for age in range(days)
    )
