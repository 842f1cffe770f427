"""QuerySets of races, absences, plans, plan instances and calendars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Value, When
from django.db.models.functions import Cast, TruncWeek

from astral.http.fields import list_zone_names
from astral.precompiled_queries import AnyOf
from athletes.models import Membership
from athletes.models.querysets import AthleteQuerySet, OrganizationQuerySet, supervised_memberships
from athletes.rights import Right, Viewer

if TYPE_CHECKING:
    from coaching.models import (  # noqa: F401
        Absence,
        CalendarChange,
        CalendarSession,
        Plan,
        PlanInstance,
        Race,
        SignalEpisode,
    )


def _belongs_to(athletes: AthleteQuerySet) -> Exists:
    return Exists(athletes.filter(pk=OuterRef("athlete_id")))


class RaceQuerySet(models.QuerySet["Race"]):
    def for_athletes(self, athlete_ids: Sequence[UUID]) -> RaceQuerySet:
        return self.filter(AnyOf("athlete_id", athlete_ids))

    def among(self, athletes: AthleteQuerySet) -> RaceQuerySet:
        """Races of these athletes, as one statement with a subquery."""
        return self.filter(_belongs_to(athletes))


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def since(self, day: date) -> AbsenceQuerySet:
        """Absences that end on `day` or later, or have no end."""
        return self.filter(Q(last_day__gte=day) | Q(last_day__isnull=True))


class SignalEpisodeQuerySet(models.QuerySet["SignalEpisode"]):
    def since(self, day: date) -> SignalEpisodeQuerySet:
        """Episodes that are open, or were cleared on `day` or later."""
        return self.filter(Q(cleared_on__gte=day) | Q(cleared_on__isnull=True))


class PlanQuerySet(models.QuerySet["Plan"]):
    def among(self, organizations: OrganizationQuerySet) -> PlanQuerySet:
        """Plans of these organizations, as one statement with a subquery."""
        return self.filter(Exists(organizations.filter(pk=OuterRef("organization_id"))))

    def editable_by(self, viewer: Viewer, right: Right) -> PlanQuerySet:
        """Plans that `viewer` may change and delete: those of organizations where they have the right.

        A role that has the right only on assigned athletes may change only its own plans.
        """
        if not right.allows(viewer):
            return self.none()
        if right.is_unrestricted_for(viewer):
            return self
        own = Q(organization__in=viewer.organization_ids(right.assigned), created_by=viewer.pk)
        return self.filter(Q(organization__in=viewer.organization_ids(right.roles)) | own)


_EveryPlanManager = models.Manager.from_queryset(PlanQuerySet)


class PlanManager(_EveryPlanManager["Plan"]):
    """The plans without the revisions."""

    def get_queryset(self) -> PlanQuerySet:
        return cast(PlanQuerySet, super().get_queryset().filter(revises=None))


class PlanInstanceQuerySet(models.QuerySet["PlanInstance"]):
    def for_athletes(self, athlete_ids: Sequence[UUID]) -> PlanInstanceQuerySet:
        return self.filter(AnyOf("athlete_id", athlete_ids))

    def among(self, athletes: AthleteQuerySet) -> PlanInstanceQuerySet:
        """Instances of these athletes, as one statement with a subquery."""
        return self.filter(_belongs_to(athletes))

    def editable_by(self, viewer: Viewer, right: Right, category: str) -> PlanInstanceQuerySet:
        """Instances that `viewer` may change and delete: plans of organizations that coach the athlete, and
        the athlete's own plans.

        `viewer` needs the right there, and the athlete must share the category with this organization.
        """
        if not right.allows(viewer):
            return self.none()
        if right.is_unrestricted_for(viewer):
            return self
        coached = Membership.objects.active().athletes().sharing(category)
        supervised = coached.filter(supervised_memberships(viewer, right), user=OuterRef("athlete_id"))
        in_its_club = supervised.filter(organization=OuterRef("plan__organization_id"))
        return self.filter(Exists(in_its_club) | Q(plan__organization__isnull=True) & Exists(supervised))

    def with_status(self, now: datetime) -> PlanInstanceQuerySet:
        """Annotate `status_today`: the same as `status_on` for the athlete's local day."""
        is_ended = ~Q(ended_as="")
        return self.annotate(local_day=_local_day(now), planned_end=_planned_end()).annotate(
            status_today=Case(
                When(is_ended, then=F("ended_as")),
                When(local_day__lt=F("start_date"), then=Value("scheduled")),
                When(local_day__lte=F("planned_end"), then=Value("active")),
                default=Value("completed"),
                output_field=models.CharField(),
            )
        )

    def followed_on(self, now: datetime) -> PlanInstanceQuerySet:
        """Active and scheduled instances, on each athlete's local day."""
        return self.with_status(now).filter(Q(status_today="active") | Q(status_today="scheduled"))


class CalendarSessionQuerySet(models.QuerySet["CalendarSession"]):
    def expected(self) -> CalendarSessionQuerySet:
        """Sessions that stand in the calendar: not deleted, and not after the end of their plan."""
        within = Q(instance__isnull=True) | Q(instance__ended_on__isnull=True)
        return self.filter(within | Q(day__lte=F("instance__ended_on")), is_removed=False)

    def among(self, athletes: AthleteQuerySet) -> CalendarSessionQuerySet:
        """Sessions of these athletes, as one statement with a subquery."""
        return self.filter(_belongs_to(athletes))

    def editable_by(self, viewer: Viewer, right: Right, category: str) -> CalendarSessionQuerySet:
        """Sessions that `viewer` may change: one's own, those of organizations that coach the athlete, and
        the athlete's own ones.

        `viewer` needs the right there, and the athlete must share the category with this organization.
        """
        if not right.allows(viewer):
            return self.none()
        if right.is_unrestricted_for(viewer):
            return self
        coached = Membership.objects.active().athletes().sharing(category)
        supervised = coached.filter(supervised_memberships(viewer, right), user=OuterRef("athlete_id"))
        in_its_club = supervised.filter(organization=OuterRef("organization_id"))
        editable = Exists(in_its_club) | Q(organization__isnull=True) & Exists(supervised)
        return self.filter(editable | Q(athlete_id=viewer.pk) if right.own else editable)


class CalendarChangeQuerySet(models.QuerySet["CalendarChange"]):
    def among(self, athletes: AthleteQuerySet) -> CalendarChangeQuerySet:
        """Changes of these athletes' calendars, as one statement with a subquery."""
        return self.filter(_belongs_to(athletes))


def _local_day(now: datetime) -> Case:
    """The local day by time zone. There are only two or three dates on Earth at any moment.

    PostgreSQL gets dates, not zone names, so its time zone data does not matter.
    """
    by_day: dict[date, list[str]] = {}
    for name in sorted(list_zone_names()):
        by_day.setdefault(now.astimezone(ZoneInfo(name)).date(), []).append(name)
    days = [When(athlete__timezone__in=names, then=Value(day)) for day, names in by_day.items()]
    return Case(*days, output_field=models.DateField())


class _PlusWeeks(Func):
    """The last day of a plan: the first Monday + 7 · weeks − 1."""

    template, arg_joiner = "(%(expressions)s - 1)", " + 7 * "


def _planned_end() -> _PlusWeeks:
    monday = Cast(TruncWeek("start_date"), models.DateField())
    return _PlusWeeks(monday, F("plan__total_weeks"), output_field=models.DateField())
