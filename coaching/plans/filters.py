"""Filters of the list of plans."""

from __future__ import annotations

import django_filters

from astral.http.fields import IdField, QueryBooleanField, TextField
from astral.http.filters import SerializerFieldFilter
from athletes.models import Organization
from coaching.models import Plan


class PlanFilter(django_filters.FilterSet):  # type: ignore[misc]
    org_id = SerializerFieldFilter(
        IdField(Organization.prefix, help_text="Only plans of this organization, org_…."),
        field_name="organization_id",
    )
    search = SerializerFieldFilter(
        TextField(max_length=120, help_text="Only plans with this in their names."),
        field_name="name",
        lookup_expr="icontains",
    )
    archived = SerializerFieldFilter(
        QueryBooleanField(help_text="1: only archived plans; 0: only the others. Default: both."),
        field_name="archived_at",
        lookup_expr="isnull",
        exclude=True,
    )

    class Meta:
        model = Plan
        fields: tuple[str, ...] = ()
