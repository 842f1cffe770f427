"""An athlete's thresholds on the day of an activity, and the choice between them (FORMULAS §3.1, §3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from metrics.science.heart_rate import RESTING_DEFAULT_BPM
from metrics.science.result import Result
from metrics.science.vdot import CURRENT_FOR_DAYS, VDOT_RANGE, threshold_speed

LTHR_OF_HR_MAX = 0.90  # Daniels: threshold runs are at 88-92 % of the maximum
THRESHOLD_RANGE_MPS = (1.0, 8.0)  # judgement: 16:40/km to 2:05/km, other values are typing errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """An athlete's values on the day of the activity. None if unknown.

    `threshold_mps` comes from the athlete, a coach or a laboratory. `vdot` comes from a race or best effort
    `vdot_age_days` before the day. `vo2max_ml_kg_min` is our estimate. `lthr_bpm` and `hr_rest_bpm` are
    measured or given, never defaults; `hr_reference` adds defaults and warns.
    """

    threshold_mps: float | None = None
    threshold_source: str = "manual"
    threshold_date: date | None = None
    vdot: float | None = None
    vdot_age_days: int = 0
    vo2max_ml_kg_min: float | None = None
    lthr_bpm: float | None = None
    hr_max_bpm: float | None = None
    hr_rest_bpm: float | None = None
    sex: str = ""
    age_years: float | None = None


def threshold_cascade(thresholds: Thresholds) -> Result:
    """Threshold speed v_T in m/s. First available of: given, from a race at most 120 days old, estimated.

    `method` is the source of the given value, "race", or "estimated" (with the warning
    `threshold_estimated`).
    """
    if thresholds.threshold_mps is not None:
        if THRESHOLD_RANGE_MPS[0] <= thresholds.threshold_mps <= THRESHOLD_RANGE_MPS[1]:
            return Result(
                value=thresholds.threshold_mps, method=thresholds.threshold_source, quality="measured"
            )
        return Result.missing("implausible_threshold")
    if _is_vdot(thresholds.vdot) and thresholds.vdot_age_days <= CURRENT_FOR_DAYS:
        return Result(value=threshold_speed(thresholds.vdot or 0.0), method="race", quality="measured")
    if _is_vdot(thresholds.vo2max_ml_kg_min):
        return Result(
            value=threshold_speed(thresholds.vo2max_ml_kg_min or 0.0),
            method="estimated",
            quality="estimated",
            warnings=("threshold_estimated",),
        )
    return Result.missing("no_threshold")


def _is_vdot(value: float | None) -> bool:
    return value is not None and VDOT_RANGE[0] <= value <= VDOT_RANGE[1]


def hr_max_from_age(age_years: float) -> float:
    """Expected maximal heart rate in bpm: 208 - 0.7 age (Tanaka 2001, doi:10.1016/S0735-1097(00)01054-8)."""
    return 208.0 - 0.7 * age_years


@dataclass(frozen=True, slots=True)
class HeartRateReference:
    """The two heart rates for a load by heart rate. `measured` is False if the LTHR is a default."""

    lthr_bpm: float
    hr_rest_bpm: float
    measured: bool
    warnings: tuple[str, ...]


def hr_reference(thresholds: Thresholds) -> HeartRateReference | None:
    """LTHR, else 0.90 HRmax, else 0.90 HRmax by age; and HRrest, else 60. Each default adds a warning.

    None if LTHR, HRmax and age are all unknown, or if HRrest is not between 0 and LTHR.
    """
    warnings: list[str] = []
    lthr = thresholds.lthr_bpm
    if lthr is None:
        lthr = _default_lthr(thresholds, warnings)
    rest = thresholds.hr_rest_bpm
    if rest is None:
        rest = RESTING_DEFAULT_BPM
        warnings.append("hr_rest_default")
    if lthr is None or not 0 < rest < lthr:
        return None
    return HeartRateReference(lthr, rest, thresholds.lthr_bpm is not None, tuple(warnings))


def _default_lthr(thresholds: Thresholds, warnings: list[str]) -> float | None:
    if thresholds.hr_max_bpm is not None:
        warnings.append("lthr_from_hr_max")
        return LTHR_OF_HR_MAX * thresholds.hr_max_bpm
    if thresholds.age_years is not None:
        warnings.append("lthr_from_age")
        return LTHR_OF_HR_MAX * hr_max_from_age(thresholds.age_years)
    return None
