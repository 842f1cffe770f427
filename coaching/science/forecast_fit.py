"""Fit the coefficients of the race forecast to the race times of many runners (FORMULAS §5.6). Pure.

Each race time of each runner is forecast from the runner's other times. The coefficients maximise the
likelihood of Student's t distribution, which a few wrong times do not disturb, by Fisher scoring.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from coaching.science.forecast_parameters import QUANTILES_AT_M, ForecastCoefficients
from coaching.science.race_forecast import (
    ForecastRows,
    log_distance,
    log_weekly_distance,
    predict_log_pace,
)
from metrics.recording import Column
from metrics.science.pace import METRES_PER_MILE

Places = npt.NDArray[np.int64]
TAILS = 4.0  # degrees of freedom
QUANTILES = (0.10, 0.90)
DIGITS = 5  # of a stored coefficient: at most a second in a marathon
MIN_TIMES = 20  # over each distance with quantiles of its own
DAMPING = 0.1
MAX_STEPS, CONVERGED = 20, 1e-7  # the size of the last step
SAME_DISTANCE = 0.99  # 21.0 km is a half marathon
STEP = 1e-4  # of the numerical derivatives
TIME_COLUMN = re.compile(r"time_(\d+)_s", re.ASCII)
START = ForecastCoefficients(
    pace=-1.25, fade=0.08, long_fade=0.06, weekly_pace=-0.43, weekly_fade=-0.04, weekly_long_fade=-0.04,
    sex_pace=0.15, sex_fade=-0.01, level_sd=0.1, level_length=20.0, noise_sd=0.025, noise_growth=-0.4,
    long_noise_sd=0.027, slowness=1.3, disagreement=0.4,
    low_quantiles=(), high_quantiles=(), weekly_mean=0.0, weekly_sd=0.0, female_share=0.0,
)  # fmt: skip
FITTED = [field.name for field in fields(ForecastCoefficients)][:15]
AVERAGES = ("weekly_mean", "weekly_sd", "female_share")
POSITIVE = {"level_sd", "level_length", "noise_sd", "long_noise_sd", "disagreement"}  # fitted as logarithms

HEAD = '''"""The fitted race forecast (FORMULAS §5.6). Written by `make forecast`: do not edit.

`SHA256`: of the table of race times with RUNNERS runners.
"""

from __future__ import annotations

from coaching.science.forecast_parameters import ForecastCoefficients

'''
BODY = "COEFFICIENTS = ForecastCoefficients"


class RaceTableError(Exception):
    """The file is no table of race times. The message says why."""


@dataclass(frozen=True, slots=True)
class RaceTable:
    """Race times of runners; NaN is unknown.

    `distances_m` (d), `times_s` (runners × d), `weekly_m` and `is_female` (runners). `sha256`: of the file.
    """

    sha256: str
    distances_m: Column
    times_s: Column
    weekly_m: Column
    is_female: Column


@dataclass(frozen=True, slots=True)
class RaceExamples:
    """Each time of each runner, to be forecast from the runner's other times.

    `runner` and `distance`: its row and column in the table. `pace`: its log pace.
    """

    runner: Places
    distance: Places
    rows: ForecastRows
    pace: Column

    def select(self, chosen: npt.NDArray[np.bool_]) -> RaceExamples:
        return RaceExamples(
            self.runner[chosen], self.distance[chosen], self.rows.select(chosen), self.pace[chosen]
        )


def read_race_table(content: bytes) -> RaceTable:
    """Read a CSV file with the columns time_<metres>_s, typical_miles_week and female. Empty is unknown."""
    try:
        records = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        names = [name for name in (records[0] if records else ()) if TIME_COLUMN.fullmatch(name or "")]
        times = _read_columns(records, names)
        weekly, female = _read_columns(records, ["typical_miles_week", "female"]).T
    except (ValueError, TypeError, KeyError) as error:
        raise RaceTableError(f"This is no table of race times: {error}.") from error
    if len(names) < 2:
        raise RaceTableError("There are fewer than two columns such as time_10000_s.")
    distances = np.array([float(TIME_COLUMN.sub(r"\1", name)) for name in names])
    digest = hashlib.sha256(content).hexdigest()
    return RaceTable(digest, distances, times, METRES_PER_MILE * weekly, female)


def _read_columns(records: Sequence[dict[str, str]], names: Sequence[str]) -> Column:
    rows = [[float(record[name] or "nan") for name in names] for record in records]
    return np.array(rows, float).reshape(-1, len(names))


def build_examples(table: RaceTable) -> RaceExamples:
    """Runners with one time alone give none."""
    known = np.isfinite(table.times_s)
    runner, distance = np.nonzero(known & (known.sum(1) > 1)[:, np.newaxis])
    at = np.where(known, log_distance(table.distances_m), np.nan)[runner]
    pace = np.log(table.times_s / table.distances_m)[runner]
    row = np.arange(len(runner))
    others = at.copy()
    others[row, distance] = np.nan
    # Known efforts first: so the matrices are as small as the largest number of efforts.
    order = np.argsort(np.isnan(others), axis=1, kind="stable")[:, : max(int(known.sum(1).max()) - 1, 1)]
    rows = ForecastRows(
        at[row, distance],
        np.take_along_axis(others, order, 1),
        np.take_along_axis(pace, order, 1),
        log_weekly_distance(table.weekly_m)[runner],
        table.is_female[runner],
    )
    return RaceExamples(runner, distance, rows, pace[row, distance])


def fit_forecast(examples: RaceExamples, start: ForecastCoefficients = START) -> ForecastCoefficients:
    """The coefficients of these examples, with the quantiles of their own differences."""
    _, first = np.unique(examples.runner, return_index=True)
    weekly, is_female = examples.rows.weekly[first], examples.rows.is_female[first]
    begin = replace(
        start,
        weekly_mean=float(np.nanmean(weekly)),
        weekly_sd=float(np.nanstd(weekly)),
        female_share=float(np.nanmean(is_female)),
    )
    fitted = _maximise_likelihood(begin, examples)
    rounded = {name: round(getattr(fitted, name), DIGITS) for name in (*FITTED, *AVERAGES)}
    low, high = _find_quantiles(fitted, examples)
    return replace(fitted, low_quantiles=low, high_quantiles=high, **rounded)


def _find_quantiles(
    c: ForecastCoefficients, examples: RaceExamples
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Of (time - median) / spread, in logarithms. A race counts for the longest knot that it reaches.

    Raises RaceTableError if a knot has too few times.
    """
    pace, spread = predict_log_pace(c, examples.rows)
    differences = (examples.pace - pace) / spread
    knots = log_distance(SAME_DISTANCE * np.array(QUANTILES_AT_M))
    knot = np.clip(np.searchsorted(knots, examples.rows.goal, "right") - 1, 0, None)
    counts = np.bincount(knot, minlength=len(knots))
    if counts.min() < MIN_TIMES:
        raise RaceTableError(
            f"There are fewer than {MIN_TIMES} times near {QUANTILES_AT_M[counts.argmin()]:g} m."
        )
    ends = [np.quantile(differences[knot == k], QUANTILES).tolist() for k in range(len(knots))]
    low, high = (tuple(round(end, DIGITS) for end in column) for column in zip(*ends, strict=True))
    return low, high


def _maximise_likelihood(begin: ForecastCoefficients, examples: RaceExamples) -> ForecastCoefficients:
    point: Column = _to_point(begin)
    value = _compute_loss(begin, examples)
    for _ in range(MAX_STEPS):
        step = _scoring_step(point, begin, examples)
        while float(np.abs(step).max()) > CONVERGED:
            found = _compute_loss(_from_point(point + step, begin), examples)
            if found < value:
                break
            step = step / 2
        else:
            break
        point, value = np.asarray(point + step), found
    return _from_point(point, begin)


def _scoring_step(point: Column, begin: ForecastCoefficients, examples: RaceExamples) -> Column:
    """The step towards the maximum, with the expected information of the t distribution.

    Damped and at most 1 in each direction, for tables that say nothing about one of the coefficients.
    """
    pace, spread = predict_log_pace(_from_point(point, begin), examples.rows)
    by_pace, by_spread = np.empty((2, len(point), len(pace)))
    for place, moved in enumerate(STEP * np.eye(len(point))):
        pace_above, spread_above = predict_log_pace(_from_point(point + moved, begin), examples.rows)
        pace_below, spread_below = predict_log_pace(_from_point(point - moved, begin), examples.rows)
        by_pace[place] = (pace_above - pace_below) / (2 * STEP) / spread
        by_spread[place] = np.log(spread_above / spread_below) / (2 * STEP)
    difference = (examples.pace - pace) / spread
    pull = (TAILS + 1) * difference / (TAILS + difference**2)
    slope = by_pace @ pull + by_spread @ (pull * difference - 1)
    information = ((TAILS + 1) * by_pace @ by_pace.T + 2 * TAILS * by_spread @ by_spread.T) / (TAILS + 3)
    step = np.linalg.solve(information + DAMPING * np.eye(len(point)), slope)
    return np.asarray(step / max(1.0, float(np.abs(step).max())), np.float64)


def _compute_loss(c: ForecastCoefficients, examples: RaceExamples) -> float:
    pace, spread = predict_log_pace(c, examples.rows)
    tails = (TAILS + 1) / 2 * np.log1p(((examples.pace - pace) / spread) ** 2 / TAILS)
    return float(np.mean(np.log(spread) + tails))


def _to_point(c: ForecastCoefficients) -> Column:
    return np.array([np.log(getattr(c, n)) if n in POSITIVE else getattr(c, n) for n in FITTED])


def _from_point(point: Column, begin: ForecastCoefficients) -> ForecastCoefficients:
    values = dict(zip(FITTED, point.tolist(), strict=True))
    positive = {name: float(np.exp(values[name])) for name in POSITIVE}
    return ForecastCoefficients(**(asdict(begin) | values | positive))


def format_coefficients(c: ForecastCoefficients, table: RaceTable) -> str:
    """The source of the module of coefficients. The same table gives the same text."""
    values = "\n".join(f"    {field.name}={getattr(c, field.name)!r}," for field in fields(c))
    return f'{HEAD}SHA256 = "{table.sha256}"\nRUNNERS = {len(table.times_s)}\n{BODY}(\n{values}\n)\n'
