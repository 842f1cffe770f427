"""Restore sessions of the calendar: what was changed in those of a plan, and single ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import ValidationError as InvalidBody

from astral.http.fields import DayField, StrictBooleanField
from athletes.models import Athlete
from athletes.personal_data.restorer import (
    RestoredRows,
    RestoreTarget,
    Row,
    RowRestorer,
    build_valid_row,
    restore_each,
)
from coaching.models import CalendarSession, PlanInstance
from coaching.plans.filling import COPIED_COLUMNS
from coaching.plans.serializers import PlanSessionRequest
from coaching.restored_rows.plans import (
    FIELD_BY_COLUMN,
    InstanceKey,
    find_plan_session,
    load_instances,
    read_instance_key,
)

OWN_COLUMNS = (
    "day", "position", "is_adjusted", "is_skipped", "skip_reason", "is_removed",
)  # fmt: skip
RESTORED_COLUMNS = (*OWN_COLUMNS, *COPIED_COLUMNS, "as_planned")
IDENTIFYING_COLUMNS = ("day", "sport", "title", "duration_s", "distance_m", "load")
STOOD_COLUMNS = ("sport", "duration_s", "distance_m", "load", "zone", "steps", "is_key")


def restore_calendar_sessions(target: RestoreTarget, rows: Sequence[Row]) -> RestoredRows:
    """Change the sessions that a restored plan filled in, and add single ones that are not there."""
    instances = load_instances(target.athlete)

    def restore_row(row: Row) -> CalendarSession | bool:
        built = build_valid_row(CalendarSession, row, OWN_COLUMNS, athlete=target.athlete)
        _set_values(built, parse_prescription(row) | {"as_planned": parse_as_planned(row.get("as_planned"))})
        if row.get("instance") is None:
            return _add_single_session(target.athlete, built)
        instance = instances.get(read_instance_key(row))
        session = None if instance is None else find_plan_session(instance, row)
        if session is None:
            raise ValidationError("The plan of a session is not there.")
        return _change_session(session, built)

    return restore_each(rows, restore_row)


def find_named_session(
    athlete: Athlete, instances: Mapping[InstanceKey, PlanInstance], row: Row
) -> CalendarSession | None:
    """The session that a row names: `single`, or `instance` and `place`. Raises ValidationError."""
    if isinstance(row.get("single"), Mapping):
        return _find_single_session(athlete, row["single"])
    instance = instances.get(read_instance_key(row))
    return None if instance is None else find_plan_session(instance, row)


def _find_single_session(athlete: Athlete, row: Row) -> CalendarSession | None:
    """The single session of this day that asks for the same."""
    built = build_valid_row(CalendarSession, row, IDENTIFYING_COLUMNS, athlete=athlete)
    same = {name: getattr(built, name) for name in IDENTIFYING_COLUMNS}
    return CalendarSession.objects.filter(athlete=athlete, instance__isnull=True, **same).first()


def parse_prescription(row: Mapping[str, Any]) -> dict[str, Any]:
    """The validated columns of what a session asks for. Raises ValidationError."""
    fields = {FIELD_BY_COLUMN[name]: row[name] for name in COPIED_COLUMNS if name in row}
    try:
        return dict(PlanSessionRequest.parse(fields))
    except InvalidBody as error:
        raise ValidationError("A session has impossible values.") from error


def parse_as_planned(stood: Any) -> dict[str, Any] | None:
    """How a session stood on the day before, validated. Raises ValidationError."""
    if stood is None:
        return None
    if not isinstance(stood, Mapping) or {*stood} != {"day", "is_planned", *STOOD_COLUMNS}:
        raise ValidationError("A session does not say how it stood on the day before.")
    values = parse_prescription({name: stood[name] for name in STOOD_COLUMNS})
    try:
        day = DayField().run_validation(stood["day"])
        is_planned = StrictBooleanField().run_validation(stood["is_planned"])
    except InvalidBody as error:
        raise ValidationError("A session does not say how it stood on the day before.") from error
    kept = {name: values.get(name, stood[name]) for name in STOOD_COLUMNS}
    return kept | {"day": day.isoformat(), "is_planned": is_planned}


def _add_single_session(athlete: Athlete, built: CalendarSession) -> CalendarSession | bool:
    same = {name: getattr(built, name) for name in IDENTIFYING_COLUMNS}
    if CalendarSession.objects.filter(athlete=athlete, instance__isnull=True, **same).exists():
        return False
    built.save(force_insert=True)
    return built


def _change_session(session: CalendarSession, built: CalendarSession) -> bool:
    """Own changes win: a session that was changed here stays."""
    values = {name: getattr(built, name) for name in RESTORED_COLUMNS}
    if session.is_adjusted or values == {name: getattr(session, name) for name in RESTORED_COLUMNS}:
        return False
    _set_values(session, values)
    session.version += 1
    session.save(update_fields=[*values, "version"])
    return True


def _set_values(session: CalendarSession, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(session, name, value)


CALENDAR_SESSION_RESTORER = RowRestorer("session", "sessions", restore_calendar_sessions, CalendarSession)
