"""The message of a signal in the viewer's units."""

from __future__ import annotations

from coaching.assessments.values import SignalView
from coaching.attention.distance_messages import DISTANCE_MESSAGES, METRIC
from coaching.attention.signal import AS_OF_YESTERDAY


def format_signal_message(signal: SignalView, units: str) -> str:
    """The stored message is in kilometres. It is written again from the evidence for other units."""
    describe = DISTANCE_MESSAGES.get(signal.code)
    if describe is None or units == METRIC:
        return signal.message
    prefix = AS_OF_YESTERDAY if signal.message.startswith(AS_OF_YESTERDAY) else ""
    return f"{prefix}{describe(signal.evidence, units)}"
