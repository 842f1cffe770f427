"""Runs with a stored speed curve, for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from athletes.models import User
from metrics.models import Activity
from metrics.science.speed_curve import CURVE_DURATIONS_S
from tests.support.cast import NOON, create_run


def build_curve(longest_s: int, speed_mps: float = 4.0, d_prime_m: float = 200.0) -> list[int]:
    """The curve of a runner with this critical speed and D′, in mm/s, up to `longest_s`."""
    return [
        round(1_000 * min(speed_mps + d_prime_m / seconds, 8.0)) if seconds <= longest_s else 0
        for seconds in CURVE_DURATIONS_S
    ]


def create_curve_run(user: User, back: float, curve: list[int], **fields: Any) -> Activity:
    """Create a run `back` days ago."""
    return create_run(user, NOON - timedelta(days=back), speed_curve_mmps=curve, **fields)
