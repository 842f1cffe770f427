"""Several athletes of a roster at once: assigned to a coach, into and out of a group, with and without a label."""

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

MOST = 200  # athletes on one page of a roster
MOST_LABELS = 20
LONGEST_LABEL = 40
TAKE_AWAY = "take-away"

# Makes the change for one athlete; whether there was anything to change.
Change = Callable[[Membership], bool]


class SelectionAddress(StrictSerializer):
    org_id = IdField(
        Organization.prefix, required=False, help_text="In which club; default: as on the roster."
    )


class SelectionForm(NextUrlForm):
    """One form for all: each page asks for its own field."""

    athletes = serializers.ListField(child=IdField(User.prefix), max_length=MOST)
    do = ChoiceField(["add", TAKE_AWAY], help_text="Give it to them, or take it away.")
    coach_id = IdField(User.prefix, required=False, help_text="An active coach of the club.")
    group_id = IdField(Group.prefix, required=False, help_text="A group of the club.")
    label = TextField(  # type: ignore[assignment]  # fields are taken out of the class: no attribute is hidden
        required=False, max_length=LONGEST_LABEL, help_text="A word to find them by."
    )


class SelectionPage(ProtectedPage):
    """All or nothing: one athlete out of reach, or one change that is refused, and nobody is changed."""

    query_serializer_class = SelectionAddress
    needs: ClassVar[str]
    asks: ClassVar[str]

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = _asked(request)
        club = self.organization(self.parse_query().get("org_id"))
        taken = asked["do"] == TAKE_AWAY
        if not asked["athletes"]:
            messages.warning(request, "Choose at least one athlete.")
        elif self.needs not in asked and not (taken and self.needs == "coach_id"):
            messages.warning(request, self.asks)
        else:
            messages.success(request, self._changed(club, asked, taken=taken))
        return redirect(safe_redirect_url(request, asked.get("next", ""), reverse("roster-page")))

    def _changed(self, club: Organization, asked: dict[str, Any], *, taken: bool) -> str:
        with transaction.atomic():
            bump_organization_version(
                club.pk
            )  # first, so that what is read here is not changed by somebody else meanwhile
            members = self._members(club, asked["athletes"])
            change, words = self.change(club, asked.get(self.needs), taken=taken)
            changed = sum([change(member) for member in members])
        return told(words, changed, len(members))

    def _members(self, club: Organization, athletes: Iterable[Any]) -> Sequence[Membership]:
        """In the order of their ids, all of them in reach."""
        wanted = set(athletes)
        reached = self.permit.members(club).active().athletes().filter(user__in=wanted)
        found = list(reached.select_related("user").order_by("pk"))
        if len(found) < len(wanted):
            self.permit.get_or_forbidden(None)
        return found

    def change(self, club: Organization, value: Any, *, taken: bool) -> tuple[Change, tuple[str, str]]:
        """What is done for each, and in words what was done and what had been so already."""
        raise NotImplementedError


def _asked(request: HttpRequest) -> dict[str, Any]:
    fields = remove_empty_fields(form_data(request))
    athletes = fields.pop("athletes", [])
    check_field_names(fields, SelectionForm._declared_fields)
    return SelectionForm.parse({**fields.dict(), "athletes": athletes})


def told(words: tuple[str, str], changed: int, total: int) -> str:
    """3 athletes added to Marathon; 1 was there already."""
    done, before = words
    left = total - changed
    first = f"{changed or 'No'} athlete{'' if changed == 1 else 's'} {done}"
    return f"{first}; {left} {'was' if left == 1 else 'were'} {before}." if left else f"{first}."


class CoachPage(SelectionPage):
    needs, asks = "coach_id", "Choose a coach."

    def change(self, club: Organization, value: Any, *, taken: bool) -> tuple[Change, tuple[str, str]]:
        coach = None if taken else value

        def assign(member: Membership) -> bool:
            if member.assigned_coach_id == coach:
                return False
            change_membership(member, {"assigned_coach_id": coach})
            return True

        if taken:
            return assign, ("left without a coach", "without one already")
        name = User.objects.filter(pk=value, memberships__organization=club).first()
        return assign, (f"assigned to {name}", "assigned already")


class GroupPage(SelectionPage):
    needs, asks = "group_id", "Choose a group."

    def change(self, club: Organization, value: Any, *, taken: bool) -> tuple[Change, tuple[str, str]]:
        group = self.permit.get_or_forbidden(Group.objects.of(club).filter(pk=value).first())
        inside = set(group.members.values_list("pk", flat=True))

        def put(member: Membership) -> bool:
            (remove_from_group if taken else add_to_group)(group, member)
            return (member.pk in inside) == taken

        return put, (f"taken out of {group}", "not in it") if taken else (
            f"added to {group}",
            "there already",
        )


class LabelPage(SelectionPage):
    needs, asks = "label", "Write a label."

    def change(self, club: Organization, value: Any, *, taken: bool) -> tuple[Change, tuple[str, str]]:
        def label(member: Membership) -> bool:
            if (value in member.labels) != taken:
                return False
            others = [one for one in member.labels if one != value]
            if not taken and len(others) >= MOST_LABELS:
                raise ApiError(
                    "TOO_MANY_LABELS", f"{member.user} has {MOST_LABELS} labels. Nobody is changed."
                )
            change_membership(member, {"labels": others if taken else [*others, value]})
            return True

        if taken:
            return label, (f"without “{value}” now", "without it already")
        return label, (f"labelled “{value}”", "labelled already")
