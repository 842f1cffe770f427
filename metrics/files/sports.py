"""The six sports Astral knows, from what devices, apps and services call theirs."""

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
"""What Strava's GPX export once wrote as <type>."""


def parse_sport(words: str) -> str:
    """The sport a GPX <type> or a TCX Sport names; `workout` for everything unknown."""
    lowered = words.strip().lower()
    if lowered in _STRAVA_NUMBERS:
        return _STRAVA_NUMBERS[lowered]
    return next((sport for sport, pattern in _SPORT_PATTERNS if pattern.search(lowered)), "workout")
