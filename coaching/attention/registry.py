"""Every signal there is, in the order of the table (FORMULAS §8)."""

from __future__ import annotations

from coaching.attention import adherence, data, heart, intensity, load, performance, praise, race, recovery
from coaching.attention.signal import Signal

SIGNALS: tuple[Signal, ...] = (
    heart.hrv_below_baseline,
    heart.hrv_falling,
    heart.rhr_elevated,
    heart.possible_illness,
    recovery.recovery_low,
    recovery.recovery_falling,
    recovery.fatigue_high,
    load.session_spike,
    load.planned_spike,
    load.load_jump,
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
    data.sync_stale,
    data.wellness_gap,
    data.profile_incomplete,
    data.data_suspect,
    praise.new_pb,
    praise.vdot_up,
    praise.consistent,
    praise.fitness_peak,
    praise.hrv_recovered,
)
BY_CODE: dict[str, Signal] = {signal.code: signal for signal in SIGNALS}


def table() -> str:
    """The signals as rows of a Markdown table: code, domain, what it says, what it is not, source."""
    rows = (f"| `{s.code}` | {s.domain} | {s.says} | {s.is_not} | {s.source} |" for s in SIGNALS)
    return "\n".join(rows)
