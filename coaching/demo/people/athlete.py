"""One made-up athlete: name, kind, training and body. Pure."""

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
    """`vdot` is the value of a usual day; `volume` is a factor of the usual week of the athlete's kind.

    `device` measures the nights: garmin (rMSSD, resting heart rate, sleep, VO2max), apple_health (SDNN and
    resting heart rate), polar (only resting heart rate), or empty.
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

    def create_random_generator(self, purpose: str) -> np.random.Generator:
        """Return a generator with the same numbers for the same person and purpose on every machine."""
        digest = hashlib.sha256(f"{self.email} {purpose}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8], "big"))

    @cached_property
    def body(self) -> Body:
        rng = self.create_random_generator("body")
        mass_kg = 59.0 if self.sex == "female" else 72.0
        return Body(
            hr_max_bpm=float(round(208 - 0.7 * self.age + rng.normal(0, 4))),
            hr_rest_bpm=float(round(60 - 0.55 * (self.vdot - 38) + rng.normal(0, 3))),
            mass_kg=round(mass_kg + rng.normal(0, 5), 1),
            hrv_ln=math.log(48.0) - 0.009 * (self.age - 35) + 0.012 * (self.vdot - 45) + rng.normal(0, 0.16),
            sleep_h=float(7.5 + rng.normal(0, 0.2)),
            is_early=bool(rng.random() < 0.6),
            climb_m_per_km=self.kind.climb_m_per_km * rng.uniform(0.7, 1.2),
        )


@dataclass(frozen=True, slots=True)
class Body:
    """The values that do not change in eighteen months. `is_early`: the athlete trains before work."""

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
