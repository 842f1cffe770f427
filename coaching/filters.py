"""What lists of races, absences, plans and their instances can be filtered by."""

from __future__ import annotations

import django_filters

from astral.fields import ChoiceField, DayField, IdField
from astral.filters import Asked
from athletes.models import Group, Organization, User
from coaching.models import Absence, Plan, PlanInstance, Race


def _whose() -> IdField:
    return IdField(User.prefix, help_text="Only this athlete's, usr_….")


class RaceFilter(django_filters.FilterSet):  # type: ignore[misc]
    user_id = Asked(_whose(), field_name="athlete_id")
    start_date = Asked(DayField(help_text="First local date, included."), field_name="date", lookup_expr="gte")
    end_date = Asked(DayField(help_text="Last local date, included."), field_name="date", lookup_expr="lte")
    priority = Asked(ChoiceField(Race.Priority.choices, help_text="Only A, B or C races."))

    class Meta:
        model = Race
        fields: tuple[str, ...] = ()


class AbsenceFilter(django_filters.FilterSet):  # type: ignore[misc]
    kind = Asked(ChoiceField(Absence.Kind.choices, help_text="Only of this kind."))

    class Meta:
        model = Absence
        fields: tuple[str, ...] = ()


class PlanFilter(django_filters.FilterSet):  # type: ignore[misc]
    org_id = Asked(
        IdField(Organization.prefix, help_text="Only this organization's, org_…."), field_name="organization_id"
    )

    class Meta:
        model = Plan
        fields: tuple[str, ...] = ()


class PlanInstanceFilter(django_filters.FilterSet):  # type: ignore[misc]
    user_id = Asked(_whose(), field_name="athlete_id")
    group_id = Asked(
        IdField(Group.prefix, help_text="Only what was assigned through this group, grp_…."), field_name="group_id"
    )
    plan_id = Asked(IdField(Plan.prefix, help_text="Only of this plan, plan_…."), field_name="plan_id")
    status = Asked(
        ChoiceField(PlanInstance.Status.choices, help_text="As of each athlete's local day."), field_name="told_status"
    )

    class Meta:
        model = PlanInstance
        fields: tuple[str, ...] = ()
