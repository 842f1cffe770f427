"""The roster page: who needs attention and why, then all athletes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from athletes.models import Consent, Organization, User
from athletes.models.querysets import MembershipQuerySet
from athletes.organizations.pages.choices import RosterChoices, load_choices, roster_permissions
from athletes.organizations.pages.organizations import OrganizationPage
from coaching.assessments.acknowledgements import find_acknowledgements
from coaching.roster.pages.attention_queue import build_attention_queue
from coaching.roster.pages.query import (
    EVERYBODY,
    PARAMETERS,
    SORT_WORDS,
    RosterQuery,
    list_page_sizes,
    parse_roster_query,
)
from coaching.roster.pages.table import TableRow, build_table_rows, format_absences
from coaching.roster.roster import Roster, RosterAthlete, load_roster
from coaching.roster.week_distances import load_week_distances
from coaching.science.priority import ACKNOWLEDGED_MAX_D

QUEUE_SHOWN = 10  # athletes in the short queue
QUEUE_BATCH, QUEUE_MAX = 50, 200  # athletes read for the short queue, and for the whole one


class RosterPageBase(OrganizationPage):
    """Base of the roster page and its CSV download."""

    def parameters(self) -> Iterable[str]:
        return PARAMETERS

    def parse_roster(self) -> tuple[RosterQuery, Organization, MembershipQuerySet]:
        """The query, the club, and its active athletes the viewer may see, not filtered yet."""
        query = parse_roster_query(self.request, self.given())
        club = self.organization(query.parameters.get("org_id"))
        return query, club, self.permit.members(club).active().athletes()

    def check_group(self, query: RosterQuery, offered: RosterChoices) -> None:
        """403 for a group that is not of this club, whether or not it exists."""
        group = query.chosen["group_id"]
        if group and group not in [one.pk for one in offered.groups]:
            self.permit.get_or_forbidden(None)


class RosterPage(RosterPageBase):
    template_name = "coaching/roster/roster.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        query, club, reachable = self.parse_roster()
        offered = load_choices(club, reachable, self.person)
        self.check_group(query, offered)
        members = query.filters.filter_queryset(reachable)
        page, size, sort = (query.parameters[name] for name in ("page", "page_size", "sort"))
        roster = load_roster(self.person, club, members, now, sort=sort, page=page, page_size=size)
        queued = self._load_queue_athletes(query, roster, members, now) if page == 1 else ()
        absent = format_absences(
            {one.summary.person.user_id: one.summary for one in (*roster.athletes, *queued)}.values()
        )
        return self.page(
            section="roster",
            club=club,
            roster=roster,
            table=self._table(roster, offered, absent),
            queue=build_attention_queue(queued, QUEUE_MAX if query.whole_queue else QUEUE_SHOWN, absent)
            if page == 1
            else None,
            athletes=reachable.count() if query.is_filtered else roster.total,
            offered=offered,
            may=roster_permissions(self.page_user, self.person, club),
            **_controls(query, roster),
            **self._organization_parameter(club),
        )

    def _table(self, roster: Roster, offered: RosterChoices, absent: Mapping[UUID, str]) -> list[TableRow]:
        distances = load_week_distances(one.summary for one in roster.athletes)
        return build_table_rows(
            roster.athletes,
            distances,
            {one.pk: one.name for one in offered.coaches},
            absent,
            self.page_user.units,
        )

    def _load_queue_athletes(
        self, query: RosterQuery, roster: Roster, members: MembershipQuerySet, now: datetime
    ) -> Sequence[RosterAthlete]:
        """The athletes of the page if it is sorted by attention; otherwise reads another roster."""
        wanted = QUEUE_MAX if query.whole_queue else QUEUE_BATCH
        in_order = query.parameters["sort"] == "attention"
        if not (in_order and len(roster.athletes) >= min(wanted, roster.total)):
            candidates = _queue_candidates(self.person, members, roster.organization)
            roster = load_roster(self.person, roster.organization, candidates, now, page_size=wanted)
        return roster.athletes

    def _organization_parameter(self, club: Organization) -> dict[str, Any]:
        """URLs carry `org_id` if the viewer can choose between clubs."""
        several = len(self.page_user.coaches) > 1 or self.person.is_staff
        return {"org_id": club.public_id if several else ""}


def _queue_candidates(viewer: User, members: MembershipQuerySet, club: Organization) -> MembershipQuerySet:
    """Members who may be in the queue: with a severe or acknowledged signal, or withheld data."""
    refusals = Consent.objects.filter(athlete=OuterRef("user_id"), organization=club, granted=False)
    acknowledged = find_acknowledgements(viewer).filter(athlete=OuterRef("user_id"))
    grave = Q(user__athlete__assessment__critical__gt=0) | Q(user__athlete__assessment__warning__gt=0)
    return members.filter(grave | Q(Exists(refusals)) | Q(Exists(acknowledged)))


def _controls(query: RosterQuery, roster: Roster) -> dict[str, Any]:
    """Template context: chosen form values and link targets."""
    page, size = query.parameters["page"], query.parameters["page_size"]
    first = (page - 1) * size + 1
    return {
        "query": query,
        "sort": query.parameters["sort"],
        "page_size": size,
        "sort_words": SORT_WORDS,
        "page_sizes": list_page_sizes(size),
        "here": query.url_with(page=str(page)) if page > 1 else query.url_with(),
        "first": first,
        "last": first + len(roster.athletes) - 1,
        "total": roster.total,
        "previous": query.url_with(page=str(page - 1)) if page > 1 else "",
        "next": query.url_with(page=str(page + 1)) if page * size < roster.total else "",
        "to_everybody": query.url_with("search", "group_id", "label", "my_athletes", "unassigned_only"),
        "to_mine": query.url_with("unassigned_only", my_athletes="1"),
        "to_ungrouped": query.url_with("my_athletes", "group_id", unassigned_only="1"),
        "to_all": query.url_with("my_athletes", "unassigned_only"),
        "to_whole_queue": query.url_with(queue=EVERYBODY),
        "to_short_queue": query.url_with("queue"),
        "to_queue": query.url_with(),
        "to_csv": query.url_with("page_size", "queue", path=reverse("roster-csv-page")),
        "quiet_days": range(1, ACKNOWLEDGED_MAX_D + 1),
    }
