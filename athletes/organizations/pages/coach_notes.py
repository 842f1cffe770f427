"""Coaches' notes about an athlete, one text for each club; shown and edited on the athlete's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from astral.http.fields import TextField
from astral.http.pages import ActionPage, NextUrlFields
from astral.ids import encode
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.models import Athlete, Membership, Organization, User
from athletes.organizations.membership import change_membership
from athletes.organizations.serializers import MemberChanges
from athletes.rights import ANNOTATE, Viewer


@dataclass(frozen=True, slots=True)
class CoachNote:
    club: str
    org_id: str
    text: str
    action_url: str


def load_coach_notes(viewer: Viewer, athlete: Athlete) -> list[CoachNote]:
    """The notes the viewer may read: one statement. Never notes about the viewer."""
    rows = Membership.objects.reached_by(viewer, ANNOTATE).filter(user=athlete.pk).exclude(user=viewer.pk)
    found = rows.active().athletes().order_by("joined_at", "pk")
    user_id = encode(User.prefix, athlete.pk)
    return [
        CoachNote(name, org_id, text, reverse("athlete-notes-page", args=[user_id, org_id]))
        for org_id, name, text in (
            (encode(Organization.prefix, club), name, text)
            for club, name, text in found.values_list("organization_id", "organization__name", "notes")
        )
    ]


class CoachNoteRequest(NextUrlFields):
    """The members API's serializer checks the notes."""

    notes = TextField(allow_blank=True, multiline=True, help_text="Free text, for coaches only.")


class CoachNotePage(ProtectedPage, ActionPage):
    """Saves the notes, then returns to the page with the form."""

    serializer_class = CoachNoteRequest
    membership: Membership

    def load_target(self) -> None:
        user_id = parse_id(User.prefix, self.kwargs["user_id"], "user_id")
        organization = self.permit.organization(
            parse_id(Organization.prefix, self.kwargs["org_id"], "org_id")
        )
        members = self.permit.members(organization).select_related("user")
        self.membership = self.permit.get_or_forbidden(members.filter(user=user_id).first())

    def apply_change(self, values: dict[str, Any]) -> str:
        change_membership(self.membership, MemberChanges.parse({"notes": values["notes"]}))
        return f"Notes about {self.membership.user} saved."

    def build_return_url(self) -> str:
        return reverse("athlete-page", args=[self.kwargs["user_id"]])
