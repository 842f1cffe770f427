"""Predict a race time from VDOT (FORMULAS §5.2). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.science.vdot import DURATION_RANGE_S, MARATHON_M, MIN_DISTANCE_M, race_time

# Half of recreational marathon runners are this much slower than their shorter races predict.
MARATHON_SLOW_FACTOR = 1.05
SAME_DISTANCE_TOLERANCE = 0.01  # a marathon is entered as 42, 42.2 or 42.195 km


@dataclass(frozen=True, slots=True)
class Prediction:
    """Predicted seconds and their likely range. None with a `reason` if there is no prediction."""

    time_s: float | None
    range_s: tuple[float, float] | None
    reason: str = ""


def predict_race_time(vdot: float | None, distance_m: float) -> Prediction:
    """The time of equal VDOT. A marathon can be up to 5 % slower (Vickers 2016).

    `reason`: "no_vdot", or "distance_out_of_range" outside 1,500 m to 300 minutes.
    """
    if vdot is None:
        return Prediction(None, None, "no_vdot")
    time_s = race_time(vdot, distance_m)
    if (
        time_s is None
        or distance_m < MIN_DISTANCE_M
        or not DURATION_RANGE_S[0] <= time_s <= DURATION_RANGE_S[1]
    ):
        return Prediction(None, None, "distance_out_of_range")
    return Prediction(time_s, predict_time_range(time_s, distance_m))


def predict_time_range(time_s: float, distance_m: float) -> tuple[float, float]:
    """The likely range of a predicted time. A marathon can be up to 5 % slower."""
    return time_s, time_s * (MARATHON_SLOW_FACTOR if _is_marathon(distance_m) else 1.0)


def _is_marathon(distance_m: float) -> bool:
    return abs(distance_m - MARATHON_M) <= SAME_DISTANCE_TOLERANCE * MARATHON_M
