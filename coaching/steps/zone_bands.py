"""The paces of a pace zone, for people and for watches, which need both ends (FORMULAS §4). Pure."""

from __future__ import annotations

from itertools import pairwise

from metrics.science.load import PLANNED_INTENSITY
from metrics.science.zones import PACE_FR

from .step import PaceTarget

# Of threshold speed. The open ends are Daniels' slowest easy running, and where a sprint begins.
SLOWEST_EASY, SPRINT = 0.72, PLANNED_INTENSITY["z6"]
ZONE_BANDS = dict(enumerate(pairwise((SLOWEST_EASY, *PACE_FR, SPRINT)), start=1))


def find_zone_paces(zone: int, threshold_mps: float) -> PaceTarget:
    slow, fast = ZONE_BANDS[zone]
    return PaceTarget(1000 / (slow * threshold_mps), 1000 / (fast * threshold_mps))
