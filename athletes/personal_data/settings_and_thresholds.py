"""Restore settings and thresholds. Both fill only what is empty: the account's own values stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from athletes.models import Athlete, Threshold
from athletes.personal_data.restorer import (
    RestoredRows,
    RestoreTarget,
    Row,
    RowRestorer,
    build_valid_row,
    restore_each,
)

SETTINGS = (
    "timezone", "timezone_confirmed", "unit_system", "units_confirmed", "sex", "birth_date",
    "privacy_radius_m",
)  # fmt: skip
THRESHOLD_COLUMNS = ("kind", "value", "source", "valid_from")


def restore_settings(target: RestoreTarget, rows: Sequence[Row]) -> RestoredRows:
    """Set the time zone and the units if no person has chosen them, the sex and birth date if unknown.

    The privacy radius only grows.
    """
    return restore_each(rows[:1], lambda row: _fill_settings(target.athlete, row))


def restore_thresholds(target: RestoreTarget, rows: Sequence[Row]) -> RestoredRows:
    """Store each threshold, unless there is one of its kind and first day."""
    known = set(Threshold.objects.filter(athlete=target.athlete).values_list("kind", "valid_from"))

    def restore_row(row: Row) -> Threshold | bool:
        built = build_valid_row(Threshold, row, THRESHOLD_COLUMNS, athlete=target.athlete)
        lowest, highest = Threshold.LIMITS[built.kind]
        if not lowest <= built.value <= highest:
            raise ValidationError(f"{built} is not between {lowest:g} and {highest:g}.")
        if (built.kind, built.valid_from) in known:
            return False
        known.add((built.kind, built.valid_from))
        built.save(force_insert=True)
        return built

    return restore_each(rows, restore_row)


def _fill_settings(athlete: Athlete, row: Row) -> bool:
    brought = build_valid_row(Athlete, row, SETTINGS, user_id=athlete.pk)
    current = Athlete.objects.get(pk=athlete.pk)
    changes: dict[str, Any] = {}
    if not current.timezone_confirmed:
        changes |= {"timezone": brought.timezone, "timezone_confirmed": brought.timezone_confirmed}
    if not current.units_confirmed:
        changes |= {"unit_system": brought.unit_system, "units_confirmed": brought.units_confirmed}
    if not current.sex:
        changes["sex"] = brought.sex
    if current.birth_date is None:
        changes["birth_date"] = brought.birth_date
    changes["privacy_radius_m"] = max(current.privacy_radius_m, brought.privacy_radius_m)
    changes = {name: value for name, value in changes.items() if getattr(current, name) != value}
    return bool(changes) and bool(Athlete.objects.filter(pk=athlete.pk).update(**changes))


SETTINGS_RESTORER = RowRestorer("set of settings", "sets of settings", restore_settings)
THRESHOLDS_RESTORER = RowRestorer("threshold", "thresholds", restore_thresholds, Threshold)
