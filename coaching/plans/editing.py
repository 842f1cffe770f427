"""Create plans, change, copy, archive and delete them.

Assigned ones change in `coaching.calendar.changes.plan_changes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from astral.http.errors import ApiError
from athletes.models import Athlete, Organization, User
from coaching.models import Plan, PlanSession
from coaching.models.plans import Prescription
from coaching.plans.drafts.draft import DraftContent, DraftError, DraftSession, PlanDraft
from coaching.plans.filling import COPIED_COLUMNS

# {"week", "days": [{"weekday", "sessions": [columns of a PlanSession]}]}
PlanWeeks = Sequence[dict[str, Any]]
CONTENT_COLUMNS = tuple(DraftContent.__dataclass_fields__)
LONGEST_NAME = 120


class PlanChanged(ApiError):
    """409: somebody else changed the plan after the caller had read it."""

    def __init__(self, version: int) -> None:
        super().__init__(
            "CHANGED_MEANWHILE",
            "Somebody changed this plan in the meantime. Read it again.",
            409,
            version=version,
        )


@transaction.atomic
def create_plan(
    organization: Organization, coach: User | None, name: str, description: str, weeks: PlanWeeks
) -> Plan:
    total_weeks = max(week["week"] for week in weeks)
    plan = Plan.objects.create(
        organization=organization,
        name=name,
        description=description,
        total_weeks=total_weeks,
        created_by=coach,
    )
    PlanSession.objects.bulk_create(build_sessions(plan, weeks))
    return plan


@transaction.atomic
def update_plan(plan: Plan, changes: dict[str, Any], version: int | None = None) -> Plan:
    """Change a plan. Raises ApiError PLAN_ASSIGNED for new weeks of an assigned plan.

    `version`: raise PlanChanged if the plan has another one now.
    """
    locked = lock_plan(plan, version)
    weeks = changes.pop("weeks", None)
    if weeks is not None:
        _refuse_if_assigned(locked, "Send apply_to to change its sessions.")
        changes["total_weeks"] = max(week["week"] for week in weeks)
        delete_plan_sessions(replace_sessions(locked, weeks).gone)
    set_plan_columns(locked, changes)
    if "name" in changes:  # responses about the athletes contain the name
        Athlete.objects.filter(plan_instances__plan=locked).bump_versions()
    return locked


def set_plan_columns(plan: Plan, changes: dict[str, Any]) -> None:
    """Store these columns, and raise the version. The caller holds the plan's lock."""
    if not changes:
        return
    for name, value in changes.items():
        setattr(plan, name, value)
    plan.version += 1
    plan.save(update_fields=[*changes, "version"])


class SessionEdit(NamedTuple):
    """How the sessions of a plan changed: `gone` are not deleted yet. A session has its id by its place."""

    added: list[PlanSession]
    changed: dict[UUID, PlanSession]
    gone: dict[UUID, PlanSession]


def replace_sessions(plan: Plan, weeks: PlanWeeks) -> SessionEdit:
    """Store the sessions of these weeks. A session that has the place of an earlier one keeps its id.

    Two statements. The caller holds the plan's lock, and deletes the sessions that are gone.
    """
    before = {_get_place(session): session for session in plan.sessions.all()}
    sessions = list(build_sessions(plan, weeks))
    changed: dict[UUID, PlanSession] = {}
    for session in sessions:
        if old := before.get(_get_place(session)):
            session.id = old.id
            if any(getattr(session, name) != getattr(old, name) for name in COPIED_COLUMNS):
                changed[session.id] = session
    kept = {session.id for session in sessions}
    gone = {old.id: old for old in before.values() if old.id not in kept}
    known = {old.id for old in before.values()}
    added = [session for session in sessions if session.id not in known]
    PlanSession.objects.bulk_create(
        [*changed.values(), *added],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=COPIED_COLUMNS,
    )
    return SessionEdit(added, changed, gone)


def delete_plan_sessions(sessions: Iterable[UUID]) -> None:
    PlanSession.objects.filter(pk__in=list(sessions)).delete()


def _get_place(session: PlanSession) -> tuple[int, int, int]:
    return session.week, session.weekday, session.position


@transaction.atomic
def change_sessions(plan: Plan, version: int, change: Callable[[PlanDraft], PlanDraft]) -> Plan:
    """Change the weeks and sessions of a plan that nobody follows yet. Kept sessions keep their ids.

    Raises PlanChanged for an old `version`, ApiError PLAN_ASSIGNED, or 400 IMPOSSIBLE for a DraftError.
    Six statements at most, for any length.
    """
    locked = lock_plan(plan, version)
    _refuse_if_assigned(locked, "Change a copy of it.")
    before = load_draft(locked)
    try:
        after = change(before)
    except DraftError as error:
        raise ApiError("IMPOSSIBLE", str(error)) from error
    if after == before:
        return locked
    if after.sessions != before.sessions:
        locked.sessions.all().delete()
        PlanSession.objects.bulk_create(_build_rows(locked, after))
    locked.total_weeks, locked.version = after.total_weeks, locked.version + 1
    locked.save(update_fields=["total_weeks", "version"])
    return locked


def load_draft(plan: Plan) -> PlanDraft:
    """The plan as values. One statement."""
    return read_drafts([plan], plan.sessions.order_by("week", "weekday", "position"))[plan.pk]


def read_drafts(plans: Iterable[Plan], rows: Iterable[PlanSession]) -> dict[UUID, PlanDraft]:
    """Plans as values, by id. `rows`: all their sessions, in order."""
    sessions: dict[UUID, list[DraftSession]] = {}
    for row in rows:
        sessions.setdefault(row.plan_id, []).append(_read_row(row))
    return {plan.pk: PlanDraft(plan.total_weeks, tuple(sessions.get(plan.pk, ()))) for plan in plans}


def _read_row(row: PlanSession) -> DraftSession:
    return DraftSession(row.week, row.weekday, read_content(row), row.pk)


def read_content(row: Prescription) -> DraftContent:
    """What a session of a plan or a calendar asks for."""
    return DraftContent(**{name: getattr(row, name) for name in CONTENT_COLUMNS})


def _build_rows(plan: Plan, draft: PlanDraft) -> Iterator[PlanSession]:
    positions: dict[tuple[int, int], int] = {}
    for session in draft.sessions:
        place = (session.week, session.weekday)
        positions[place] = positions.get(place, -1) + 1
        columns = {name: getattr(session.content, name) for name in CONTENT_COLUMNS}
        columns["steps"] = list(columns["steps"])
        row = PlanSession(
            plan=plan, week=session.week, weekday=session.weekday, position=positions[place], **columns
        )
        if session.session_id:
            row.pk = session.session_id
        yield row


@transaction.atomic
def duplicate_plan(plan: Plan, coach: User | None, name: str = "") -> Plan:
    """A copy in the same organization, which nobody follows. Its name is `name`, or begins with "Copy of"."""
    return copy_plan(
        plan, name=name or f"Copy of {plan.name}"[:LONGEST_NAME], created_by_id=coach.pk if coach else None
    )


def copy_plan(plan: Plan, **columns: Any) -> Plan:
    """A copy in the same organization with these columns. Its sessions have ids of their own."""
    copy = Plan.objects.create(
        organization_id=plan.organization_id,
        description=plan.description,
        total_weeks=plan.total_weeks,
        **columns,
    )
    draft = load_draft(plan)
    rows = [DraftSession(session.week, session.weekday, session.content) for session in draft.sessions]
    PlanSession.objects.bulk_create(_build_rows(copy, PlanDraft(draft.total_weeks, tuple(rows))))
    return copy


def archive_plan(plan: Plan, now: datetime) -> Plan:
    """Stop to offer a plan; a second time changes nothing. Those who follow it keep it."""
    Plan.objects.filter(pk=plan.pk, archived_at=None).update(archived_at=now)
    plan.archived_at = plan.archived_at or now
    return plan


def unarchive_plan(plan: Plan) -> Plan:
    Plan.objects.filter(pk=plan.pk).update(archived_at=None)
    plan.archived_at = None
    return plan


@transaction.atomic
def delete_plan(plan: Plan) -> None:
    """Delete a plan. Raises ApiError PLAN_ASSIGNED if it is assigned."""
    locked = lock_plan(plan)
    _refuse_if_assigned(locked, "Delete its instances first.")
    locked.delete()


def lock_plan(plan: Plan, version: int | None = None) -> Plan:
    locked = Plan.everything.select_for_update().get(pk=plan.pk)
    if version not in (None, locked.version):
        raise PlanChanged(locked.version)
    return locked


def _refuse_if_assigned(plan: Plan, advice: str) -> None:
    if plan.instances.exists():
        raise ApiError("PLAN_ASSIGNED", f"This plan is assigned, so its sessions cannot change. {advice}")


def build_sessions(plan: Plan, weeks: PlanWeeks) -> Iterable[PlanSession]:
    for week in weeks:
        for day in week["days"]:
            for position, columns in enumerate(day["sessions"]):
                yield PlanSession(
                    plan=plan, week=week["week"], weekday=day["weekday"], position=position, **columns
                )
