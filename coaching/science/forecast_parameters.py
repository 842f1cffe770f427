"""The coefficients of the race forecast: what each one is (FORMULAS §5.6). Pure."""

from __future__ import annotations

from dataclasses import dataclass

QUANTILES_AT_M = (5_000.0, 10_000.0, 16_093.44, 21_097.5, 42_195.0)


@dataclass(frozen=True, slots=True)
class ForecastCoefficients:
    """All lengths are logarithms of a ratio of distances, all paces logarithms of s/m.

    `pace`: of the average runner over 10 km. `fade`: its rise with distance; `long_fade`: its further rise
    beyond the half marathon. `weekly_…` and `sex_…`: the same for weekly distance and for women.
    `level_sd`, `level_length`: how far runners differ, and how slowly this changes with distance. `noise_sd`,
    `noise_growth`: of one time, over 10 km and with distance; `long_noise_sd`: more beyond the half marathon.
    `slowness`: how the spread grows with pace. `disagreement`: how it grows if efforts contradict each other.
    `low_quantiles`, `high_quantiles`: 10 % and 90 % of (time - median) / spread at QUANTILES_AT_M.
    `weekly_mean`, `weekly_sd`, `female_share`: of the runners, for an athlete of whom they are
    unknown.
    """

    pace: float
    fade: float
    long_fade: float
    weekly_pace: float
    weekly_fade: float
    weekly_long_fade: float
    sex_pace: float
    sex_fade: float
    level_sd: float
    level_length: float
    noise_sd: float
    noise_growth: float
    long_noise_sd: float
    slowness: float
    disagreement: float
    low_quantiles: tuple[float, ...]
    high_quantiles: tuple[float, ...]
    weekly_mean: float
    weekly_sd: float
    female_share: float
