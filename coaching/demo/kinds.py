"""Archetypes of athletes: usual week, race distance and race cycle. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Slot(NamedTuple):
    """A session of the usual week: a key of `coaching.demo.sessions.MAKERS` and its minutes."""

    what: str
    minutes: float


Week = tuple[tuple[Slot, ...], ...]  # Monday to Sunday
Pair = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Archetype:
    """A type of athlete. `cycle_weeks`: weeks between two races. `climb_m_per_km`: climbing of usual routes."""

    name: str
    week: Week
    race_m: float
    race_name: str
    cycle_weeks: int
    climb_m_per_km: float


def _week(*days: Pair | list[Pair] | None) -> Week:
    """Monday to Sunday: None is rest, a pair one session, a list of pairs several."""
    return tuple(_slots(day) for day in days)


def _slots(day: Pair | list[Pair] | None) -> tuple[Slot, ...]:
    pairs = day if isinstance(day, list) else [day] if day else []
    return tuple(Slot(*pair) for pair in pairs)


MARATHON = Archetype(
    "Marathon runner",
    _week(
        None,
        ("intervals", 72),
        ("easy", 58),
        ("tempo", 68),
        ("recovery", 40),
        ("easy", 55),
        ("long", 130),
    ),
    42_195.0,
    "Marathon",
    26,
    6.0,
)
HALF = Archetype(
    "Half-marathon runner",
    _week(None, ("intervals", 58), ("easy", 46), None, ("tempo", 55), ("easy", 38), ("long", 98)),
    21_097.5,
    "Half marathon",
    22,
    7.0,
)
TEN_K = Archetype(
    "10 km runner",
    _week(None, ("intervals", 54), None, ("easy", 46), None, ("tempo", 48), ("long", 74)),
    10_000.0,
    "10 km",
    18,
    5.0,
)
BEGINNER = Archetype(
    "Beginner",
    _week(None, ("run_walk", 32), None, ("run_walk", 34), None, None, ("run_walk", 46)),
    5_000.0,
    "5 km",
    16,
    4.0,
)
MASTERS = Archetype(
    "Masters runner who also swims",
    _week(("swim", 40), ("easy", 44), None, ("tempo", 50), None, ("easy", 36), ("long", 88)),
    21_097.5,
    "Half marathon",
    24,
    6.0,
)
TRIATHLETE = Archetype(
    "Triathlete",
    _week(
        None,
        [("swim", 40), ("intervals", 52)],
        ("bike", 70),
        ("easy", 42),
        ("swim", 45),
        ("bike", 150),
        ("long", 84),
    ),
    21_097.5,
    "Middle-distance triathlon, run",
    24,
    5.0,
)
TRAIL = Archetype(
    "Trail runner",
    _week(None, ("hills", 55), ("easy", 48), None, ("easy", 44), ("trail", 68), ("long_trail", 135)),
    30_000.0,
    "Trail 30 km",
    24,
    28.0,
)
