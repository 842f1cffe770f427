"""Choose the efforts that an athlete's forecasts rest on, and forecast the races (FORMULAS §5.6). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from coaching.science.race_forecast import (
    FORECAST_RANGE_M,
    TimedDistance,
    forecast_races,
    is_forecast_distance,
)
from metrics.science.vdot import CURRENT_FOR_DAYS, VDOT_RANGE, race_time, vdot_raw

EFFORTS_D = CURRENT_FOR_DAYS
SHORTEST_RACE_M = FORECAST_RANGE_M[0]
SHORTEST_TRAINING_EFFORT_M = 3_000.0  # shorter ones are repetitions with rests
SAME_DISTANCE = 0.05  # of two efforts over nearly the same distance only the faster one counts
SAME_RACE = 0.10  # an activity of the same day with this distance is the recording of the race
HARD_FACTOR = 0.95  # a hard effort takes at most this share of the usual time per kilometre
VDOT_AS_M = 10_000.0  # a VDOT counts as its race time over this distance
WEEKS = 12
MIN_HISTORY_D = 28  # a shorter history does not tell the distance of a usual week


class RaceEffort(NamedTuple):
    """A timed distance of an athlete, by the clock. `activity_id`: None for a result without a recording."""

    distance_m: float
    time_s: float
    date: date
    activity_id: UUID | None
    is_race: bool

    @property
    def pace_s_per_m(self) -> float:
        return self.time_s / self.distance_m


class PastRun(NamedTuple):
    """One run with a distance. `age_d`: days before today."""

    activity_id: UUID
    age_d: int
    distance_m: float
    duration_s: float


class ForecastBasis(NamedTuple):
    """What an athlete's forecasts rest on.

    `efforts`: fastest first by pace. `vdot` counts only without efforts. Unknown numbers are None.
    """

    efforts: tuple[RaceEffort, ...] = ()
    vdot: float | None = None
    weekly_distance_m: float | None = None
    is_female: bool | None = None

    @property
    def method(self) -> str:
        """races, efforts (of training), races_and_efforts or vdot; empty if nothing is known."""
        kinds = {effort.is_race for effort in self.efforts}
        if not kinds:
            return "" if self.vdot is None else "vdot"
        return "races_and_efforts" if len(kinds) > 1 else "races" if True in kinds else "efforts"


class GoalForecast(NamedTuple):
    """The forecast of one race in seconds: median and 80 % interval. None with a `reason` without one.

    `based_on`: the efforts; empty for the method vdot.
    """

    median_s: float | None
    low_s: float | None
    high_s: float | None
    method: str = ""
    reason: str = ""
    based_on: tuple[RaceEffort, ...] = ()

    @property
    def times_s(self) -> tuple[float, float, float] | None:
        """Median, low and high; None without a forecast."""
        if self.median_s is None or self.low_s is None or self.high_s is None:
            return None
        return self.median_s, self.low_s, self.high_s

    @classmethod
    def missing(cls, reason: str) -> GoalForecast:
        return cls(None, None, None, reason=reason)


def forecast_goals(distances_m: Sequence[float], basis: ForecastBasis) -> list[GoalForecast]:
    """One forecast for each distance.

    `reason`: "no_race_or_hard_effort", or "distance_out_of_range" outside 1.5 to 100 km.
    """
    timed = _list_timed_distances(basis)
    if not timed:
        return [GoalForecast.missing("no_race_or_hard_effort") for _ in distances_m]
    found = forecast_races(distances_m, timed, basis.weekly_distance_m, basis.is_female)
    return [
        GoalForecast.missing("distance_out_of_range")
        if forecast is None
        else GoalForecast(*forecast, method=basis.method, based_on=basis.efforts)
        for forecast in found
    ]


def _list_timed_distances(basis: ForecastBasis) -> list[TimedDistance]:
    if basis.efforts:
        return [TimedDistance(effort.distance_m, effort.time_s) for effort in basis.efforts]
    time_s = race_time(basis.vdot, VDOT_AS_M)
    return [] if time_s is None else [TimedDistance(VDOT_AS_M, time_s)]


def choose_basis(
    results: Iterable[RaceEffort],
    recorded: Iterable[RaceEffort],
    runs: Sequence[PastRun],
    vdot: float | None,
    is_female: bool | None,
) -> ForecastBasis:
    """Races count as they are. Training shows a lower bound of speed, so it counts only if it is faster.

    `results`: entered race results. `recorded`: parts of recorded races, and best efforts in training; all of
    the last EFFORTS_D days. `runs`: those of the last 12 weeks, and the earlier ones that are known.
    """
    parts = [effort for effort in recorded if _is_believable(effort)]
    races = _merge_races([result for result in results if _is_believable(result)], parts)
    race_days = {race.date for race in races}
    training = [
        effort
        for effort in parts
        if not effort.is_race
        and effort.date not in race_days
        and effort.distance_m >= SHORTEST_TRAINING_EFFORT_M
    ]
    weekly = compute_weekly_distance(runs)
    basis = ForecastBasis(tuple(_keep_fastest(races)), vdot, weekly, is_female)
    if not basis.efforts:
        hard = [effort for effort in training if is_hard_effort(effort, runs)]
        basis = basis._replace(efforts=tuple(_sort_by_vdot(hard)[:1]))
    return _add_faster_efforts(basis, training) if basis.efforts else basis


def compute_weekly_distance(runs: Sequence[PastRun]) -> float | None:
    """Mean metres a week over the last 12 weeks, or over the weeks since the first run if these are fewer.

    None without runs, and in the first four weeks.
    """
    history_d = min(max((run.age_d + 1 for run in runs), default=0), 7 * WEEKS)
    total_m = sum(run.distance_m for run in _list_recent(runs))
    return 7 * total_m / history_d if history_d >= MIN_HISTORY_D and total_m else None


def is_hard_effort(effort: RaceEffort, runs: Sequence[PastRun]) -> bool:
    """At least 5 % faster than the average pace of the other runs of 12 weeks; true without another run."""
    others = [run for run in _list_recent(runs) if run.activity_id != effort.activity_id]
    metres, seconds = sum(run.distance_m for run in others), sum(run.duration_s for run in others)
    return not metres or effort.pace_s_per_m <= HARD_FACTOR * seconds / metres


def _list_recent(runs: Iterable[PastRun]) -> list[PastRun]:
    return [run for run in runs if 0 <= run.age_d < 7 * WEEKS]


def _is_believable(effort: RaceEffort) -> bool:
    return (
        is_forecast_distance(effort.distance_m)
        and effort.time_s > 0
        and vdot_raw(effort.distance_m, effort.time_s) <= VDOT_RANGE[1]
    )


def _merge_races(results: Sequence[RaceEffort], parts: Iterable[RaceEffort]) -> list[RaceEffort]:
    """One effort for each race: the entered result, else the part of its recording with the highest VDOT."""
    recordings: dict[UUID | None, list[RaceEffort]] = {}
    for part in _sort_by_vdot(part for part in parts if part.is_race):
        recordings.setdefault(part.activity_id, []).append(part)
    merged = []
    for result in results:
        same = [pk for pk, of_one in recordings.items() if any(_is_same_race(p, result) for p in of_one)]
        merged.append(result._replace(activity_id=same[0] if same else None))
        for pk in same:
            del recordings[pk]
    return [*merged, *(of_one[0] for of_one in recordings.values())]


def _is_same_race(part: RaceEffort, result: RaceEffort) -> bool:
    return part.date == result.date and abs(part.distance_m / result.distance_m - 1) <= SAME_RACE


def _add_faster_efforts(basis: ForecastBasis, training: Sequence[RaceEffort]) -> ForecastBasis:
    """Add efforts of training that are faster than the forecast over their distance, the fastest first."""
    rest = [effort for effort in training if effort not in basis.efforts]
    while rest:
        forecasts = forecast_goals([effort.distance_m for effort in rest], basis)
        gains = [
            (forecast.median_s or 0.0) / effort.time_s
            for effort, forecast in zip(rest, forecasts, strict=True)
        ]
        place = max(range(len(rest)), key=gains.__getitem__)
        if gains[place] <= 1:
            break
        basis = basis._replace(efforts=tuple(_keep_fastest([*basis.efforts, rest.pop(place)])))
    return basis


def _keep_fastest(efforts: Iterable[RaceEffort]) -> list[RaceEffort]:
    """The fastest of those over nearly the same distance; fastest first by pace."""
    kept: list[RaceEffort] = []
    for effort in sorted(efforts, key=lambda effort: (effort.pace_s_per_m, effort.date)):
        if all(abs(effort.distance_m / other.distance_m - 1) > SAME_DISTANCE for other in kept):
            kept.append(effort)
    return kept


def _sort_by_vdot(efforts: Iterable[RaceEffort]) -> list[RaceEffort]:
    """Highest first; of equals the newest, then the longest."""
    return sorted(
        efforts,
        key=lambda effort: (vdot_raw(effort.distance_m, effort.time_s), effort.date, effort.distance_m),
        reverse=True,
    )
