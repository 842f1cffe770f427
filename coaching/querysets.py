"""Rows of what is planned, in sentences: of whom, in which organization, from which day on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from athletes.querysets import AthleteQuerySet, OrganizationQuerySet

if TYPE_CHECKING:
    from coaching.models import Absence, Plan, PlanInstance, Race  # noqa: F401


def _theirs(athletes: AthleteQuerySet) -> Exists:
    return Exists(athletes.filter(pk=OuterRef("athlete_id")))


class RaceQuerySet(models.QuerySet["Race"]):
    def among(self, athletes: AthleteQuerySet) -> RaceQuerySet:
        """Races of these athletes; the rule stays a part of the statement."""
        return self.filter(_theirs(athletes))


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def among(self, athletes: AthleteQuerySet) -> AbsenceQuerySet:
        """Absences of these athletes; the rule stays a part of the statement."""
        return self.filter(_theirs(athletes))

    def since(self, day: date) -> AbsenceQuerySet:
        """Those that were not over before `day`."""
        return self.filter(Q(last_day__gte=day) | Q(last_day__isnull=True))


class PlanQuerySet(models.QuerySet["Plan"]):
    def among(self, organizations: OrganizationQuerySet) -> PlanQuerySet:
        """Plans of these organizations; the rule stays a part of the statement."""
        return self.filter(Exists(organizations.filter(pk=OuterRef("organization_id"))))


class PlanInstanceQuerySet(models.QuerySet["PlanInstance"]):
    def among(self, athletes: AthleteQuerySet) -> PlanInstanceQuerySet:
        """Instances of these athletes; the rule stays a part of the statement."""
        return self.filter(_theirs(athletes))
