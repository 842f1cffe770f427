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

BADGE_BY_GRADE = {"good": "good", "usable": "info", "incomplete": "warning"}  # badges
QUALITY_PART_TEXTS = {
    "pace_zones": (
        "Pace zones",
        PACE_ZONES_POINTS,
        "Set a threshold pace, or a VDOT: from a race or a 30-minute test of the last three months.",
    ),
    "hr_zones": (
        "Heart rate zones",
        HR_ZONES_POINTS,
        (
            "Set the threshold heart rate, or the highest and the resting one,"
            " measured in the last three months."
        ),
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


FORM_BY_PART = {
    "integrations": "upload",
    "timezone": "settings",
    "units": "settings",
}  # all others: thresholds
MOST_ZONES = 0.8  # zones of a smaller share of the running time say little about all of it [J]


@dataclass(frozen=True, slots=True)
class QualityPart:
    """`advice`: empty if the part is complete; `form_name`: the form that improves the part."""

    name: str
    points: str
    state: str
    badge: str
    advice: str
    form_name: str = ""


@dataclass(frozen=True, slots=True)
class DataQualityCard:
    score: str
    grade: str
    badge: str
    parts: tuple[QualityPart, ...]

    @property
    def lacking(self) -> tuple[QualityPart, ...]:
        return tuple(part for part in self.parts if part.advice)


def build_quality_card(quality: DataQuality, zones_coverage: float | None) -> DataQualityCard:
    """`zones_coverage`: the share of the running time that has pace zones; None without runs."""
    parts = tuple(_build_part(name, quality.parts.get(name, 0.0)) for name in QUALITY_PART_TEXTS)
    if zones_coverage is not None and zones_coverage < MOST_ZONES:
        parts += (_build_zones_part(zones_coverage),)
    return DataQualityCard(format_number(quality.score), quality.grade, BADGE_BY_GRADE[quality.grade], parts)


def _build_zones_part(coverage: float) -> QualityPart:
    return QualityPart(
        "Runs with zones",
        f"{format_number(100 * coverage)} % of the running time",
        "few" if coverage else "none",
        "warning",
        "A run has pace zones if it was recorded with its speed, and a threshold pace held on its day."
        " Upload the recordings, or measure again after you set an earlier threshold.",
        "upload",
    )


def _build_part(name: str, points: float) -> QualityPart:
    label, max_points, advice = QUALITY_PART_TEXTS[name]
    points_text = f"{format_number(points)} of {format_number(max_points)} points"
    if points >= max_points:
        return QualityPart(label, points_text, "complete", "good", "")
    return QualityPart(
        label,
        points_text,
        "old or estimated" if points else "missing",
        "info" if points else "warning",
        advice,
        FORM_BY_PART.get(name, "thresholds"),
    )
