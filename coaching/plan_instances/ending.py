"""End, resume and take back plans of one athlete or of a whole group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from astral.dates.local_days import LocalDays
from astral.http.errors import ApiError
from athletes.models import Athlete, Group
from athletes.rights import ARRANGE, Category, Viewer
from coaching.athlete_records import delete_record
from coaching.models import Plan, PlanInstance
from coaching.models.querysets import PlanInstanceQuerySet
from coaching.plan_instances.progress import load_progress

DAY = timedelta(days=1)
Ending = PlanInstance.Ending


def find_group_instances(viewer: Viewer, group: Group, plan: Plan, start: date) -> PlanInstanceQuerySet:
    """The group's instances of this plan from this day that the viewer may change."""
    rows = PlanInstance.objects.filter(group=group, plan=plan, start_date=start)
    return rows.editable_by(viewer, ARRANGE, Category.GOALS_AND_PLANS)


@transaction.atomic
def end_instances(instances: Iterable[PlanInstance], now: datetime) -> int:
    """Cancel running and scheduled plans from each athlete's today on; `plan` and `athlete` are loaded.

    Returns how many were ended. One statement for each local day, which are at most three.
    """
    days = LocalDays(now)
    by_last_day: dict[date, list[UUID]] = {}
    rows = list(instances)
    for row in rows:
        today = days[row.athlete.timezone]
        if not row.ended_as and row.last_day >= today:
            by_last_day.setdefault(today - DAY, []).append(row.pk)
    return sum(_end_on(rows, ids, last_day) for last_day, ids in sorted(by_last_day.items()))


@transaction.atomic
def end_before(instances: Sequence[PlanInstance], start: date) -> int:
    """Cancel these plans so that their last day is the one before `start`. Returns how many."""
    return _end_on(instances, [row.pk for row in instances if row.last_day >= start], start - DAY)


def _end_on(rows: Sequence[PlanInstance], ids: Sequence[UUID], last_day: date) -> int:
    athletes = {row.athlete_id for row in rows if row.pk in set(ids)}
    Athlete.objects.filter(pk__in=sorted(athletes)).bump_versions()
    return _change_ends(ids, Ending.CANCELLED, last_day)


@transaction.atomic
def resume_instances(instances: PlanInstanceQuerySet) -> int:
    """Undo the end of cancelled plans. Returns how many."""
    rows = list(instances.filter(ended_as=Ending.CANCELLED))
    Athlete.objects.filter(pk__in=sorted({row.athlete_id for row in rows})).bump_versions()
    return _change_ends([row.pk for row in rows], "", None)


def _change_ends(ids: Sequence[UUID], ending: str, ended_on: date | None) -> int:
    """Count the change, so that calendar programs take the new state of the sessions."""
    rows = PlanInstance.objects.filter(pk__in=ids)
    return rows.update(ended_as=ending, ended_on=ended_on, end_changes=F("end_changes") + 1)


def take_back_instance(instance: PlanInstance, now: datetime, *, shows_activities: bool) -> None:
    """Delete a plan that was given by mistake.

    Raises ApiError HAS_BEGUN if a session of it is done. For a viewer who may not see activities: if it has
    begun.
    """
    reason = _find_reason_to_keep(instance, now, shows_activities)
    if reason:
        raise ApiError("HAS_BEGUN", f"{reason}, so it cannot be taken back. End it instead.", 409)
    delete_record(instance)


def _find_reason_to_keep(instance: PlanInstance, now: datetime, shows_activities: bool) -> str:
    if not shows_activities:
        has_begun = instance.start_date <= instance.athlete.local_date(now)
        return f"{instance.plan} has begun" if has_begun else ""
    outcomes = [row.outcome for row in load_progress(instance, now).sessions]
    done = sum(outcome is not None and outcome.is_completed for outcome in outcomes)
    if not done:
        return ""
    return (
        f"1 session of {instance.plan} is done"
        if done == 1
        else f"{done} sessions of {instance.plan} are done"
    )
