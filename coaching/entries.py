"""Rows that belong to one athlete, written so that nobody is shown what was before.

The version first: its row lock makes two changes for one athlete follow each other, as everywhere.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import transaction

from athletes.models import Athlete
from coaching.models import Absence, PlanInstance, Race

Entry = TypeVar("Entry", Race, Absence, PlanInstance)


@transaction.atomic
def enter(entry: Entry) -> Entry:
    """Store a new one."""
    Athlete.objects.filter(pk=entry.athlete_id).touch()
    entry.save(force_insert=True)
    return entry


@transaction.atomic
def change(entry: Entry, changes: dict[str, Any]) -> Entry:
    """Change these columns, and no other that somebody else may have changed meanwhile."""
    if changes:
        Athlete.objects.filter(pk=entry.athlete_id).touch()
        for name, value in changes.items():
            setattr(entry, name, value)
        entry.save(update_fields=changes.keys())
    return entry


@transaction.atomic
def remove(entry: Entry) -> None:
    Athlete.objects.filter(pk=entry.athlete_id).touch()
    entry.delete()
