"""How far an athlete's numbers can be trusted, and what to do about each part that is missing or old."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.measures import number_text
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
        "Sync the watch or upload its file: something of the last three days counts fully.",
    ),
    "timezone": ("Time zone", TIMEZONE_POINTS, "The athlete confirms the time zone in the settings."),
    "units": ("Units", UNITS_POINTS, "The athlete chooses kilometres or miles in the settings."),
}


@dataclass(frozen=True, slots=True)
class Part:
    """`state` in words, `advice` empty for what is complete."""

    name: str
    points: str
    state: str
    badge: str
    advice: str


@dataclass(frozen=True, slots=True)
class Quality:
    score: str
    grade: str
    badge: str
    parts: tuple[Part, ...]

    @property
    def lacking(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.advice)


def quality_words(quality: DataQuality) -> Quality:
    parts = tuple(_part(name, quality.parts.get(name, 0.0)) for name in PARTS)
    return Quality(number_text(quality.score), quality.grade, GRADES[quality.grade], parts)


def _part(name: str, points: float) -> Part:
    words, most, advice = PARTS[name]
    told = f"{number_text(points)} of {number_text(most)}"
    if points >= most:
        return Part(words, told, "complete", "good", "")
    return Part(words, told, "old or estimated" if points else "missing", "info" if points else "warning", advice)
