"""Pages: the checklist of a new club, and the button that closes it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from astral.http.fields import ChoiceField, IdField, StrictSerializer
from astral.http.pages import ActionPage
from athletes.access.protected_page import ProtectedPage
from athletes.models import Organization, User
from athletes.rights import MANAGE
from coaching.club_setup.steps import find_setup_club, is_server_in_use, load_setup


class SetupPageQuery(StrictSerializer):
    org_id = IdField(Organization.prefix, required=False, help_text="The club; default: the newest you lead.")
    skip_done = ChoiceField(["1"], required=False, help_text="Go on to the start page if nothing is left.")


class SetupPage(ProtectedPage):
    """The checklist. With `skip_done`, as after signing in, a complete one is closed and skipped."""

    template_name = "coaching/club_setup/start.html"
    query_serializer_class = SetupPageQuery

    def get(self, request: HttpRequest) -> HttpResponse:
        query, now = self.parse_query(), timezone.now()
        club = find_setup_club(self.person, self._find_given_club(query))
        setup = load_setup(club, now)
        if "skip_done" in query and (setup.is_complete or self._has_nothing_to_do()):
            close_setup(self.person)
            return redirect("home-page")
        return self.page(section="start", setup=setup, club=setup.club, is_closed=self.person.setup_closed_at)

    def _find_given_club(self, query: dict[str, Any]) -> Organization | None:
        if "org_id" not in query:
            return None
        reachable = Organization.objects.reached_by(self.person, MANAGE)
        return self.permit.get_or_forbidden(reachable.filter(pk=query["org_id"]).first())

    def _has_nothing_to_do(self) -> bool:
        """For staff of a server in use who lead no club."""
        return self.person.is_staff and not self.page_user.is_coach and is_server_in_use()


class SetupClosePage(ProtectedPage, ActionPage):
    return_page = "home-page"

    def apply_change(self, values: dict[str, Any]) -> str:
        close_setup(self.person)
        return "Checklist closed. You find it again under Clubs."


def close_setup(person: User) -> None:
    """Signing in leads to the checklist no more."""
    User.objects.filter(pk=person.pk, setup_closed_at=None).update(setup_closed_at=timezone.now())
