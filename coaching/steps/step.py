"""The steps of a planned session: what is done, how long, and how hard. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StepKind(StrEnum):
    WARMUP = "warmup"
    WORK = "work"
    RECOVERY = "recovery"
    REST = "rest"
    COOLDOWN = "cooldown"


REPEAT_KIND = "repeat"
PAUSES = frozenset({StepKind.RECOVERY, StepKind.REST})


@dataclass(frozen=True, slots=True)
class ZoneTarget:
    """A pace zone, 1–5."""

    zone: int


@dataclass(frozen=True, slots=True)
class PaceTarget:
    """A band of paces in seconds per km. The slower one is the greater number."""

    slow_s_per_km: float
    fast_s_per_km: float

    @property
    def middle_s_per_km(self) -> float:
        return (self.slow_s_per_km + self.fast_s_per_km) / 2


@dataclass(frozen=True, slots=True)
class HeartRateTarget:
    low_bpm: int
    high_bpm: int


@dataclass(frozen=True, slots=True)
class EffortTarget:
    """A perceived effort, 1–10."""

    effort: int


StepTarget = ZoneTarget | PaceTarget | HeartRateTarget | EffortTarget


@dataclass(frozen=True, slots=True)
class Step:
    """A duration or a distance, or neither: then it lasts until the athlete presses the lap button."""

    kind: StepKind
    duration_s: float | None = None
    distance_m: float | None = None
    target: StepTarget | None = None
    text: str = ""

    @property
    def is_until_lap(self) -> bool:
        return self.duration_s is None and self.distance_m is None


@dataclass(frozen=True, slots=True)
class Repeat:
    """Steps that are done `times` times. `between` stands between two repetitions, so once less."""

    times: int
    steps: tuple[Step | Repeat, ...]
    between: Step | None = None


Steps = tuple[Step | Repeat, ...]
