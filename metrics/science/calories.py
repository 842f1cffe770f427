"""Energy of a run, for devices that do not give it (FORMULAS §11)."""

from __future__ import annotations

from metrics.science.grade import LEVEL_COST, equivalent_distance
from metrics.science.result import Result

JOULES_PER_KCAL = 4184.0


def net_energy_kcal(mass_kg: float, distance_m: float) -> float:
    """Net cost of running `distance_m` level metres: mass · distance · 3.6 J/kg/m / 4184 (Minetti 2002)."""
    return mass_kg * distance_m * LEVEL_COST / JOULES_PER_KCAL


def estimated_calories(
    mass_kg: float | None, distance_m: float | None, gain_m: float | None = None, loss_m: float | None = None
) -> Result:
    """Kilocalories of a run over its equivalent distance. Without mass or distance there is no value."""
    if mass_kg is None or not mass_kg > 0:
        return Result.missing("no_mass")
    if distance_m is None or not distance_m > 0:
        return Result.missing("no_distance")
    level_m = equivalent_distance(distance_m, gain_m, loss_m)
    return Result(value=net_energy_kcal(mass_kg, level_m), method="minetti_level_cost", quality="estimated")
