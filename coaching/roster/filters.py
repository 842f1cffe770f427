"""What the roster can be filtered by."""

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
                "unassigned_only", forms.ValidationError("Ask for a group or for none.", "conflict")
            )
        return cleaned


class RosterFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Of active athletes of an organization, for its API and its page alike."""

    my_athletes = SerializerFieldFilter(
        QueryBooleanField(help_text="1: only those assigned to you."), method="filter_assigned"
    )
    group_id = SerializerFieldFilter(
        IdField(Group.prefix, help_text="Only who is in this group, grp_…."), field_name="groups"
    )
    unassigned_only = SerializerFieldFilter(
        QueryBooleanField(help_text="1: only who is in no group; not together with group_id."),
        method="filter_ungrouped",
    )
    search = SerializerFieldFilter(
        TextField(help_text="Words in username, e-mail or display name; case and accents do not matter."),
        method="filter_by_search",
    )
    label = SerializerFieldFilter(
        TextField(max_length=40, help_text="Only who has this label."), method="filter_by_label"
    )

    class Meta:
        model = Membership
        form = RosterForm
        fields: tuple[str, ...] = ()

    def get_form_class(self) -> type[forms.Form]:
        return _build_roster_form_class()

    def filter_assigned(self, members: MembershipQuerySet, _: str, only: bool) -> MembershipQuerySet:
        if self.request.user.pk is None:
            raise ApiError("NOBODY", "A key is nobody: no athletes are assigned to it.", field="my_athletes")
        return members.filter(assigned_coach=self.request.user.pk) if only else members

    def filter_ungrouped(self, members: MembershipQuerySet, _: str, only: bool) -> MembershipQuerySet:
        return members.filter(groups=None) if only else members

    def filter_by_search(self, members: MembershipQuerySet, _: str, text: str) -> MembershipQuerySet:
        return members.matching(text)

    def filter_by_label(self, members: MembershipQuerySet, _: str, label: str) -> MembershipQuerySet:
        """Nobody finds out their own labels by asking for them."""
        return members.filter(labels__contains=[label]).exclude(user=self.request.user.pk)


@cache
def _build_roster_form_class() -> type[forms.Form]:
    """Made once: every filter set would make the same class again."""
    made: type[forms.Form] = django_filters.FilterSet.get_form_class(RosterFilter())
    return made
