"""Attention: which athlete needs a look, and why. Prepared numbers in, signals with their evidence out; pure.

Start with `evaluate_flags`; `SIGNALS` is the table. Each module knows the signals of one domain.
"""

from coaching.attention.evaluate import evaluate_flags
from coaching.attention.inputs import (
    Absence,
    Inputs,
    PersonalBest,
    ProfileFacts,
    RaceGoal,
    Run,
    ThresholdSpeed,
)
from coaching.attention.registry import BY_CODE, SIGNALS
from coaching.attention.signal import Evaluation, Flag, Signal, Skipped

__all__ = [
    "BY_CODE",
    "SIGNALS",
    "Absence",
    "Evaluation",
    "Flag",
    "Inputs",
    "PersonalBest",
    "ProfileFacts",
    "RaceGoal",
    "Run",
    "Signal",
    "Skipped",
    "ThresholdSpeed",
    "evaluate_flags",
]
