"""Kinds of athlete: the usual week, the race and the length of a season of each. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Slot(NamedTuple):
    """A session of a usual week: a word of `coaching.demo.sessions`, and its minutes."""

    what: str
    minutes: float


TrainingWeek = tuple[tuple[Slot, ...], ...]  # Monday to Sunday
SlotPair = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Archetype:
    """A kind of athlete. They race every `cycle_weeks`; `climb_m_per_km` is the climb of their usual runs."""

    name: str
    week: TrainingWeek
    race_m: float
    race_name: str
    cycle_weeks: int
    climb_m_per_km: float


def _build_week(*days: SlotPair | list[SlotPair] | None) -> TrainingWeek:
    """Build a week, Monday to Sunday: None is a rest day, a pair is one session, a list several sessions."""
    return tuple(_build_slots(day) for day in days)


def _build_slots(day: SlotPair | list[SlotPair] | None) -> tuple[Slot, ...]:
    pairs = day if isinstance(day, list) else [day] if day else []
    return tuple(Slot(*pair) for pair in pairs)


MARATHON = Archetype(
    "Marathon runner",
    _build_week(
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
    _build_week(None, ("intervals", 58), ("easy", 46), None, ("tempo", 55), ("easy", 38), ("long", 98)),
    21_097.5,
    "Half marathon",
    22,
    7.0,
)
TEN_K = Archetype(
    "10 km runner",
    _build_week(None, ("intervals", 54), None, ("easy", 46), None, ("tempo", 48), ("long", 74)),
    10_000.0,
    "10 km",
    18,
    5.0,
)
BEGINNER = Archetype(
    "Beginner",
    _build_week(None, ("run_walk", 32), None, ("run_walk", 34), None, None, ("run_walk", 46)),
    5_000.0,
    "5 km",
    16,
    4.0,
)
MASTERS = Archetype(
    "Masters runner who also swims",
    _build_week(("swim", 40), ("easy", 44), None, ("tempo", 50), None, ("easy", 36), ("long", 88)),
    21_097.5,
    "Half marathon",
    24,
    6.0,
)
TRIATHLETE = Archetype(
    "Triathlete",
    _build_week(
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
    _build_week(None, ("hills", 55), ("easy", 48), None, ("easy", 44), ("trail", 68), ("long_trail", 135)),
    30_000.0,
    "Trail 30 km",
    24,
    28.0,
)
