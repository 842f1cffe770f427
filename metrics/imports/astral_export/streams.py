"""Restore the samples of activities without a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError

from athletes.personal_data.restorer import (
    RestoredRows,
    RestoreTarget,
    Row,
    parse_archived_instant,
    restore_each,
)
from metrics.activities.streams import COLUMN_STEPS, encode
from metrics.imports.astral_export.measured_numbers import check_known_number, check_list
from metrics.models import Activity, ImportedActivity, Streams
from metrics.recording import Lap, Samples

MAX_SAMPLES, MAX_PARTS, MAX_VALUE = 300_000, 5_000, 1e8
IMPOSSIBLE = "The samples of an activity are impossible."


def restore_streams(target: RestoreTarget, rows: Sequence[Row]) -> RestoredRows:
    """Store the samples of activities that this import has stored without any."""
    return restore_each(rows, lambda row: _restore_row(target, row))


def _restore_row(target: RestoreTarget, row: Row) -> bool:
    started_at = parse_archived_instant(row.get("started_at"), target.now)
    brought = ImportedActivity.objects.filter(
        athlete=target.athlete, file__parent=target.import_id, outcome=ImportedActivity.Outcome.STORED
    )
    bare = Activity.objects.filter(athlete=target.athlete, original=None, streams=None, started_at=started_at)
    activity = bare.filter(pk__in=brought.values("activity_id")).first()
    if activity is None:
        return False
    Streams.objects.create(
        activity=activity,
        athlete=target.athlete,
        content=encode(_parse_samples(row.get("columns"))),
        pauses=[_parse_pause(pause) for pause in check_list(row.get("pauses"), MAX_PARTS)],
        laps=[_parse_lap(lap) for lap in check_list(row.get("laps"), MAX_PARTS)],
        altitude_source=_parse_altitude_source(row.get("altitude_source")),
    )
    return True


def _parse_samples(columns: Any) -> Samples:
    if not isinstance(columns, Mapping):
        raise ValidationError(IMPOSSIBLE)
    try:
        arrays = {
            name: np.array(check_list(columns[name], MAX_SAMPLES), dtype=np.float64)
            for name in COLUMN_STEPS
            if name in columns
        }
        time_s = arrays["time_s"]
        missing = np.full(len(time_s), np.nan)
        samples = Samples(**{name: arrays.get(name, missing) for name in COLUMN_STEPS})
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ValidationError(IMPOSSIBLE) from error
    is_in_order = np.isfinite(time_s).all() and time_s.min(initial=0) >= 0 and (np.diff(time_s) > 0).all()
    has_shape = all(column.shape == time_s.shape for column in arrays.values())
    if not (is_in_order and has_shape and all(_is_possible(column) for column in arrays.values())):
        raise ValidationError(IMPOSSIBLE)
    return samples


def _is_possible(column: Any) -> bool:
    return not bool((np.abs(column[np.isfinite(column)]) > MAX_VALUE).any() or np.isinf(column).any())


def _parse_pause(pause: Any) -> list[float]:
    values = [check_known_number(value) for value in check_list(pause, 2)]
    if len(values) != 2:
        raise ValidationError(IMPOSSIBLE)
    return values


def _parse_lap(lap: Any) -> dict[str, float]:
    if not isinstance(lap, Mapping) or not {"start_s", "elapsed_s"} <= lap.keys():
        raise ValidationError(IMPOSSIBLE)
    return {field.name: check_known_number(lap[field.name]) for field in fields(Lap) if field.name in lap}


def _parse_altitude_source(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 10 or not value.isprintable():
        raise ValidationError(IMPOSSIBLE)
    return value
