"""Filters of the roster, for the API and the page."""

from __future__ import annotations

from functools import cache
from typing import Any

import django_filters
from django import forms

from astral.http.errors import ApiError
from astral.http.fields import IdField, QueryBooleanField, TextField
from astral.http.filters import SerializerFieldFilter
from athletes.models import Group, Membership
from athletes.models.querysets import MembershipQuerySet


class RosterForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("group_id") and cleaned.get("unassigned_only"):
            self.add_error(
                "unassigned_only",
                forms.ValidationError("Use group_id or unassigned_only, not both.", "conflict"),
            )
        return cleaned


class RosterFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Filters active athletes of an organization."""

    my_athletes = SerializerFieldFilter(
        QueryBooleanField(help_text="1: only athletes assigned to you."), method="filter_assigned"
    )
    group_id = SerializerFieldFilter(
        IdField(Group.prefix, help_text="Only members of this group, grp_…."), field_name="groups"
    )
    unassigned_only = SerializerFieldFilter(
        QueryBooleanField(help_text="1: only athletes in no group; not together with group_id."),
        method="filter_ungrouped",
    )
    search = SerializerFieldFilter(
        TextField(help_text="Words in username, e-mail or display name; ignores case and accents."),
        method="filter_by_search",
    )
    label = SerializerFieldFilter(
        TextField(max_length=40, help_text="Only athletes with this label."), method="filter_by_label"
    )

    class Meta:
        model = Membership
        form = RosterForm
        fields: tuple[str, ...] = ()

    def get_form_class(self) -> type[forms.Form]:
        return _build_roster_form_class()

    def filter_assigned(self, members: MembershipQuerySet, _: str, only: bool) -> MembershipQuerySet:
        if self.request.user.pk is None:
            raise ApiError(
                "NOBODY", "my_athletes needs a user; an API key has no athletes.", field="my_athletes"
            )
        return members.filter(assigned_coach=self.request.user.pk) if only else members

    def filter_ungrouped(self, members: MembershipQuerySet, _: str, only: bool) -> MembershipQuerySet:
        return members.filter(groups=None) if only else members

    def filter_by_search(self, members: MembershipQuerySet, _: str, text: str) -> MembershipQuerySet:
        return members.matching(text)

    def filter_by_label(self, members: MembershipQuerySet, _: str, label: str) -> MembershipQuerySet:
        """Excludes the viewer, whose own labels are secret."""
        return members.filter(labels__contains=[label]).exclude(user=self.request.user.pk)


@cache
def _build_roster_form_class() -> type[forms.Form]:
    """Cached: every filter set would otherwise build the same class again."""
    made: type[forms.Form] = django_filters.FilterSet.get_form_class(RosterFilter())
    return made
