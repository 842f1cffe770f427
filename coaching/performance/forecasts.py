"""Forecasts over the usual distances, and of the next race, as of now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from athletes.models import Athlete
from coaching.assessments.inputs import choose_forecast_basis, is_race_ahead
from coaching.models import Race
from coaching.science.forecast_efforts import EFFORTS_D, ForecastBasis, GoalForecast, forecast_goals
from coaching.training_log.activities import load_training_logs
from coaching.training_log.race_efforts import load_race_efforts
from metrics.snapshots.current import current_snapshots

USUAL_DISTANCES_M = (5_000.0, 10_000.0, 21_097.5, 42_195.0)


@dataclass(frozen=True, slots=True)
class DistanceForecast:
    distance_m: float
    forecast: GoalForecast


@dataclass(frozen=True, slots=True)
class RaceForecasts:
    """`usual`: one for each usual distance, shortest first. `next_race`: None without one, or if withheld."""

    usual: Sequence[DistanceForecast]
    next_race: Race | None
    next_forecast: GoalForecast | None
    basis: ForecastBasis


def load_forecasts(athlete: Athlete, now: datetime, *, shows_goals: bool) -> RaceForecasts:
    """Four statements; five more if the snapshot is stale, one less if goals are withheld.

    Results of races are goals and plans: if these are withheld, only recorded races and training count.
    """
    today = athlete.local_date(now)
    races = _load_races(athlete, now) if shows_goals else []
    [log] = load_training_logs([athlete], now)
    recorded = load_race_efforts({athlete.pk: today}).get(athlete.pk, [])
    vdot = current_snapshots([athlete.pk], now)[athlete.pk].vdot
    basis = choose_forecast_basis(athlete, log, races, recorded, vdot)
    next_race = next((race for race in races if is_race_ahead(race, today)), None)
    distances = [*USUAL_DISTANCES_M, *([next_race.distance_m] if next_race else [])]
    forecasts = forecast_goals(distances, basis)
    usual = zip(USUAL_DISTANCES_M, forecasts, strict=False)
    return RaceForecasts(
        [DistanceForecast(metres, forecast) for metres, forecast in usual],
        next_race,
        forecasts[-1] if next_race else None,
        basis,
    )


def _load_races(athlete: Athlete, now: datetime) -> list[Race]:
    """Those of the last EFFORTS_D days and all ahead, nearest first."""
    since = now.date() - timedelta(days=EFFORTS_D + 1)
    return list(Race.objects.filter(athlete=athlete.pk, date__gte=since).order_by("date", "pk"))
