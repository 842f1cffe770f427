"""Positions for artificial recordings, in the middle of the Atlantic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from metrics.recording import Column, Samples

LATITUDE_DEG, LONGITUDE_DEG = 35.0, -40.0
METRES_PER_DEGREE = 111_195.0


def lay_route(samples: Samples, east_m: Column, north_m: Column) -> Samples:
    """The samples with positions, so many metres from one place."""
    narrowing = np.cos(np.radians(LATITUDE_DEG))
    return replace(
        samples,
        latitude_deg=LATITUDE_DEG + north_m / METRES_PER_DEGREE,
        longitude_deg=LONGITUDE_DEG + east_m / METRES_PER_DEGREE / narrowing,
    )


def lay_loop(samples: Samples, radius_m: float = 0.0) -> Samples:
    """Along a circle, which ends where it began. Without a radius: once around."""
    course = samples.distance_m - samples.distance_m[0]
    turned = course / radius_m if radius_m else 2 * np.pi * course / course[-1]
    radius_m = radius_m or float(course[-1]) / (2 * np.pi)
    return lay_route(samples, radius_m * np.sin(turned), radius_m * (1 - np.cos(turned)))


def lay_out_and_back(samples: Samples) -> Samples:
    course = samples.distance_m - samples.distance_m[0]
    return lay_route(samples, np.minimum(course, course[-1] - course), 0 * course)
