"""The fitted race forecast (FORMULAS §5.6). Written by `make forecast`: do not edit.

`SHA256`: of the table of race times with RUNNERS runners.
"""

from __future__ import annotations

from coaching.science.forecast_parameters import ForecastCoefficients

SHA256 = "508b595fef57aa4d53030b1c4487ed1aff6455828f119b0a18ea460672d7644d"
RUNNERS = 1443
COEFFICIENTS = ForecastCoefficients(
    pace=-1.25467,
    fade=0.08339,
    long_fade=0.0604,
    weekly_pace=-0.44038,
    weekly_fade=-0.04239,
    weekly_long_fade=-0.03891,
    sex_pace=0.14442,
    sex_fade=-0.00982,
    level_sd=0.09534,
    level_length=19.42328,
    noise_sd=0.02422,
    noise_growth=-0.40947,
    long_noise_sd=0.02724,
    slowness=1.35151,
    disagreement=0.42347,
    low_quantiles=(-1.58288, -1.36369, -1.50328, -1.41218, -1.39326),
    high_quantiles=(1.64816, 1.65819, 1.6517, 1.50559, 1.52689),
    weekly_mean=11.38663,
    weekly_sd=0.28112,
    female_share=0.38462,
)
