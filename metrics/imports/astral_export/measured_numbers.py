"""Read the numbers of an activity in the archive. Somebody may have edited them, so each is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django.core.exceptions import ValidationError

from metrics.activities.load_explanation import LOAD_METHODS, QUALITIES
from metrics.activities.measure import MEASURED_COLUMNS
from metrics.recording import Totals
from metrics.science.best_efforts import DISTANCES_M, BestEffort
from metrics.science.durability import Durability
from metrics.science.speed_curve import CURVE_DURATIONS_S

MAX_NUMBER = 100_000_000.0
MAX_DURATION_S = 30 * 86_400.0
MAX_MMPS = 32_767  # a smallint
MAX_TEXT, MAX_WARNINGS, ZONES = 40, 20, 5
CURVES = ("speed_curve_mmps", "graded_curve_mmps")
LISTS = ("hr_zones_s", "best_efforts", *CURVES, "durability", "warnings")
CHOICES = {"load_method": tuple(LOAD_METHODS), "load_quality": tuple(QUALITIES)}
NUMBERS = tuple(name for name in MEASURED_COLUMNS if name not in (*LISTS, *CHOICES))
IMPOSSIBLE = "An activity has impossible numbers."


def read_measured_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """All MEASURED_COLUMNS. Raises ValidationError."""
    values: dict[str, Any] = {name: _check_number(row.get(name)) for name in NUMBERS}
    for name, choices in CHOICES.items():
        values[name] = _check_choice(row.get(name, ""), choices)
    zones = row.get("hr_zones_s")
    values["hr_zones_s"] = (
        None if zones is None else [check_known_number(one) for one in check_list(zones, ZONES)]
    )
    values["best_efforts"] = [
        _check_effort(effort) for effort in check_list(row.get("best_efforts", []), len(DISTANCES_M))
    ]
    for name in CURVES:
        values[name] = _check_curve(row.get(name))
    values["durability"] = _check_durability(row.get("durability"))
    values["warnings"] = [
        _check_text(text, MAX_TEXT) for text in check_list(row.get("warnings", []), MAX_WARNINGS)
    ]
    return values


def read_totals(row: Mapping[str, Any]) -> dict[str, Any]:
    """The totals of an activity without a file, and what was said of them. Raises ValidationError."""
    recorded = row.get("recorded", {})
    if not isinstance(recorded, Mapping):
        raise ValidationError(IMPOSSIBLE)
    names = [field.name for field in fields(Totals) if field.name in recorded]
    duration_s = check_known_number(row.get("duration_s"))
    if duration_s > MAX_DURATION_S:
        raise ValidationError(IMPOSSIBLE)
    return {
        "duration_s": duration_s,
        "elapsed_s": _check_number(row.get("elapsed_s")),
        "avg_cadence_spm": _check_number(row.get("avg_cadence_spm")),
        "recorded": {name: _check_number(recorded[name]) for name in names},
    }


def _check_number(value: Any) -> float | None:
    return None if value is None else check_known_number(value)


def check_known_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_NUMBER:
        raise ValidationError(IMPOSSIBLE)
    return value


def _check_text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise ValidationError(IMPOSSIBLE)
    return value


def _check_choice(value: Any, choices: tuple[str, ...]) -> str:
    """One of the choices, or nothing."""
    if not isinstance(value, str) or (value and value not in choices):
        raise ValidationError(IMPOSSIBLE)
    return value


def check_list(value: Any, longest: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > longest:
        raise ValidationError(IMPOSSIBLE)
    return value


def _check_effort(value: Any) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise ValidationError(IMPOSSIBLE)
    return {field.name: check_known_number(value.get(field.name)) for field in fields(BestEffort)}


def _check_curve(value: Any) -> list[int] | None:
    """One whole number for each duration, in mm/s."""
    if value is None:
        return None
    curve = check_list(value, len(CURVE_DURATIONS_S))
    is_possible = all(type(one) is int and 0 <= one <= MAX_MMPS for one in curve)
    if len(curve) != len(CURVE_DURATIONS_S) or not is_possible:
        raise ValidationError(IMPOSSIBLE)
    return curve


def _check_durability(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping) or not {field.name for field in fields(Durability)} >= value.keys():
        raise ValidationError(IMPOSSIBLE)
    return {
        name: _check_text(one, MAX_TEXT) if name == "reason" else check_known_number(one)
        for name, one in value.items()
    }
