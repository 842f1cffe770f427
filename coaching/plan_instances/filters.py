"""Filters of the list of plan instances."""

from __future__ import annotations

import django_filters

from astral.http.fields import ChoiceField, IdField
from astral.http.filters import SerializerFieldFilter
from athletes.filter_fields import athlete_id_field
from athletes.models import Group
from coaching.models import Plan, PlanInstance


class PlanInstanceFilter(django_filters.FilterSet):  # type: ignore[misc]
    user_id = SerializerFieldFilter(athlete_id_field(), field_name="athlete_id")
    group_id = SerializerFieldFilter(
        IdField(Group.prefix, help_text="Only what was assigned through this group, grp_…."),
        field_name="group_id",
    )
    plan_id = SerializerFieldFilter(
        IdField(Plan.prefix, help_text="Only of this plan, plan_…."), field_name="plan_id"
    )
    status = SerializerFieldFilter(
        ChoiceField(PlanInstance.Status.choices, help_text="As of each athlete's local day."),
        field_name="status_today",
    )

    class Meta:
        model = PlanInstance
        fields: tuple[str, ...] = ()
