"""Which positions others may see: none near the start or the end of an activity. Pure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from metrics.recording import Column, Samples
from metrics.science.track import EARTH_RADIUS_M

Flags = npt.NDArray[np.bool_]


def find_shown(samples: Samples, radius_m: float) -> Flags:
    """Which samples have a position that may be shown.

    Every position within the radius of the first or the last one is hidden, also when the athlete comes by
    again.
    """
    known: Flags = np.isfinite(samples.latitude_deg) & np.isfinite(samples.longitude_deg)
    places = np.flatnonzero(known)
    if radius_m <= 0 or not len(places):
        return known
    for place in (places[0], places[-1]):
        known = known & (_measure_distances_m(samples, int(place)) > radius_m)
    return known


def hide_positions(samples: Samples, radius_m: float) -> Samples:
    """The samples as others may see them."""
    shown = find_shown(samples, radius_m)
    return replace(
        samples,
        latitude_deg=np.where(shown, samples.latitude_deg, np.nan),
        longitude_deg=np.where(shown, samples.longitude_deg, np.nan),
    )


def _measure_distances_m(samples: Samples, place: int) -> Column:
    """Great circles from one sample to all. NaN, which is above nothing, without a position."""
    latitude, longitude = np.radians(samples.latitude_deg), np.radians(samples.longitude_deg)
    squares = np.cos(latitude) * np.cos(latitude[place]) * np.sin((longitude - longitude[place]) / 2) ** 2
    squares += np.sin((latitude - latitude[place]) / 2) ** 2
    distances: Column = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(squares, 1.0)))
    return distances
