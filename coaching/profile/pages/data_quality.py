"""Data quality, and advice for each part that is missing or old."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.formatting import format_number
from metrics.science.data_quality import (
    HR_ZONES_POINTS,
    PACE_ZONES_POINTS,
    SYNC_POINTS,
    TIMEZONE_POINTS,
    UNITS_POINTS,
    VDOT_POINTS,
    DataQuality,
)

GRADES = {"good": "good", "usable": "info", "incomplete": "warning"}  # badges
PARTS = {
    "pace_zones": (
        "Pace zones",
        PACE_ZONES_POINTS,
        "Set a threshold pace, or a VDOT: from a race or a 30-minute test of the last three months.",
    ),
    "hr_zones": (
        "Heart rate zones",
        HR_ZONES_POINTS,
        "Set the threshold heart rate, or the highest and the resting one, measured in the last three months.",
    ),
    "vdot": ("VDOT", VDOT_POINTS, "Mark a run as a race, or set a VDOT; it fades after three months."),
    "integrations": (
        "Fresh data",
        max(SYNC_POINTS.values()),
        "A recording of the last three days counts fully.",
    ),
    "timezone": ("Time zone", TIMEZONE_POINTS, "The athlete must save a time zone in the settings."),
    "units": (
        "Units",
        UNITS_POINTS,
        "Choose km or miles in the settings.",
    ),
}


FIXED_BY = {"integrations": "upload", "timezone": "settings", "units": "settings"}  # all others: thresholds


@dataclass(frozen=True, slots=True)
class DataQualityPart:
    """`advice` is empty if complete; `fixed_by`: the form that fixes it."""

    name: str
    points: str
    state: str
    badge: str
    advice: str
    fixed_by: str = ""


@dataclass(frozen=True, slots=True)
class DataQualityCard:
    score: str
    grade: str
    badge: str
    parts: tuple[DataQualityPart, ...]

    @property
    def incomplete(self) -> tuple[DataQualityPart, ...]:
        return tuple(part for part in self.parts if part.advice)


def build_data_quality_card(quality: DataQuality) -> DataQualityCard:
    parts = tuple(_build_part(name, quality.parts.get(name, 0.0)) for name in PARTS)
    return DataQualityCard(format_number(quality.score), quality.grade, GRADES[quality.grade], parts)


def _build_part(name: str, points: float) -> DataQualityPart:
    words, most, advice = PARTS[name]
    score = f"{format_number(points)} of {format_number(most)}"
    if points >= most:
        return DataQualityPart(words, score, "complete", "good", "")
    fixed_by = FIXED_BY.get(name, "thresholds")
    return DataQualityPart(
        words,
        score,
        "old or estimated" if points else "missing",
        "info" if points else "warning",
        advice,
        fixed_by,
    )
