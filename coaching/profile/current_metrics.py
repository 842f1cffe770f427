"""An athlete's current numbers for one viewer: columns of the Snapshot without withheld data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from athletes.rights import EVERYTHING, Visibility
from metrics.science.recovery import RecoverySeries, recovery_on, without_form

RECENT_D = 28  # an older activity says nothing about today [J]


def has_recent_data(
    last_activity_at: datetime | None, readings: Iterable[float | None], now: datetime
) -> bool:
    """Whether there is an activity of the last RECENT_D days, or a current reading."""
    is_active = last_activity_at is not None and now - last_activity_at < timedelta(days=RECENT_D)
    return is_active or any(reading is not None for reading in readings)


class CurrentMetrics(NamedTuple):
    """Columns of `metrics.models.Snapshot`; None if unknown or withheld.

    `recovery_parts`: scores 0–100 of hrv, resting_heart_rate, sleep and form, and coverage, the sum of their
    weights.
    """

    week_distance_m: float | None
    week_pace_s_per_km: float | None
    vo2max_ml_kg_min: float | None
    vo2max_method: str | None  # device, estimate or empty
    hrv_avg_ms: float | None
    hrv_avg_7d_ago_ms: float | None
    hrv_mean_ms: float | None
    hrv_low_ms: float | None
    hrv_high_ms: float | None
    hrv_state: str | None  # none, provisional or mature
    hrv_kind: str | None  # rmssd, sdnn or empty
    hrv_source: str | None
    resting_hr_bpm: float | None
    recovery_score: int | None
    recovery_parts: Mapping[str, float | None]
    vdot: float | None
    current_week_load: float | None
    four_week_avg_load: float | None
    fitness: float | None
    fatigue: float | None
    form: float | None
    monotony: float | None
    load_jump: float | None
    last_activity_at: datetime | None

    def has_recent_data(self, now: datetime) -> bool:
        return has_recent_data(self.last_activity_at, (self.hrv_avg_ms, self.resting_hr_bpm), now)

    def restrict_to(self, visibility: Visibility) -> CurrentMetrics:
        """Without the categories that are not visible; recovery is computed from the remaining parts."""
        if visibility == EVERYTHING:
            return self
        hidden: dict[str, Any] = {}
        if not visibility.activities:
            hidden |= dict.fromkeys(ACTIVITY_METRICS) | _without_form(self.recovery_parts)
        if not visibility.health:
            hidden |= dict.fromkeys(HEALTH_METRICS) | {"recovery_parts": dict.fromkeys(self.recovery_parts)}
        # The reading of a device takes the place of our estimate. So without health no VO2max is shown: an
        # estimate that appears or disappears would tell of withheld readings.
        if not visibility.health or not visibility.activities and self.vo2max_method == "estimate":
            hidden |= {"vo2max_ml_kg_min": None, "vo2max_method": None}
        return self._replace(**hidden) if hidden else self


ACTIVITY_METRICS = (
    "week_distance_m", "week_pace_s_per_km", "vdot", "current_week_load", "four_week_avg_load", "fitness",
    "fatigue", "form", "monotony", "load_jump", "last_activity_at",
)  # fmt: skip
HEALTH_METRICS = (
    "hrv_avg_ms", "hrv_avg_7d_ago_ms", "hrv_mean_ms", "hrv_low_ms", "hrv_high_ms", "hrv_state", "hrv_kind",
    "hrv_source", "resting_hr_bpm", "recovery_score",
)  # fmt: skip
_RECOVERY_PARTS = ("hrv", "resting_heart_rate", "sleep", "form")


def _without_form(parts: Mapping[str, float | None]) -> dict[str, Any]:
    """Recovery without the form, which is computed from activities."""
    day = [np.array([np.nan if parts[name] is None else parts[name]], float) for name in _RECOVERY_PARTS]
    left = recovery_on(without_form(RecoverySeries(np.array([np.nan]), np.array([0.0]), *day)), -1)
    return {
        "recovery_score": left.score,
        "recovery_parts": {**parts, "form": None, "coverage": left.coverage},
    }
