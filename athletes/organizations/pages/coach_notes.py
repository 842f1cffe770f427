"""Coaches' notes about an athlete, one text for each club; shown and edited on the athlete's page."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from astral.http.fields import TextField
from astral.http.forms import form_data
from astral.http.pages import NextUrlFields, safe_redirect_url
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


class CoachNoteForm(NextUrlFields):
    """The members API's serializer checks the notes."""

    notes = TextField(allow_blank=True, multiline=True, help_text="Free text, for coaches only.")


class CoachNotePage(ProtectedPage):
    """Saves the notes, then returns to the page with the form."""

    def post(self, request: HttpRequest, user_id: str, org_id: str) -> HttpResponse:
        asked = CoachNoteForm.parse(form_data(request))
        organization = self.permit.organization(parse_id(Organization.prefix, org_id, "org_id"))
        members = self.permit.members(organization).select_related("user")
        membership = self.permit.get_or_forbidden(
            members.filter(user=parse_id(User.prefix, user_id, "user_id")).first()
        )
        change_membership(membership, MemberChanges.parse({"notes": asked["notes"]}))
        messages.success(request, f"Notes about {membership.user} saved.")
        return redirect(
            safe_redirect_url(request, asked.get("next", ""), reverse("athlete-page", args=[user_id]))
        )
