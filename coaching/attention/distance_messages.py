"""The messages that contain distances, in kilometres or miles.

The rules write them in kilometres, and so they are stored. Pages and the API write them again from the
evidence, in the viewer's units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coaching.attention import thresholds as limits
from metrics.science.pace import METRES_PER_MILE

DistanceEvidence = Mapping[str, Any]
METRIC, IMPERIAL = "metric", "imperial"
DISTANCE_NAMES: Mapping[str, tuple[str, ...]] = {
    "SESSION_SPIKE": ("baseline", "distance_m"),
    "PLANNED_SPIKE": ("baseline", "distance_m"),
    "RACE_UNDERPREPARED": ("value", "baseline", "threshold"),
}  # the names of the evidence that are metres


def describe_session_spike(evidence: DistanceEvidence, units: str = METRIC) -> str:
    return (
        f"A {evidence['kind']} of {_format_distance(evidence['distance_m'], units)}"
        f" was {evidence['value']:.2f} times the longest run"
        f" of the 30 days before ({_format_distance(evidence['baseline'], units)})."
    )


def describe_planned_spike(evidence: DistanceEvidence, units: str = METRIC) -> str:
    return (
        f"A run of {_format_distance(evidence['distance_m'], units)} is planned,"
        f" {evidence['value']:.2f} times the longest"
        f" of the last 30 days ({_format_distance(evidence['baseline'], units)})."
    )


def describe_underprepared_race(evidence: DistanceEvidence, units: str = METRIC) -> str:
    return (
        f"The longest run of the last {limits.UNDERPREPARED_RUN_D} days"
        f" is {_format_distance(evidence['value'], units)};"
        f" {evidence['race']} over {_format_distance(evidence['baseline'], units)}"
        f" is {format_days_to(evidence['days_to_race'])}."
    )


def format_days_to(days: int) -> str:
    return ("today", "tomorrow")[days] if days < 2 else f"in {days} days"


def _format_distance(metres: float, units: str) -> str:
    if units == IMPERIAL:
        return f"{metres / METRES_PER_MILE:.1f} mi"
    return f"{metres / 1000:.1f} km"


DISTANCE_MESSAGES: Mapping[str, Callable[[DistanceEvidence, str], str]] = {
    "SESSION_SPIKE": describe_session_spike,
    "PLANNED_SPIKE": describe_planned_spike,
    "RACE_UNDERPREPARED": describe_underprepared_race,
}
