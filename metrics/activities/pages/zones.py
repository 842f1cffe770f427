"""Time in pace and heart-rate zones, each zone with its bounds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from astral.charts import Distribution, build_distribution
from metrics.formatting import format_duration, format_number, format_pace
from metrics.models import Activity
from metrics.science.thresholds import Thresholds, threshold_cascade
from metrics.science.zones import hr_zone_bounds, pace_zone_bounds

ZONE_NAMES = ("easy", "steady", "threshold", "VO2max", "repetition")


def build_zone_distributions(activity: Activity, known: Thresholds, units: str) -> list[Distribution]:
    """Pace and heart-rate zones, if measured. `known`: the thresholds valid on the day."""
    pace_zones_s = [activity.zone1_s, activity.zone2_s, activity.zone3_s, activity.zone4_s, activity.zone5_s]
    distributions = []
    if any(pace_zones_s):
        distributions.append(
            _build_distribution(
                "Pace zones",
                [seconds or 0.0 for seconds in pace_zones_s],
                _format_pace_bounds(activity, known, units),
            )
        )
    if activity.hr_zones_s and any(activity.hr_zones_s):
        distributions.append(
            _build_distribution("Heart-rate zones", activity.hr_zones_s, _format_heart_rate_bounds(known))
        )
    return distributions


def _build_distribution(title: str, zones_s: Sequence[float], hints: Sequence[str]) -> Distribution:
    rows = zip(hints, zones_s, strict=True)
    parts = [
        (f"Z{zone}", hint, seconds, format_duration(seconds))
        for zone, (hint, seconds) in enumerate(rows, start=1)
    ]
    return build_distribution(title, parts)


def _format_pace_bounds(activity: Activity, known: Thresholds, units: str) -> list[str]:
    threshold = activity.load_threshold_mps or threshold_cascade(known).value
    if threshold is None:
        return list(ZONE_NAMES)
    bounds = [format_pace(1000.0 / bound, units) for bound in pace_zone_bounds(threshold)]
    inner = [f"{_remove_unit(slow)} to {fast}" for slow, fast in pairwise(bounds)]
    return [f"slower than {bounds[0]}", *inner, f"faster than {bounds[-1]}"]


def _format_heart_rate_bounds(known: Thresholds) -> list[str]:
    zones = hr_zone_bounds(known)
    if zones is None:
        return [""] * 5
    bounds = [format_number(bound, 0, "bpm") for bound in zones.bounds_bpm]
    inner = [f"{_remove_unit(low)} to {high}" for low, high in pairwise(bounds)]
    return [f"below {bounds[0]}", *inner, f"from {bounds[-1]}"]


def _remove_unit(text: str) -> str:
    """Remove the unit: `5:00 /km` becomes `5:00`."""
    return text.rpartition(" ")[0]
