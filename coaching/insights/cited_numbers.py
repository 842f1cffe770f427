"""Write numbers into sentences, and record each one as evidence with the same rounding."""

from __future__ import annotations

import math
from datetime import date

from coaching.insights.insight import Units
from metrics.science.pace import METRES_PER_MILE, half_up, hms, mmss

HOUR_S = 3600.0


class UnknownNumber(Exception):
    """The sentence needs a number that is unknown."""


class CitedNumbers:
    """Write numbers in the given units, record them in `evidence`. Raises UnknownNumber for None or NaN."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self.evidence: dict[str, float | int | str] = {}

    def number(self, name: str, value: float | int | None, digits: int = 0) -> str:
        rounded = half_up(_require_known(value), digits) + 0.0  # never -0
        self.evidence[name] = rounded if digits else int(rounded)
        return f"{rounded:.{digits}f}"

    def number_with_noun(
        self, name: str, value: float | None, singular: str, plural: str = "", digits: int = 0
    ) -> str:
        """Write "1 day" or "2.5 days". The default plural is the singular with an s."""
        rounded = half_up(_require_known(value), digits)
        written = self.number(name, value, 0 if rounded == int(rounded) else digits)
        return f"{written} {singular if rounded == 1 else plural or singular + 's'}"

    def distance(self, name: str, distance_m: float | None) -> str:
        if self.units == "metric":
            return f"{self.number(f'{name}_km', _require_known(distance_m) / 1000, 1)} km"
        return self.number_with_noun(
            f"{name}_miles", _require_known(distance_m) / METRES_PER_MILE, "mile", digits=1
        )

    def pace(self, name: str, pace_s_per_km: float) -> str:
        if self.units == "metric":
            return f"{self._text(f'{name}_per_km', mmss(pace_s_per_km))} per km"
        return f"{self._text(f'{name}_per_mile', mmss(pace_s_per_km * METRES_PER_MILE / 1000))} per mile"

    def clock(self, name: str, seconds: float) -> str:
        """Write M:SS under an hour, else H:MM:SS."""
        return self._text(name, (mmss if half_up(seconds) < HOUR_S else hms)(seconds))

    def day(self, name: str, day: date) -> str:
        """Write "Sunday 15 November"."""
        self.evidence[name] = day.isoformat()
        return f"{day:%A} {day.day} {day:%B}"

    def word(self, name: str, word: str) -> str:
        return self._text(name, word)

    def _text(self, name: str, text: str | None) -> str:
        if text is None:
            raise UnknownNumber(name)
        self.evidence[name] = text
        return text


def _require_known(value: float | int | None) -> float:
    if value is None or not math.isfinite(value):
        raise UnknownNumber
    return value


def cite_days_to_race(cited: CitedNumbers, days: int) -> str:
    cited.evidence["days_to_race"] = days
    return ("today", "tomorrow")[days] if days < 2 else f"in {days} days"
