"""Elevation gain and loss from recorded altitudes, and whether the altitudes are reliable (FORMULAS §1.3)."""

from __future__ import annotations

import numpy as np

from metrics.recording import Column

# Judgement: a climb counts from 2 m with a barometer, from 10 m without.
BAROMETRIC_STEP_M, GPS_STEP_M = 2.0, 10.0
ALTITUDE_RANGE_M = (-500.0, 9000.0)
MOST_MISSING = 0.20
MOST_RUGGED = 0.12  # judgement: metres of altitude change per metre run


def valid_altitudes(altitude_m: Column) -> Column:
    """Altitudes that are possible on Earth's surface. Others become NaN."""
    lowest, highest = ALTITUDE_RANGE_M
    return np.where((altitude_m >= lowest) & (altitude_m <= highest), altitude_m, np.nan)


def elevation_gain_loss(altitude_m: Column, step_m: float = GPS_STEP_M) -> tuple[float, float]:
    """(gain, loss) in metres, both ≥ 0. Altitudes are finite and in order of time.

    A turning point counts if it is at least `step_m` above or below the last counted point. Smaller changes
    are noise. gain - loss differs from the net climb by less than `step_m`.
    """
    gain = loss = 0.0
    turns = _turning_points(altitude_m)
    counted = turns[0] if turns else 0.0
    for altitude in turns:
        climb = altitude - counted
        if climb >= step_m:
            gain += climb
        elif -climb >= step_m:
            loss -= climb
        else:
            continue
        counted = altitude
    return gain, loss


def _turning_points(altitude_m: Column) -> list[float]:
    changed = altitude_m[np.diff(altitude_m, prepend=np.nan) != 0]
    rising = np.diff(changed) > 0
    is_turn = np.ones(len(changed), dtype=bool)
    is_turn[1:-1] = rising[1:] != rising[:-1]
    points: list[float] = changed[is_turn].tolist()
    return points


def is_too_noisy(altitude_m: Column, distance_m: float) -> bool:
    """Whether over 20 % of the altitudes are missing, or Σ|ΔA| is above 0.12 of the distance."""
    known = altitude_m[np.isfinite(altitude_m)]
    if len(known) < (1 - MOST_MISSING) * len(altitude_m):
        return True
    return float(np.abs(np.diff(known)).sum()) > MOST_RUGGED * distance_m
