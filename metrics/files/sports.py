"""Map the sport names of devices, apps and services to Astral's six sports."""

from __future__ import annotations

import re

FIT_SPORTS = {
    "running": "run",
    "cycling": "bike",
    "e_biking": "bike",
    "swimming": "swim",
    "walking": "walk",
    "hiking": "hike",
}

_SPORT_PATTERNS = (
    ("run", re.compile(r"run|jog|treadmill|lauf")),
    ("bike", re.compile(r"bik|cycl|ride")),
    ("swim", re.compile(r"swim")),
    ("hike", re.compile(r"hik")),
    ("walk", re.compile(r"walk")),
)

_STRAVA_NUMBERS = {"1": "bike", "4": "hike", "9": "run", "10": "walk", "16": "swim"}
"""Older GPX exports of Strava have these numbers as <type>."""


def parse_sport(name: str) -> str:
    """The sport of a GPX <type> or a TCX Sport. Unknown names give `workout`."""
    lowered = name.strip().lower()
    if lowered in _STRAVA_NUMBERS:
        return _STRAVA_NUMBERS[lowered]
    return next((sport for sport, pattern in _SPORT_PATTERNS if pattern.search(lowered)), "workout")
