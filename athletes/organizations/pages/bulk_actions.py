"""Bulk actions on a roster: assign a coach, add to or remove from a group, add or remove a label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from astral.http.fields import ChoiceField, IdField, StrictSerializer, TextField, check_field_names
from astral.http.forms import form_data, remove_empty_fields
from astral.http.list_field import ListField
from astral.http.pages import NextUrlFields, safe_redirect_url
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


class BulkActionPage(ProtectedPage):
    """Change all chosen athletes or none: one forbidden athlete or one refused change cancels everything."""

    query_serializer_class = BulkActionQuery
    club: Organization

    def load_target(self) -> None:
        self.club = self.organization(self.parse_query().get("org_id"))

    def post(self, request: HttpRequest) -> HttpResponse:
        values = _parse_fields(request)
        if not values["athletes"]:
            messages.warning(request, "Choose at least one athlete.")
        elif missing := self.find_missing_value(values):
            messages.warning(request, missing)
        else:
            messages.success(request, self._apply_change(values))
        return redirect(safe_redirect_url(request, values.get("next", ""), reverse("roster-page")))

    def _apply_change(self, values: dict[str, Any]) -> str:
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

    def find_missing_value(self, values: dict[str, Any]) -> str:
        """The warning if the value to set is missing; else empty."""
        raise NotImplementedError

    def build_change(self, values: dict[str, Any]) -> BulkChange:
        raise NotImplementedError


def _parse_fields(request: HttpRequest) -> dict[str, Any]:
    fields = remove_empty_fields(form_data(request))
    athletes = fields.pop("athletes", [])
    check_field_names(fields, BulkActionRequest._declared_fields)
    return BulkActionRequest.parse({**fields.dict(), "athletes": athletes})


class AssignCoachPage(BulkActionPage):
    def find_missing_value(self, values: dict[str, Any]) -> str:
        return "" if "coach_id" in values or values["do"] == REMOVE_ACTION else "Choose a coach."

    def build_change(self, values: dict[str, Any]) -> BulkChange:
        if values["do"] == REMOVE_ACTION:
            return CoachChange(None)
        coach = User.objects.filter(pk=values["coach_id"], memberships__organization=self.club).first()
        return CoachChange(values["coach_id"], str(coach))


class AssignGroupPage(BulkActionPage):
    def find_missing_value(self, values: dict[str, Any]) -> str:
        return "" if "group_id" in values else "Choose a group."

    def build_change(self, values: dict[str, Any]) -> BulkChange:
        groups = Group.objects.of(self.club).filter(pk=values["group_id"])
        group = self.permit.get_or_forbidden(groups.first())
        return GroupRemoval(group) if values["do"] == REMOVE_ACTION else GroupAddition(group)


class AssignLabelPage(BulkActionPage):
    def find_missing_value(self, values: dict[str, Any]) -> str:
        return "" if "label" in values else "Write a label."

    def build_change(self, values: dict[str, Any]) -> BulkChange:
        label = values["label"]
        return LabelRemoval(label) if values["do"] == REMOVE_ACTION else LabelAddition(label)
