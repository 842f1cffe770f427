"""Serializers of the change history."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from astral.http.fields import ChoiceField, DayField, IdField, StrictSerializer
from astral.http.pagination import PageQuery
from athletes.changes.tracked_kinds import load_tracked_kinds
from athletes.models import ChangeEntry, Organization, User


class ChangesQueryRules(StrictSerializer):
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first: date | None = attrs.get("from")
        last: date | None = attrs.get("to")
        if first and last and last < first:
            error = serializers.ErrorDetail("to must not be before from.", "range")
            raise serializers.ValidationError({"to": [error]})
        return attrs


# `from` is a word of Python, so it cannot be written as an attribute.
CHANGE_FILTERS = {
    "kind": ChoiceField(
        [(name, name) for name in load_tracked_kinds()],
        required=False,
        help_text="Only changes of this kind.",
    ),
    "from": DayField(required=False, help_text="The first day, included; of your own time zone."),
    "to": DayField(required=False, help_text="The last day, included; of your own time zone."),
}
ChangesQuery: type[StrictSerializer] = type(
    "ChangesQuery",
    (ChangesQueryRules, PageQuery),
    {"__doc__": "Which changes.", **CHANGE_FILTERS},
)
ChangesPageQuery: type[StrictSerializer] = type(
    "ChangesPageQuery",
    (ChangesQueryRules,),
    {
        "__doc__": "The same for a page, with 50 lines each. `org_id`: the club of its page.",
        **CHANGE_FILTERS,
        "org_id": IdField(Organization.prefix, required=False, help_text="The club, org_…."),
        "page": PageQuery._declared_fields["page"],
    },
)


@extend_schema_field({"type": ["string", "number", "boolean", "null"]})
class ChangedValueField(serializers.JSONField):
    """The value of a column."""


class ChangeEntrySerializer(serializers.Serializer[Any]):
    changed_at = serializers.DateTimeField(help_text="When.")
    kind = serializers.ChoiceField([(name, name) for name in load_tracked_kinds()], help_text="What it is.")
    action = serializers.ChoiceField(
        ChangeEntry.Action.choices,
        help_text="What was done. bin_activity: created means that an activity went into the bin, deleted "
        "that it was restored or deleted for good.",
    )
    subject_id = serializers.CharField(
        allow_null=True, help_text="The public id of what was changed; null if that has none."
    )
    user_id = IdField(
        User.prefix, allow_null=True, help_text="Whose it is, usr_…; null for what belongs to a club."
    )
    user_name = serializers.CharField(allow_null=True, help_text="The name that they have now.")
    org_id = IdField(Organization.prefix, allow_null=True, help_text="The club, org_…; null without one.")
    org_name = serializers.CharField(allow_null=True, help_text="The name that the club has now.")
    before = serializers.DictField(
        child=ChangedValueField(),
        allow_null=True,
        help_text="The values before, by column; null if it was created. Units are in the names.",
    )
    after = serializers.DictField(
        child=ChangedValueField(),
        allow_null=True,
        help_text="The values after; null if it was deleted.",
    )
    author_kind = serializers.ChoiceField(
        ChangeEntry.AuthorKind.choices,
        help_text="person; staff: who runs the server; key: a program of a club; system: the server itself.",
    )
    author_id = serializers.CharField(
        allow_null=True, help_text="The person, usr_…, or the key, key_…; null if it is deleted."
    )
    author_name = serializers.CharField(help_text="The name that the person or key has now.")
    acted_as_id = IdField(
        User.prefix,
        allow_null=True,
        help_text="As whom staff acted, usr_…; null if they acted as themselves.",
    )
    door = serializers.CharField(help_text="How: page, api, admin; empty for the server itself.")
    request_id = serializers.CharField(help_text="The X-Request-ID of the request; empty without one.")
