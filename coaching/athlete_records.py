"""Create, update and delete rows of one athlete, and bump the athlete's data version.

The version is bumped first: its row lock serializes changes for one athlete.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from psycopg.errors import CheckViolation

from astral.http.errors import ApiError
from athletes.models import Athlete
from coaching.models import Absence, PlanInstance, Race

AthleteRecordT = TypeVar("AthleteRecordT", Race, Absence, PlanInstance)


@transaction.atomic
def create_record(entry: AthleteRecordT) -> AthleteRecordT:
    """Store a new row."""
    Athlete.objects.filter(pk=entry.athlete_id).bump_version()
    entry.save(force_insert=True)
    return entry


@transaction.atomic
def update_record(
    entry: AthleteRecordT, changes: dict[str, Any], *, refuse_if_changed: bool = False
) -> AthleteRecordT:
    """Change these columns only, to keep concurrent changes of other columns.

    `refuse_if_changed`: raise ApiError CHANGED_MEANWHILE if the row has changed since it was loaded.
    """
    if changes:
        Athlete.objects.filter(pk=entry.athlete_id).bump_version()
        if refuse_if_changed:
            _check_unchanged(entry)
        for name, value in changes.items():
            setattr(entry, name, value)
        _save_changes(entry, changes)
    return entry


def _check_unchanged(entry: AthleteRecordT) -> None:
    columns = [column.attname for column in entry._meta.concrete_fields]
    stored = type(entry).objects.filter(pk=entry.pk).values(*columns).first()
    if stored != {column: getattr(entry, column) for column in columns}:
        raise _conflict_error()


def _save_changes(entry: AthleteRecordT, changes: dict[str, Any]) -> None:
    """400 if the change conflicts with a concurrent one."""
    try:
        entry.save(update_fields=changes.keys())
    except IntegrityError as error:
        if isinstance(error.__cause__, CheckViolation):
            raise _conflict_error() from error
        raise


def _conflict_error() -> ApiError:
    return ApiError(
        "CHANGED_MEANWHILE", "Someone else changed this in the meantime. Reload it and try again."
    )


@transaction.atomic
def delete_record(entry: AthleteRecordT) -> None:
    Athlete.objects.filter(pk=entry.athlete_id).bump_version()
    entry.delete()
