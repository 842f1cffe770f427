"""One made-up athlete: who they are, how they train, and the body that follows from it. Pure."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coaching.demo.people.archetypes import Archetype
from coaching.demo.people.scenario import Scenario
from coaching.demo.people.scenarios import SCENARIOS


@dataclass(frozen=True)
class SimulatedAthlete:
    """`vdot` is that of a usual day of training, `volume` a factor of the kind's usual week.

    `device` measures the nights: garmin (rMSSD, resting heart rate, sleep, VO2max), apple_health (SDNN, resting heart
    rate), polar (resting heart rate alone) or none.
    """

    email: str
    name: str
    sex: str
    age: int
    zone: str
    kind: Archetype
    vdot: float
    device: str
    scenario_name: str = "usual"
    volume: float = 1.0

    @property
    def scenario(self) -> Scenario:
        return SCENARIOS[self.scenario_name]

    def create_random_generator(self, of: str) -> np.random.Generator:
        """The same dice for the same person and purpose, on every machine."""
        digest = hashlib.sha256(f"{self.email} {of}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8], "big"))

    @cached_property
    def body(self) -> Body:
        chance = self.create_random_generator("body")
        mass_kg = 59.0 if self.sex == "female" else 72.0
        return Body(
            hr_max_bpm=float(round(208 - 0.7 * self.age + chance.normal(0, 4))),
            hr_rest_bpm=float(round(60 - 0.55 * (self.vdot - 38) + chance.normal(0, 3))),
            mass_kg=round(mass_kg + chance.normal(0, 5), 1),
            hrv_ln=math.log(48.0)
            - 0.009 * (self.age - 35)
            + 0.012 * (self.vdot - 45)
            + chance.normal(0, 0.16),
            sleep_h=float(7.5 + chance.normal(0, 0.2)),
            is_early=bool(chance.random() < 0.6),
            climb_m_per_km=self.kind.climb_m_per_km * chance.uniform(0.7, 1.2),
        )


@dataclass(frozen=True, slots=True)
class Body:
    """What does not change in eighteen months; `is_early`: trains before work."""

    hr_max_bpm: float
    hr_rest_bpm: float
    mass_kg: float
    hrv_ln: float
    sleep_h: float
    is_early: bool
    climb_m_per_km: float

    @property
    def lthr_bpm(self) -> float:
        return float(round(0.915 * self.hr_max_bpm))
