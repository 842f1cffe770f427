"""Bulk actions on a roster: assign a coach, add to or remove from a group, add or remove a label."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from astral.http.errors import ApiError
from astral.http.fields import ChoiceField, IdField, StrictSerializer, TextField, check_field_names
from astral.http.list_field import ListField
from astral.http.pages import NextUrlForm, form_data, remove_empty_fields, safe_redirect_url
from athletes.access.protected_page import ProtectedPage
from athletes.models import Group, Membership, Organization, User
from athletes.organizations.groups import add_to_group, remove_from_group
from athletes.organizations.membership import bump_organization_version, change_membership

MAX_SELECTED_ATHLETES = 200  # athletes on one page of a roster
MAX_LABELS = 20
MAX_LABEL_LENGTH = 40
REMOVE_ACTION = "take-away"

# Changes one athlete; returns whether anything changed.
MembershipChange = Callable[[Membership], bool]


class BulkActionQuery(StrictSerializer):
    org_id = IdField(Organization.prefix, required=False, help_text="The club; default: as on the roster.")


class BulkActionForm(NextUrlForm):
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
    required_field: ClassVar[str]
    missing_field_message: ClassVar[str]

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = _parse_form(request)
        club = self.organization(self.parse_query().get("org_id"))
        taken = asked["do"] == REMOVE_ACTION
        if not asked["athletes"]:
            messages.warning(request, "Choose at least one athlete.")
        elif self.required_field not in asked and not (taken and self.required_field == "coach_id"):
            messages.warning(request, self.missing_field_message)
        else:
            messages.success(request, self._apply_change(club, asked, taken=taken))
        return redirect(safe_redirect_url(request, asked.get("next", ""), reverse("roster-page")))

    def _apply_change(self, club: Organization, asked: dict[str, Any], *, taken: bool) -> str:
        with transaction.atomic():
            bump_organization_version(
                club.pk
            )  # first, so that what is read here is not changed by somebody else meanwhile
            members = self._load_members(club, asked["athletes"])
            change, words = self.build_change(club, asked.get(self.required_field), taken=taken)
            changed = sum([change(member) for member in members])
        return describe_result(words, changed, len(members))

    def _load_members(self, club: Organization, athletes: Iterable[Any]) -> Sequence[Membership]:
        """All chosen memberships, ordered by id; 403 if the viewer may not change one of them."""
        wanted = set(athletes)
        reached = self.permit.members(club).active().athletes().filter(user__in=wanted)
        found = list(reached.select_related("user").order_by("pk"))
        if len(found) < len(wanted):
            self.permit.get_or_forbidden(None)
        return found

    def build_change(
        self, club: Organization, value: Any, *, taken: bool
    ) -> tuple[MembershipChange, tuple[str, str]]:
        """The change for each athlete, and the texts for athletes that changed and that did not."""
        raise NotImplementedError


def _parse_form(request: HttpRequest) -> dict[str, Any]:
    fields = remove_empty_fields(form_data(request))
    athletes = fields.pop("athletes", [])
    check_field_names(fields, BulkActionForm._declared_fields)
    return BulkActionForm.parse({**fields.dict(), "athletes": athletes})


def describe_result(words: tuple[str, str], changed: int, total: int) -> str:
    """For example: 3 athletes added to Marathon; 1 was there already."""
    done, before = words
    left = total - changed
    first = f"{changed or 'No'} athlete{'' if changed == 1 else 's'} {done}"
    return f"{first}; {left} {'was' if left == 1 else 'were'} {before}." if left else f"{first}."


class AssignCoachPage(BulkActionPage):
    required_field = "coach_id"
    missing_field_message = "Choose a coach."

    def build_change(
        self, club: Organization, value: Any, *, taken: bool
    ) -> tuple[MembershipChange, tuple[str, str]]:
        coach = None if taken else value

        def assign(member: Membership) -> bool:
            if member.assigned_coach_id == coach:
                return False
            change_membership(member, {"assigned_coach_id": coach})
            return True

        if taken:
            return assign, ("now without a coach", "already without a coach")
        name = User.objects.filter(pk=value, memberships__organization=club).first()
        return assign, (f"assigned to {name}", "already assigned")


class AssignGroupPage(BulkActionPage):
    required_field = "group_id"
    missing_field_message = "Choose a group."

    def build_change(
        self, club: Organization, value: Any, *, taken: bool
    ) -> tuple[MembershipChange, tuple[str, str]]:
        group = self.permit.get_or_forbidden(Group.objects.of(club).filter(pk=value).first())
        inside = set(group.members.values_list("pk", flat=True))

        def put(member: Membership) -> bool:
            (remove_from_group if taken else add_to_group)(group, member)
            return (member.pk in inside) == taken

        return put, (f"removed from {group}", "not in it") if taken else (
            f"added to {group}",
            "there already",
        )


class AssignLabelPage(BulkActionPage):
    required_field = "label"
    missing_field_message = "Write a label."

    def build_change(
        self, club: Organization, value: Any, *, taken: bool
    ) -> tuple[MembershipChange, tuple[str, str]]:
        def label(member: Membership) -> bool:
            if (value in member.labels) != taken:
                return False
            others = [name for name in member.labels if name != value]
            if not taken and len(others) >= MAX_LABELS:
                raise ApiError(
                    "TOO_MANY_LABELS", f"{member.user} has {MAX_LABELS} labels. Nobody is changed."
                )
            change_membership(member, {"labels": others if taken else [*others, value]})
            return True

        if taken:
            return label, (f"no longer labelled “{value}”", "not labelled")
        return label, (f"labelled “{value}”", "already labelled")
