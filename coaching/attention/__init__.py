"""Attention: which athletes need a coach's attention, and why. Pure.

`evaluate_signals` takes prepared numbers and returns signals with evidence. `SIGNAL_RULES` lists all rules.
Each module in `rules` has the rules of one domain.
"""

from coaching.attention.evaluate import evaluate_signals
from coaching.attention.inputs import (
    AbsencePeriod,
    CheckIn,
    FeltActivity,
    PersonalBest,
    ProfileFacts,
    RaceGoal,
    Run,
    SignalInputs,
    ThresholdSpeed,
)
from coaching.attention.registry import RULES_BY_CODE, SIGNAL_RULES
from coaching.attention.signal import ActiveSignal, Evaluation, SignalRule, SkippedSignal

__all__ = [
    "RULES_BY_CODE",
    "SIGNAL_RULES",
    "AbsencePeriod",
    "CheckIn",
    "FeltActivity",
    "Evaluation",
    "ActiveSignal",
    "SignalInputs",
    "PersonalBest",
    "ProfileFacts",
    "RaceGoal",
    "Run",
    "SignalRule",
    "SkippedSignal",
    "ThresholdSpeed",
    "evaluate_signals",
]
