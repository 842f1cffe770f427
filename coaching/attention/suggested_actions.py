"""What a coach can do about a signal. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from coaching.attention.signal import SignalDomain

SuggestedAction = Literal[
    "make_tomorrow_easy",
    "move_hard_session",
    "write",
    "enter_absence",
    "open_plan",
    "enter_threshold",
    "check_activities",
    "check_races",
]
SUGGESTED_ACTIONS: tuple[SuggestedAction, ...] = get_args(SuggestedAction)

# The most fitting action first.
ACTIONS_BY_CODE: dict[str, tuple[SuggestedAction, ...]] = {
    "HRV_BELOW_BASELINE": ("make_tomorrow_easy", "move_hard_session", "write"),
    "HRV_FALLING": ("make_tomorrow_easy", "move_hard_session", "write"),
    "RHR_ELEVATED": ("make_tomorrow_easy", "move_hard_session", "write"),
    "POSSIBLE_ILLNESS": ("enter_absence", "make_tomorrow_easy", "write"),
    "RECOVERY_LOW": ("make_tomorrow_easy", "move_hard_session", "write"),
    "RECOVERY_FALLING": ("make_tomorrow_easy", "move_hard_session", "write"),
    "FATIGUE_HIGH": ("make_tomorrow_easy", "move_hard_session", "open_plan"),
    "SESSION_SPIKE": ("make_tomorrow_easy", "write"),
    "PLANNED_SPIKE": ("open_plan", "move_hard_session"),
    "LOAD_JUMP": ("make_tomorrow_easy", "open_plan"),
    "RAMP_HIGH": ("open_plan", "make_tomorrow_easy"),
    "MONOTONY_HIGH": ("make_tomorrow_easy", "open_plan"),
    "INACTIVITY": ("write", "enter_absence"),
    "COMPLIANCE_LOW": ("write", "open_plan"),
    "SESSIONS_MISSED": ("write", "enter_absence", "open_plan"),
    "PLAN_EXCEEDED": ("make_tomorrow_easy", "write", "open_plan"),
    "INTENSITY_HEAVY": ("move_hard_session", "open_plan", "write"),
    "EASY_TOO_HARD": ("write", "enter_threshold"),
    "VO2MAX_DECLINING": ("open_plan", "write"),
    "VO2MAX_DROP": ("write", "open_plan"),
    "THRESHOLD_OUTDATED": ("enter_threshold",),
    "RACE_FORM_LOW": ("make_tomorrow_easy", "open_plan", "check_races"),
    "TAPER_MISSING": ("open_plan", "check_races"),
    "RACE_UNDERPREPARED": ("open_plan", "check_races", "write"),
    "SYNC_STALE": ("write",),
    "WELLNESS_GAP": ("write",),
    "PROFILE_INCOMPLETE": ("enter_threshold",),
    "DATA_SUSPECT": ("check_activities",),
}
ACTIONS_BY_DOMAIN: dict[SignalDomain, tuple[SuggestedAction, ...]] = {
    "recovery": ("make_tomorrow_easy", "enter_absence", "write"),
    "load": ("make_tomorrow_easy", "open_plan"),
    "adherence": ("write", "open_plan"),
    "intensity": ("open_plan", "write"),
    "performance": ("write", "open_plan"),
    "race": ("open_plan", "check_races"),
    "data": ("write",),
    "positive": ("write",),
}  # for codes without a row of their own


def suggest_actions(code: str, domain: SignalDomain) -> tuple[SuggestedAction, ...]:
    return ACTIONS_BY_CODE.get(code) or ACTIONS_BY_DOMAIN[domain]


def merge_actions(signals: Iterable[tuple[str, SignalDomain]]) -> list[SuggestedAction]:
    """The actions for several signals (code, domain), worst first: each once, those of the worst first."""
    return list(dict.fromkeys(action for code, domain in signals for action in suggest_actions(code, domain)))
