"""One invented athlete: profile, archetype, story and body. Pure."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coaching.demo.kinds import Archetype
from coaching.demo.stories import STORIES
from coaching.demo.story import Story


@dataclass(frozen=True)
class Person:
    """`vdot`: on a usual training day. `volume`: factor of the archetype's usual week.

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
    story_name: str = "usual"
    volume: float = 1.0

    @property
    def story(self) -> Story:
        return STORIES[self.story_name]

    def chance(self, of: str) -> np.random.Generator:
        """A random generator with a fixed seed per person and purpose, equal on every machine."""
        digest = hashlib.sha256(f"{self.email} {of}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8], "big"))

    @cached_property
    def body(self) -> Body:
        chance = self.chance("body")
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
    """Constant values of the body. `is_early`: trains before work."""

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
