"""Filters of the list of plans."""

from __future__ import annotations

import django_filters

from astral.http.fields import IdField
from astral.http.filters import SerializerFieldFilter
from athletes.models import Organization
from coaching.models import Plan


class PlanFilter(django_filters.FilterSet):  # type: ignore[misc]
    org_id = SerializerFieldFilter(
        IdField(Organization.prefix, help_text="Only plans of this organization, org_…."),
        field_name="organization_id",
    )

    class Meta:
        model = Plan
        fields: tuple[str, ...] = ()
