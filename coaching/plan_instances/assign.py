"""Assign and end plans; link sessions to activities by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from astral.http.errors import ApiError
from athletes.models import Athlete, Group, Membership, User
from athletes.models.querysets import AthleteQuerySet
from athletes.roles import Role, Status
from coaching.athlete_records import update_record
from coaching.models import CalendarSession, Plan, PlanInstance, PlanLink
from coaching.plans.filling import fill_calendars
from metrics.models import Activity

Ending = PlanInstance.Ending


@transaction.atomic
def assign_plan(
    plan: Plan, athletes: Iterable[UUID], start: date, coach: User | None, group: Group | None = None
) -> list[PlanInstance]:
    """Create an instance for each athlete, and fill the calendars.

    Keep an existing instance with the same start unchanged.
    """
    ids = sorted(athletes)
    Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)  # the lock keeps its sessions unchanged
    Athlete.objects.filter(pk__in=ids).bump_versions()
    instances = PlanInstance.objects.filter(athlete_id__in=ids, plan=plan, start_date=start)
    known = set(instances.values_list("athlete_id", flat=True))
    added = [
        PlanInstance(athlete_id=pk, plan=plan, group=group, start_date=start, assigned_by=coach)
        for pk in ids
        if pk not in known
    ]
    PlanInstance.objects.bulk_create(added)
    fill_calendars(plan, added)
    return list(instances.select_related("plan", "athlete").order_by("athlete_id"))


def eligible_athletes(plan: Plan, athletes: AthleteQuerySet) -> list[UUID]:
    """Active athletes of the plan's organization. Raises ApiError NOT_A_MEMBER if there are none."""
    members = (
        Membership.objects.active().athletes().filter(organization=plan.organization_id, user=OuterRef("pk"))
    )
    found = list(athletes.filter(Exists(members)).values_list("pk", flat=True))
    if not found:
        raise ApiError(
            "NOT_A_MEMBER", "No athlete here is in the plan's organization, or you may not plan for them."
        )
    return found


def find_group_athletes(group: Group) -> AthleteQuerySet:
    """The active athletes of a group."""
    memberships = group.members.filter(role=Role.ATHLETE, status=Status.ACTIVE)
    return Athlete.objects.filter(pk__in=memberships.values("user"))


def find_members_without_plan(plan: Plan, group: Group, among: AthleteQuerySet) -> list[Athlete]:
    """Return the group's members among these athletes who do not have the plan, such as later members."""
    instances = PlanInstance.objects.filter(plan=plan).exclude(ended_as=Ending.CANCELLED)
    missing = among.filter(pk__in=find_group_athletes(group)).exclude(pk__in=instances.values("athlete"))
    return list(missing.select_related("user").order_by("user__display_name", "pk"))


def end_plan_instance(instance: PlanInstance, ending: PlanInstance.Ending, today: date) -> PlanInstance:
    """End the plan from `today` on, or keep an earlier end. Past sessions do not change."""
    if instance.ended_as == ending:
        return instance
    yesterday = today - timedelta(days=1)
    return _change_end(instance, ending, min(yesterday, instance.ended_on or yesterday))


def resume_plan_instance(instance: PlanInstance) -> PlanInstance:
    """Undo the end of a plan."""
    return _change_end(instance, "", None) if instance.ended_as else instance


def _change_end(instance: PlanInstance, ending: str, ended_on: date | None) -> PlanInstance:
    """Count the change, so that calendar programs take the new state of the sessions."""
    columns = {"ended_as": ending, "ended_on": ended_on, "end_changes": instance.end_changes + 1}
    return update_record(instance, columns)


@transaction.atomic
def link_activity(athlete: Athlete, session: CalendarSession, activity: Activity) -> None:
    """Link an activity to this session only. Raises ApiError as `check_link`."""
    check_link(athlete, session, activity)
    Athlete.objects.filter(pk=athlete.pk).bump_version()
    PlanLink.objects.filter(athlete=athlete, activity=activity).exclude(session=session).delete()
    PlanLink.objects.update_or_create(session=session, defaults={"athlete": athlete, "activity": activity})


def check_link(athlete: Athlete, session: CalendarSession, activity: Activity) -> None:
    """Raises ApiError NOT_EXPECTED for rest or a session that is not expected, TOO_FAR for an activity that
    is more than MAX_DAYS_APART days away.
    """
    is_expected = CalendarSession.objects.expected().filter(pk=session.pk).exists()
    if session.sport == CalendarSession.REST or not is_expected:
        raise build_not_expected_error()
    done_on = activity.started_at.astimezone(athlete.zone).date()
    if abs((done_on - session.day).days) > PlanLink.MAX_DAYS_APART:
        sentence = f"Session and activity are more than {PlanLink.MAX_DAYS_APART} days apart."
        raise ApiError("TOO_FAR", sentence, field="activity_id")


def build_not_expected_error() -> ApiError:
    return ApiError("NOT_EXPECTED", "This session is rest, or outside the plan's days.")


@transaction.atomic
def unlink_activity(session: CalendarSession) -> None:
    Athlete.objects.filter(pk=session.athlete_id).bump_version()
    PlanLink.objects.filter(session=session).delete()
