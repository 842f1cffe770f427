"""The one place that reads a person's whole past: for any number of athletes in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Expression, F, FloatField, Value, When
from django.db.models.functions import Cast, Extract

from athletes.models import Athlete, Threshold
from metrics.models import Activity, HealthDay
from metrics.numbers import READINGS_D, History, Reading
from metrics.science.rolling import Days

METRICS = {
    "rmssd": "hrv_rmssd_ms",
    "sdnn": "hrv_sdnn_ms",
    "resting_hr": "resting_hr_bpm",
    "vo2max": "vo2max_ml_kg_min",
    "sleep_h": "sleep_s",
}
PER_UNIT = {"sleep_h": 3600.0}
NOTHING: Days = np.empty(0)


def histories(athletes: Sequence[Athlete], now: datetime) -> list[History]:
    """What is stored of these athletes, in their order: three statements, whatever their number."""
    ids = [athlete.pk for athlete in athletes]
    columns, readings, vdots = _activity_columns(ids), _readings(athletes, now), _vdots(ids)
    return [
        History(
            zone=athlete.zone,
            today=athlete.local_date(now),
            **columns.get(athlete.pk, _NO_ACTIVITIES),
            readings=readings.get(athlete.pk, {}),
            vdots=tuple(vdots.get(athlete.pk, ())),
        )
        for athlete in athletes
    ]


_COLUMNS: dict[str, Expression | F] = {
    "started_s": Cast(Extract("started_at", "epoch"), FloatField()),
    "load": F("training_load"),
    "is_run": Case(When(activity_type="run", then=Value(1.0)), default=Value(0.0), output_field=FloatField()),
    "distance_m": F("distance_m"),
    "duration_s": F("duration_s"),
    "vo2max": F("vo2max_ml_kg_min"),
    "race_vdot": F("race_vdot"),
}
_NO_ACTIVITIES: dict[str, Days] = dict.fromkeys(_COLUMNS, NOTHING)


def _activity_columns(ids: list[UUID]) -> dict[UUID, dict[str, Days]]:
    """Each athlete's activities as columns: an array a column is a fraction of what a row an activity costs."""
    arrays = {name: ArrayAgg(expression, order_by=("started_at", "id")) for name, expression in _COLUMNS.items()}
    rows = Activity.objects.of(ids).order_by().values("athlete_id").annotate(**{f"a_{k}": v for k, v in arrays.items()})
    return {
        athlete_id: {name: np.array(column, np.float64) for name, column in zip(_COLUMNS, columns, strict=True)}
        for athlete_id, *columns in rows.values_list("athlete_id", *(f"a_{name}" for name in _COLUMNS))
    }


def _readings(athletes: Sequence[Athlete], now: datetime) -> dict[UUID, dict[str, list[Reading]]]:
    """By athlete and metric, of exactly the last READINGS_D days of each: today's numbers hold for all of today."""
    todays = {athlete.pk: athlete.local_date(now) for athlete in athletes}
    since = min(todays.values(), default=now.date()) - timedelta(days=READINGS_D - 1)
    found: dict[UUID, dict[str, list[Reading]]] = {}
    rows = HealthDay.objects.filter(athlete_id__in=list(todays), date__gte=since).order_by(
        "athlete_id", "date", "source"
    )
    for athlete_id, day, source, *values in rows.values_list("athlete_id", "date", "source", *METRICS.values()):
        if not 0 <= (todays[athlete_id] - day).days < READINGS_D:
            continue  # tomorrow's, or older than what this athlete's today looks back on
        metrics = found.setdefault(athlete_id, {})
        for metric, value in zip(METRICS, values, strict=True):
            if value is not None:
                metrics.setdefault(metric, []).append(Reading(day, source, value / PER_UNIT.get(metric, 1.0)))
    return found


def _vdots(ids: Iterable[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    given = Threshold.objects.filter(athlete_id__in=list(ids), kind=Threshold.Kind.VDOT)
    for athlete_id, day, value in given.values_list("athlete_id", "valid_from", "value"):
        found.setdefault(athlete_id, []).append((day, value))
    return found
