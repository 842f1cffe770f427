"""Bulk actions on a roster: assign a coach, add to or remove from a group, add or remove a label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from astral.http.errors import ApiError
from astral.http.field_names import check_field_names
from astral.http.fields import ChoiceField, IdField, StrictSerializer, TextField
from astral.http.forms import form_data, remove_empty_fields
from astral.http.list_field import ListField
from astral.http.pages import ActionPage, NextUrlFields
from athletes.access.protected_page import ProtectedPage
from athletes.models import Group, Membership, Organization, User
from athletes.organizations.membership import bump_organization_version
from athletes.organizations.pages.bulk_changes import (
    BulkChange,
    CoachChange,
    GroupAddition,
    GroupRemoval,
    LabelAddition,
    LabelRemoval,
)

MAX_SELECTED_ATHLETES = 200  # athletes on one page of a roster
MAX_LABEL_LENGTH = 40
REMOVE_ACTION = "take-away"


class BulkActionQuery(StrictSerializer):
    org_id = IdField(Organization.prefix, required=False, help_text="The club; default: as on the roster.")


class BulkActionRequest(NextUrlFields):
    """One form for all bulk actions; each page uses its own field."""

    athletes = ListField(child=IdField(User.prefix), max_length=MAX_SELECTED_ATHLETES)
    do = ChoiceField(["add", REMOVE_ACTION], help_text="add or take-away.")
    coach_id = IdField(User.prefix, required=False, help_text="An active coach of the club.")
    group_id = IdField(Group.prefix, required=False, help_text="A group of the club.")
    label = TextField(  # type: ignore[assignment]  # the serializer removes fields from the class
        required=False, max_length=MAX_LABEL_LENGTH, help_text="A label, such as marathon."
    )


class MissingValue(ApiError):
    """Something was not chosen. The roster shows it as a warning."""

    def __init__(self, sentence: str) -> None:
        super().__init__("MISSING_VALUE", sentence)


class BulkActionPage(ProtectedPage, ActionPage):
    """Change all chosen athletes or none: one forbidden athlete or one refused change cancels everything."""

    query_serializer_class = BulkActionQuery
    serializer_class = BulkActionRequest
    return_page = "roster-page"
    warning_class = MissingValue
    club: Organization

    def load_target(self) -> None:
        self.club = self.organization(self.parse_query().get("org_id"))

    def parse_fields(self, request: HttpRequest) -> dict[str, Any]:
        fields = remove_empty_fields(form_data(request))
        athletes = fields.pop("athletes", [])
        check_field_names(fields, BulkActionRequest._declared_fields)
        return BulkActionRequest.parse({**fields.dict(), "athletes": athletes})

    def apply_change(self, values: dict[str, Any]) -> str:
        if not values["athletes"]:
            raise MissingValue("Choose at least one athlete.")
        self.check_values(values)
        with transaction.atomic():
            # This locks the organization first, so that nobody else changes the rows that are read here.
            bump_organization_version(self.club.pk)
            members = self._load_members(values["athletes"])
            change = self.build_change(values)
            changed = sum([change.apply(member) for member in members])
        return change.describe(changed, len(members))

    def _load_members(self, athletes: Iterable[UUID]) -> Sequence[Membership]:
        """All chosen memberships, ordered by id; 403 if the viewer may not change one of them."""
        chosen = set(athletes)
        reached = self.permit.members(self.club).active().athletes().filter(user__in=chosen)
        found = list(reached.select_related("user").order_by("pk"))
        if len(found) < len(chosen):
            self.permit.get_or_forbidden(None)
        return found

    def check_values(self, values: dict[str, Any]) -> None:
        """Raises MissingValue if the value to set is missing."""
        raise NotImplementedError

    def build_change(self, values: dict[str, Any]) -> BulkChange:
        raise NotImplementedError


class AssignCoachPage(BulkActionPage):
    def check_values(self, values: dict[str, Any]) -> None:
        if "coach_id" not in values and values["do"] != REMOVE_ACTION:
            raise MissingValue("Choose a coach.")

    def build_change(self, values: dict[str, Any]) -> BulkChange:
        if values["do"] == REMOVE_ACTION:
            return CoachChange(None)
        coach = User.objects.filter(pk=values["coach_id"], memberships__organization=self.club).first()
        return CoachChange(values["coach_id"], str(coach))


class AssignGroupPage(BulkActionPage):
    def check_values(self, values: dict[str, Any]) -> None:
        if "group_id" not in values:
            raise MissingValue("Choose a group.")

    def build_change(self, values: dict[str, Any]) -> BulkChange:
        groups = Group.objects.of(self.club).filter(pk=values["group_id"])
        group = self.permit.get_or_forbidden(groups.first())
        return GroupRemoval(group) if values["do"] == REMOVE_ACTION else GroupAddition(group)


class AssignLabelPage(BulkActionPage):
    def check_values(self, values: dict[str, Any]) -> None:
        if "label" not in values:
            raise MissingValue("Write a label.")

    def build_change(self, values: dict[str, Any]) -> BulkChange:
        label = values["label"]
        return LabelRemoval(label) if values["do"] == REMOVE_ACTION else LabelAddition(label)
