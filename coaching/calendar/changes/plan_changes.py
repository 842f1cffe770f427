"""Change a plan that athletes follow, and the sessions of their calendars with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from athletes.models import Athlete, User
from coaching.calendar.changes.athlete_notices import tell_athletes
from coaching.calendar.changes.operations import NEW_SESSION, SessionChange
from coaching.calendar.changes.session_state import SessionState
from coaching.calendar.changes.stored_rows import (
    ROWS_AT_ONCE,
    RowChange,
    build_change_rows,
    read_state,
    write_changes,
)
from coaching.models import CalendarChange, CalendarSession, Plan, PlanInstance, PlanSession
from coaching.plans.editing import (
    SessionEdit,
    delete_plan_sessions,
    lock_plan,
    replace_sessions,
    set_plan_columns,
)
from coaching.plans.filling import COPIED_COLUMNS


@dataclass(frozen=True, slots=True)
class AssignedPlanChange:
    """`applied`: one change for each athlete whose calendar changed. `kept`: sessions by athlete that stay,
    because they were changed for this athlete.
    """

    plan: Plan
    applied: Sequence[CalendarChange]
    kept: Mapping[UUID, Sequence[UUID]]


@transaction.atomic
def change_assigned_plan(
    plan: Plan,
    changes: dict[str, Any],
    followers: Iterable[UUID],
    since: date | None,
    author: User | None,
    key_name: str,
    now: datetime,
    version: int | None = None,
) -> AssignedPlanChange:
    """Change a plan, and the calendars of these athletes from `since` on (default: their tomorrow).

    `changes`: `weeks` as for `create_plan`, and other columns. `author`: the person; None for the API
    key of this name. Earlier days never change. Calendars of other followers stay as they are. `version`:
    raise PlanChanged if the plan has another one now. Statements do not grow with athletes.
    """
    locked = lock_plan(plan, version)
    Athlete.objects.filter(plan_instances__plan=locked).bump_versions()  # their locks
    weeks = changes["weeks"]
    edit = replace_sessions(locked, weeks)
    set_plan_columns(
        locked,
        {name: value for name, value in changes.items() if name != "weeks"}
        | {"total_weeks": max(week["week"] for week in weeks)},
    )
    instances = locked.instances.filter(athlete__in=list(followers), ended_as="").select_related("athlete")
    by_athlete, kept = _change_calendars(list(instances), edit, since, now)
    write_changes([change for changed in by_athlete.values() for change in changed])
    delete_plan_sessions(edit.gone)
    applied = [
        CalendarChange(
            athlete_id=athlete_id,
            kind=CalendarChange.Kind.PLAN_CHANGED,
            author=author,
            author_name=key_name,
            organization_id=locked.organization_id,
            reason=locked.name,
            rows=build_change_rows(changed),
            made_at=now,
        )
        for athlete_id, changed in by_athlete.items()
    ]
    CalendarChange.objects.bulk_create(applied, batch_size=ROWS_AT_ONCE)
    tell_athletes(applied, author, now)
    return AssignedPlanChange(locked, applied, kept)


def _change_calendars(
    instances: Sequence[PlanInstance], edit: SessionEdit, since: date | None, now: datetime
) -> tuple[dict[UUID, list[RowChange]], dict[UUID, list[UUID]]]:
    """What changes for each athlete, and which sessions stay. One statement."""
    rows: dict[UUID | None, list[CalendarSession]] = {}
    touched = [*edit.changed, *edit.gone]
    found = CalendarSession.objects.filter(instance__in=instances, plan_session__in=touched, is_removed=False)
    for row in found.select_related("link"):
        rows.setdefault(row.instance_id, []).append(row)
    changes: dict[UUID, list[RowChange]] = {}
    kept: dict[UUID, list[UUID]] = {}
    for instance in instances:
        today = instance.athlete.local_date(now)
        first = max(today, since or today + timedelta(days=1))
        later = [row for row in rows.get(instance.pk, ()) if row.day >= first]
        for row in later:
            if row.is_adjusted:
                kept.setdefault(instance.athlete_id, []).append(row.pk)
        made = [*_change_rows(later, edit.changed), *_add_rows(instance, edit.added, first)]
        if made:
            changes.setdefault(instance.athlete_id, []).extend(
                RowChange(row, change.made_on(today)) for row, change in made
            )
    return changes, kept


def _change_rows(rows: Iterable[CalendarSession], changed: Mapping[UUID, PlanSession]) -> Iterator[RowChange]:
    """The sessions that nobody changed for this athlete, as the plan has them now. A skip stays."""
    for row in rows:
        if row.is_adjusted:
            continue
        before, template = read_state(row), changed.get(row.plan_session_id or UUID(int=0))
        after = before.with_values(is_removed=True) if template is None else _follow(before, template)
        yield RowChange(row, SessionChange(str(row.pk), before, after))


def _follow(state: SessionState, template: PlanSession) -> SessionState:
    return state.with_values(**{name: getattr(template, name) for name in COPIED_COLUMNS})


def _add_rows(instance: PlanInstance, added: Iterable[PlanSession], first: date) -> Iterator[RowChange]:
    for template in added:
        day = instance.day_of(template)
        if day >= max(first, instance.start_date):
            row = CalendarSession(
                athlete_id=instance.athlete_id,
                instance=instance,
                plan_session=template,
                organization_id=template.plan.organization_id,
            )
            state = SessionState(day, {**NEW_SESSION, "position": template.position})
            yield RowChange(row, SessionChange(str(row.pk), None, _follow(state, template)))
