"""The strongest unacknowledged signal: its reason in words, and advice."""

from __future__ import annotations

from coaching.assessments.values import SignalView
from coaching.attention.signal import AS_OF_YESTERDAY
from coaching.insights.cited_numbers import CitedNumbers, UnknownNumber
from coaching.insights.insight import Insight, InsightInputs, Units
from coaching.insights.rules.signal_texts import SIGNAL_TEXTS

# The data quality names each missing part. What a person says of pain and illness goes to no language model.
CODES_WITHOUT_INSIGHT = frozenset({"PROFILE_INCOMPLETE", "PAIN_REPORTED", "ILL_REPORTED"})


def build_signal_insight(inputs: InsightInputs) -> Insight | None:
    """The insight of the first unacknowledged signal with a text. Achievements are last in the inputs."""
    signals = (
        signal
        for signal in inputs.signals
        if not signal.is_acknowledged and signal.code not in CODES_WITHOUT_INSIGHT
    )
    return next((insight for signal in signals if (insight := _write_insight(signal, inputs.units))), None)


def _write_insight(signal: SignalView, units: Units) -> Insight | None:
    """None if the stored signal has no text, or lacks the numbers for it."""
    words = SIGNAL_TEXTS.get(signal.code)
    if words is None:
        return None
    cited = CitedNumbers(units)
    cited.word("signal", signal.code)
    cited.word("severity", signal.severity)
    try:
        reason = words.reason(cited, signal.evidence)
    except (KeyError, UnknownNumber):
        return None
    if signal.message.startswith(AS_OF_YESTERDAY):
        cited.number("days_ago", 1)
        reason = f"{reason} That was as of yesterday."
    return Insight("strongest_signal", words.title, f"{reason} {words.advice}", cited.evidence)
