"""All signal rules, in the order of the table in FORMULAS §8."""

from __future__ import annotations

from coaching.attention.rules import (
    achievements,
    adherence,
    data_freshness,
    hrv_and_resting_hr,
    intensity,
    load,
    performance,
    race,
    recovery,
    reported,
)
from coaching.attention.signal import SignalRule

SIGNAL_RULES: tuple[SignalRule, ...] = (
    hrv_and_resting_hr.hrv_below_baseline,
    hrv_and_resting_hr.hrv_falling,
    hrv_and_resting_hr.rhr_elevated,
    hrv_and_resting_hr.possible_illness,
    recovery.recovery_low,
    recovery.recovery_falling,
    recovery.fatigue_high,
    reported.pain_reported,
    reported.ill_reported,
    reported.soreness_high,
    reported.tiredness_high,
    reported.feel_low,
    load.session_spike,
    load.planned_spike,
    load.weekly_load_jump,
    load.ramp_high,
    load.monotony_high,
    adherence.inactivity,
    adherence.compliance_low,
    adherence.sessions_missed,
    adherence.plan_exceeded,
    intensity.intensity_heavy,
    intensity.easy_too_hard,
    performance.vo2max_declining,
    performance.vo2max_drop,
    performance.threshold_outdated,
    race.race_form_low,
    race.taper_missing,
    race.race_underprepared,
    data_freshness.sync_stale,
    data_freshness.wellness_gap,
    data_freshness.profile_incomplete,
    data_freshness.data_suspect,
    achievements.new_pb,
    achievements.vdot_up,
    achievements.consistent,
    achievements.fitness_peak,
    achievements.hrv_recovered,
)
RULES_BY_CODE: dict[str, SignalRule] = {rule.code: rule for rule in SIGNAL_RULES}


def build_signal_table() -> str:
    """The rules as rows of a Markdown table: code, domain, description, what it is not, source."""
    return "\n".join(
        f"| `{rule.code}` | {rule.domain} | {rule.description} | {rule.is_not} | {rule.source} |"
        for rule in SIGNAL_RULES
    )
