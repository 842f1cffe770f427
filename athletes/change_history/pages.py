"""Pages: the change history in Settings, and that of a club."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from athletes.access.protected_page import ProtectedPage
from athletes.change_history.lines import build_history_lines
from athletes.change_history.queries import (
    filter_changes,
    find_changes_about,
    find_names_limit,
    find_organization_changes,
    note_shown_changes,
)
from athletes.change_history.serializers import ChangesPageQuery
from athletes.changes.tracked_kinds import load_tracked_kinds
from athletes.models import Organization
from athletes.models.changes import ChangeEntryQuerySet
from athletes.organizations.pages.organizations import OrganizationPage

LINES_PER_PAGE = 50
# What a club's history can have, in the order of the list.
CLUB_KINDS = ("membership", "consent", "organization", "plan", "plan_instance")


class HistoryPageBase(ProtectedPage):
    query_serializer_class = ChangesPageQuery

    def render_history(
        self, entries: ChangeEntryQuerySet, names_limit: Organization | None = None, **context: Any
    ) -> HttpResponse:
        """One page of lines: newest first."""
        query = self.parse_query()
        first = (query["page"] - 1) * LINES_PER_PAGE
        found = filter_changes(entries, query, self.page_user.zone)
        rows = list(found[first : first + LINES_PER_PAGE + 1])
        shown = rows[:LINES_PER_PAGE]
        note_shown_changes(self.permit, shown)
        return self.page(
            lines=build_history_lines(shown, names_limit),
            months=settings.CHANGE_HISTORY_MONTHS,
            query=self.given().dict(),
            newer=self._build_page_url(query["page"] - 1) if query["page"] > 1 else "",
            older=self._build_page_url(query["page"] + 1) if len(rows) > LINES_PER_PAGE else "",
            **context,
        )

    def _build_page_url(self, number: int) -> str:
        return f"{self.request.path}?{urlencode(self.given().dict() | {'page': number})}"


class OwnHistoryPage(HistoryPageBase):
    template_name = "athletes/change_history/own_history.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        kinds = [(kind.name, kind.label) for kind in load_tracked_kinds().values() if kind.fields]
        return self.render_history(find_changes_about(self.person.pk), kinds=kinds)


class OrganizationHistoryPage(OrganizationPage, HistoryPageBase):
    template_name = "athletes/change_history/club_history.html"
    club: Organization

    def load_target(self) -> None:
        self.club = self.organization(self.parse_query().get("org_id"))

    def get(self, request: HttpRequest) -> HttpResponse:
        entries = find_organization_changes(self.club, self.permit.viewer)
        kinds = [(name, load_tracked_kinds()[name].label) for name in CLUB_KINDS]
        limit = find_names_limit(self.club, self.permit.viewer)
        return self.render_history(entries, limit, club=self.club, kinds=kinds, section="club")
