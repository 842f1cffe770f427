"""Serializers of saved views."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from astral.http.fields import ChoiceField, IdField, QueryBooleanField, StrictSerializer, TextField
from astral.http.list_field import ListField
from astral.http.pages import NextUrlFields
from astral.ids import encode
from athletes.models import Group, Organization
from coaching.models import RosterView
from coaching.models.roster_views import MAX_COLUMNS, MAX_VIEW_NAME_LENGTH
from coaching.roster.saved_views.columns import COLUMN_LABELS
from coaching.roster.serializers import SORT_CHOICES

COLUMN_CHOICES = list(COLUMN_LABELS.items())
PREFIXES = {"org_id": Organization.prefix, "group_id": Group.prefix}


class RosterViewFilters(StrictSerializer):
    """The filters and the order of the roster, as its addresses have them."""

    org_id = IdField(Organization.prefix, required=False, help_text="The organization, org_….")
    group_id = IdField(Group.prefix, required=False, help_text="Only members of this group, grp_….")
    my_athletes = QueryBooleanField(required=False, help_text="1: only athletes assigned to you.")
    unassigned_only = QueryBooleanField(required=False, help_text="1: only athletes in no group.")
    search = TextField(required=False, max_length=200, help_text="Words in name or e-mail.")
    label = TextField(  # type: ignore[assignment]  # the serializer removes fields from the class
        required=False, max_length=40, help_text="Only athletes with this label."
    )
    sort = ChoiceField(SORT_CHOICES, required=False, help_text="As on the roster.")


FLAGS = {
    name for name, field in RosterViewFilters._declared_fields.items() if isinstance(field, QueryBooleanField)
}


class RosterViewName(StrictSerializer):
    name = TextField(max_length=MAX_VIEW_NAME_LENGTH, help_text="The name of the view.")


class RosterViewRequest(RosterViewName):
    columns = ListField(
        child=ChoiceField(COLUMN_CHOICES),
        min_length=1,
        max_length=MAX_COLUMNS,
        help_text="The columns beside the name, in the order of the roster.",
    )
    filters = RosterViewFilters(required=False, help_text="Filters and order.")


class RosterViewForm(NextUrlFields, RosterViewFilters, RosterViewName):
    """The form of the page: the filters are fields of their own."""

    columns = ListField(child=ChoiceField(COLUMN_CHOICES), min_length=1, max_length=MAX_COLUMNS)


class RosterViewNameForm(NextUrlFields, RosterViewName):
    pass


class RosterViewSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="The name; one view of a person has it.")
    columns = serializers.ListField(child=serializers.ChoiceField(COLUMN_CHOICES), help_text="The columns.")
    filters = RosterViewFilters(help_text="Filters and order; the parameters of coach_athletes_metrics.")


def serialize_view(view: RosterView) -> dict[str, Any]:
    """Filters are stored as texts of an address. Programs get flags as booleans."""
    flags = dict.fromkeys(FLAGS & view.filters.keys(), True)
    return {"name": view.name, "columns": view.columns, "filters": view.filters | flags}


def format_filters(values: dict[str, Any]) -> dict[str, str]:
    """Validated filters as the texts of an address."""
    return {
        name: _format_filter(name, value)
        for name, value in values.items()
        if name in RosterViewFilters._declared_fields and value
    }


def _format_filter(name: str, value: Any) -> str:
    if name in PREFIXES:
        return encode(PREFIXES[name], value)
    return "1" if value is True else str(value)
