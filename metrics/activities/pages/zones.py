"""Time in pace and heart-rate zones, each zone with its bounds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from astral.charts import Distribution, build_distribution
from metrics.formatting import duration_text, number_text, pace_text
from metrics.models import Activity
from metrics.science.thresholds import Thresholds, threshold_cascade
from metrics.science.zones import hr_zone_bounds, pace_zone_bounds

NAMES = ("easy", "steady", "threshold", "VO2max", "repetition")


def zone_shares(activity: Activity, known: Thresholds, units: str) -> list[Distribution]:
    """Pace zones and heart-rate zones, those that were measured; `known` is what held on its day."""
    paced = [activity.zone1_s, activity.zone2_s, activity.zone3_s, activity.zone4_s, activity.zone5_s]
    shares = []
    if any(paced):
        shares.append(
            _shares("Pace zones", [seconds or 0.0 for seconds in paced], _pace_hints(activity, known, units))
        )
    if activity.hr_zones_s and any(activity.hr_zones_s):
        shares.append(_shares("Heart-rate zones", activity.hr_zones_s, _heart_hints(known)))
    return shares


def _shares(title: str, zones_s: Sequence[float], hints: Sequence[str]) -> Distribution:
    rows = zip(hints, zones_s, strict=True)
    parts = [
        (f"Z{zone}", hint, seconds, duration_text(seconds))
        for zone, (hint, seconds) in enumerate(rows, start=1)
    ]
    return build_distribution(title, parts)


def _pace_hints(activity: Activity, known: Thresholds, units: str) -> list[str]:
    threshold = activity.load_threshold_mps or threshold_cascade(known).value
    if threshold is None:
        return list(NAMES)
    bounds = [pace_text(1000.0 / bound, units) for bound in pace_zone_bounds(threshold)]
    inner = [f"{_bare(slow)} to {fast}" for slow, fast in pairwise(bounds)]
    return [f"slower than {bounds[0]}", *inner, f"faster than {bounds[-1]}"]


def _heart_hints(known: Thresholds) -> list[str]:
    zones = hr_zone_bounds(known)
    if zones is None:
        return [""] * 5
    bounds = [number_text(bound, 0, "bpm") for bound in zones.bounds_bpm]
    inner = [f"{_bare(low)} to {high}" for low, high in pairwise(bounds)]
    return [f"below {bounds[0]}", *inner, f"from {bounds[-1]}"]


def _bare(told: str) -> str:
    """The first of two with one unit."""
    return told.rpartition(" ")[0]
