"""Bulk actions on a roster: assign a coach, add to or remove from a group, add or remove a label."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from rest_framework import serializers

from astral.http.errors import ApiError
from astral.http.fields import ChoiceField, IdField, StrictSerializer, TextField, check_field_names
from astral.http.pages import NextUrlForm, form_data, remove_empty_fields, safe_redirect_url
from athletes.access.protected_page import ProtectedPage
from athletes.models import Group, Membership, Organization, User
from athletes.organizations.groups import add_to_group, remove_from_group
from athletes.organizations.membership import bump_organization_version, change_membership

MAX_ATHLETES = 200  # athletes on one page of a roster
MAX_LABELS = 20
MAX_LABEL_LENGTH = 40
TAKE_AWAY = "take-away"

# Changes one athlete; returns whether anything changed.
Change = Callable[[Membership], bool]


class SelectionAddress(StrictSerializer):
    org_id = IdField(Organization.prefix, required=False, help_text="The club; default: as on the roster.")


class SelectionForm(NextUrlForm):
    """One form for all bulk actions; each page uses its own field."""

    athletes = serializers.ListField(child=IdField(User.prefix), max_length=MAX_ATHLETES)
    do = ChoiceField(["add", TAKE_AWAY], help_text="add or take-away.")
    coach_id = IdField(User.prefix, required=False, help_text="An active coach of the club.")
    group_id = IdField(Group.prefix, required=False, help_text="A group of the club.")
    label = TextField(  # type: ignore[assignment]  # the serializer removes fields from the class
        required=False, max_length=MAX_LABEL_LENGTH, help_text="A label, such as marathon."
    )


class SelectionPage(ProtectedPage):
    """Change all chosen athletes or none: one forbidden athlete or one refused change cancels everything."""

    query_serializer_class = SelectionAddress
    field_name: ClassVar[str]
    missing_text: ClassVar[str]

    def post(self, request: HttpRequest) -> HttpResponse:
        fields = _parse_form(request)
        club = self.organization(self.parse_query().get("org_id"))
        is_removal = fields["do"] == TAKE_AWAY
        if not fields["athletes"]:
            messages.warning(request, "Choose at least one athlete.")
        elif self.field_name not in fields and not (is_removal and self.field_name == "coach_id"):
            messages.warning(request, self.missing_text)
        else:
            messages.success(request, self._change_all(club, fields, is_removal=is_removal))
        return redirect(safe_redirect_url(request, fields.get("next", ""), reverse("roster-page")))

    def _change_all(self, club: Organization, fields: dict[str, Any], *, is_removal: bool) -> str:
        with transaction.atomic():
            bump_organization_version(
                club.pk
            )  # first, so that what is read here is not changed by somebody else meanwhile
            members = self._members(club, fields["athletes"])
            change, texts = self.change(club, fields.get(self.field_name), is_removal=is_removal)
            changed = sum([change(member) for member in members])
        return format_result(texts, changed, len(members))

    def _members(self, club: Organization, athletes: Iterable[Any]) -> Sequence[Membership]:
        """All chosen memberships, ordered by id; 403 if the viewer may not change one of them."""
        wanted = set(athletes)
        reached = self.permit.members(club).active().athletes().filter(user__in=wanted)
        found = list(reached.select_related("user").order_by("pk"))
        if len(found) < len(wanted):
            self.permit.get_or_forbidden(None)
        return found

    def change(self, club: Organization, value: Any, *, is_removal: bool) -> tuple[Change, tuple[str, str]]:
        """The change for each athlete, and the texts for athletes that changed and that did not."""
        raise NotImplementedError


def _parse_form(request: HttpRequest) -> dict[str, Any]:
    fields = remove_empty_fields(form_data(request))
    athletes = fields.pop("athletes", [])
    check_field_names(fields, SelectionForm._declared_fields)
    return SelectionForm.parse({**fields.dict(), "athletes": athletes})


def format_result(texts: tuple[str, str], changed: int, total: int) -> str:
    """For example: 3 athletes added to Marathon; 1 was there already."""
    done, unchanged = texts
    left = total - changed
    first = f"{changed or 'No'} athlete{'' if changed == 1 else 's'} {done}"
    return f"{first}; {left} {'was' if left == 1 else 'were'} {unchanged}." if left else f"{first}."


class CoachPage(SelectionPage):
    field_name, missing_text = "coach_id", "Choose a coach."

    def change(self, club: Organization, value: Any, *, is_removal: bool) -> tuple[Change, tuple[str, str]]:
        coach = None if is_removal else value

        def assign(member: Membership) -> bool:
            if member.assigned_coach_id == coach:
                return False
            change_membership(member, {"assigned_coach_id": coach})
            return True

        if is_removal:
            return assign, ("now without a coach", "already without a coach")
        name = User.objects.filter(pk=value, memberships__organization=club).first()
        return assign, (f"assigned to {name}", "already assigned")


class GroupPage(SelectionPage):
    field_name, missing_text = "group_id", "Choose a group."

    def change(self, club: Organization, value: Any, *, is_removal: bool) -> tuple[Change, tuple[str, str]]:
        group = self.permit.get_or_forbidden(Group.objects.of(club).filter(pk=value).first())
        inside = set(group.members.values_list("pk", flat=True))

        def put(member: Membership) -> bool:
            (remove_from_group if is_removal else add_to_group)(group, member)
            return (member.pk in inside) == is_removal

        if is_removal:
            return put, (f"removed from {group}", "not in it")
        return put, (f"added to {group}", "already there")


class LabelPage(SelectionPage):
    field_name, missing_text = "label", "Write a label."

    def change(self, club: Organization, value: Any, *, is_removal: bool) -> tuple[Change, tuple[str, str]]:
        def label(member: Membership) -> bool:
            if (value in member.labels) != is_removal:
                return False
            others = [name for name in member.labels if name != value]
            if not is_removal and len(others) >= MAX_LABELS:
                raise ApiError(
                    "TOO_MANY_LABELS", f"{member.user} has {MAX_LABELS} labels. No athlete was changed."
                )
            change_membership(member, {"labels": others if is_removal else [*others, value]})
            return True

        if is_removal:
            return label, (f"no longer labelled “{value}”", "not labelled")
        return label, (f"labelled “{value}”", "already labelled")
