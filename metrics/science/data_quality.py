"""Data quality of an athlete, 0–100: what is set, how old it is, and its source (FORMULAS §9) [J]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

PACE_ZONES_POINTS = 20.0
HR_ZONES_POINTS = 15.0
VDOT_POINTS = 20.0
TIMEZONE_POINTS = 10.0
UNITS_POINTS = 10.0
SYNC_POINTS = {"fresh": 25.0, "recent": 15.0, "stale": 6.0, "none": 0.0}
SYNC_FRESH_H = 72.0
SYNC_RECENT_H = 168.0
ENTRY_RECENT_D = 7
PARTS = ("pace_zones", "hr_zones", "vdot", "integrations", "timezone", "units")
FRESH_D, AGED_D = 90, 180
AGED, OLD = 0.6, 0.3
SOURCE_WORTH = {"measured": 1.0, "race": 1.0, "coach": 1.0, "estimated": 0.7, "default": 0.7}
GOOD_FROM = 85.0
USABLE_FROM = 50.0

SyncStatus = Literal["fresh", "recent", "stale", "none"]
Grade = Literal["good", "usable", "incomplete"]
SourceOrWorth = str | float


@dataclass(frozen=True, slots=True)
class DataQuality:
    """The points of each part."""

    parts: dict[str, float]

    @property
    def score(self) -> float:
        """0–100."""
        return sum(self.parts.values())

    @property
    def missing(self) -> tuple[str, ...]:
        """The parts with 0 points."""
        return tuple(name for name, points in self.parts.items() if not points)

    @property
    def grade(self) -> Grade:
        """Good from 85, usable from 50."""
        if self.score >= GOOD_FROM:
            return "good"
        return "usable" if self.score >= USABLE_FROM else "incomplete"


def data_quality(
    age_pace: float | None,
    age_hr: float | None,
    age_vdot: float | None,
    sync: SyncStatus,
    timezone: bool | int,
    units: bool | int,
    sources: Sequence[SourceOrWorth] = ("measured", "measured", "measured"),
) -> float:
    """Only the score; see `build_data_quality`."""
    return build_data_quality(age_pace, age_hr, age_vdot, sync, timezone, units, sources).score


def build_data_quality(
    age_pace: float | None,
    age_hr: float | None,
    age_vdot: float | None,
    sync: SyncStatus,
    timezone: bool | int,
    units: bool | int,
    sources: Sequence[SourceOrWorth] = ("measured", "measured", "measured"),
) -> DataQuality:
    """The score with its parts.

    `age_pace`, `age_hr` and `age_vdot` are the ages in days of the threshold pace, the heart-rate zones and
    the VDOT or race effort (None: not set). `sync` comes from `sync_state`. `timezone` and `units` say
    whether they are confirmed. `sources` has a key of SOURCE_WORTH or a factor for each of the three values.
    Raises KeyError for an unknown key.
    """
    pace, heart, vdot = sources
    parts = {
        "pace_zones": PACE_ZONES_POINTS * freshness(age_pace) * _source_worth(pace),
        "hr_zones": HR_ZONES_POINTS * freshness(age_hr) * _source_worth(heart),
        "vdot": VDOT_POINTS * freshness(age_vdot) * _source_worth(vdot),
        "integrations": SYNC_POINTS[sync],
        "timezone": TIMEZONE_POINTS if timezone else 0.0,
        "units": UNITS_POINTS if units else 0.0,
    }
    return DataQuality(parts)


def freshness(age_d: float | None) -> float:
    """The weight of a value of this age: 1, after 90 days 0.6, after 180 days 0.3. 0 if it was never set."""
    if age_d is None:
        return 0.0
    if age_d <= FRESH_D:
        return 1.0
    return AGED if age_d <= AGED_D else OLD


def sync_state(connected: bool, sync_age_h: float | None, entry_age_d: float | None = None) -> SyncStatus:
    """The state of the most recent sync. An entry by hand in the last 7 days counts as a recent sync."""
    if connected and sync_age_h is not None and sync_age_h <= SYNC_FRESH_H:
        return "fresh"
    synced_lately = connected and sync_age_h is not None and sync_age_h <= SYNC_RECENT_H
    if synced_lately or (entry_age_d is not None and entry_age_d <= ENTRY_RECENT_D):
        return "recent"
    return "stale" if connected else "none"


def _source_worth(source: SourceOrWorth) -> float:
    return SOURCE_WORTH[source] if isinstance(source, str) else float(source)
