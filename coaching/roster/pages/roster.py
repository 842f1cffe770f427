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
from athletes.organizations.pages.choices import (
    RosterChoices,
    RosterPermissions,
    load_roster_choices,
    roster_permissions,
)
from athletes.organizations.pages.organizations import OrganizationPage
from coaching.assessments.acknowledgements import find_acknowledgements
from coaching.comments.unread import count_unread_by_athlete
from coaching.profile.pages.action_links import ActionRights
from coaching.profile.pages.signals import SignalsViewer
from coaching.roster.pages.attention_queue import AttentionQueue, build_attention_queue
from coaching.roster.pages.columns import choose_columns
from coaching.roster.pages.query import (
    ROSTER_PARAMETERS,
    SORT_LABELS,
    WHOLE_QUEUE,
    RosterQuery,
    list_page_sizes,
    parse_roster_query,
)
from coaching.roster.pages.table import RosterTableRow, build_table_rows, load_absence_texts
from coaching.roster.roster import Roster, RosterAthlete, load_roster
from coaching.roster.saved_views.store import list_views
from coaching.roster.week_distances import load_week_distances
from coaching.science.priority import ACKNOWLEDGED_MAX_D

QUEUE_LENGTH = 10  # athletes in the short queue
QUEUE_READ_SIZE, MAX_QUEUE_READ_SIZE = 50, 200  # athletes read for the short queue, for the whole queue


class RosterPageBase(OrganizationPage):
    """Base of the roster page and its CSV download."""

    def parameters(self) -> Iterable[str]:
        return ROSTER_PARAMETERS

    def parse_roster_request(self) -> tuple[RosterQuery, Organization, MembershipQuerySet]:
        """The query, the club, and its active athletes the viewer may see, not filtered yet."""
        question = parse_roster_query(self.request, self.given())
        club = self.organization(question.parameters.get("org_id"))
        return question, club, self.permit.members(club).active().athletes()

    def check_group(self, question: RosterQuery, offered: RosterChoices) -> None:
        """403 for a group that is not of this club, whether or not it exists."""
        group = question.filter_values["group_id"]
        if group and group not in [choice.pk for choice in offered.groups]:
            self.permit.get_or_forbidden(None)


class RosterPage(RosterPageBase):
    template_name = "coaching/roster/roster.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        question, club, all_members = self.parse_roster_request()
        offered = load_roster_choices(club, all_members, self.person)
        self.check_group(question, offered)
        members = question.filters.filter_queryset(all_members)
        page, size, sort = (question.parameters[name] for name in ("page", "page_size", "sort"))
        found = load_roster(self.person, club, members, now, sort=sort, page=page, page_size=size)
        queued = self._load_queue_athletes(question, found, members, now) if page == 1 else ()
        summaries = {
            athlete.summary.person.user_id: athlete.summary for athlete in (*found.athletes, *queued)
        }
        self.permit.note_shown(summaries, {pk: summary.visibility for pk, summary in summaries.items()})
        absent = load_absence_texts(summaries.values())
        may = roster_permissions(self.page_user, self.person, club)
        unread = count_unread_by_athlete(self.person, now)
        view_name = question.parameters.get("view", "")
        columns = choose_columns(list_views(self.person), club, question.path, view_name)
        return self.page(
            section="roster",
            club=club,
            found=found,
            columns=columns,
            table=self._build_table(found, offered, absent, unread, columns.numbers),
            unread=sum(unread.values()),
            queue=self._build_queue(question, queued, absent, may) if page == 1 else None,
            athletes=all_members.count() if question.is_filtered else found.total,
            offered=offered,
            may=may,
            may_annotate=may.annotate,
            **_build_controls(question, found),
            **self._build_organization_context(club),
        )

    def _build_table(
        self,
        found: Roster,
        offered: RosterChoices,
        absent: Mapping[UUID, str],
        unread: Mapping[UUID, int],
        numbers: Sequence[str],
    ) -> list[RosterTableRow]:
        distances = load_week_distances(athlete.summary for athlete in found.athletes)
        return build_table_rows(
            found.athletes,
            distances,
            {coach.pk: coach.name for coach in offered.coaches},
            absent,
            unread,
            self.page_user.units,
            numbers,
        )

    def _build_queue(
        self,
        question: RosterQuery,
        queued: Sequence[RosterAthlete],
        absent: Mapping[UUID, str],
        may: RosterPermissions,
    ) -> AttentionQueue:
        viewer = SignalsViewer(self.person.pk, self.page_user.units, ActionRights(may.record, may.record))
        length = MAX_QUEUE_READ_SIZE if question.whole_queue else QUEUE_LENGTH
        return build_attention_queue(queued, length, absent, viewer, question)

    def _load_queue_athletes(
        self, question: RosterQuery, found: Roster, members: MembershipQuerySet, now: datetime
    ) -> Sequence[RosterAthlete]:
        """The athletes of the page if it is sorted by attention; otherwise reads another roster.

        Athletes who keep their place come last if they are no longer among the first.
        """
        read_size = MAX_QUEUE_READ_SIZE if question.whole_queue else QUEUE_READ_SIZE
        in_order = question.parameters["sort"] == "attention"
        if not (in_order and len(found.athletes) >= min(read_size, found.total)):
            candidates = _filter_queue_candidates(self.person, members, found.organization)
            found = load_roster(self.person, found.organization, candidates, now, page_size=read_size)
        kept_ids = {place.user_id for place in question.kept_places}
        missing = kept_ids - {athlete.summary.person.user_id for athlete in found.athletes}
        if not missing:
            return found.athletes
        kept = load_roster(self.person, found.organization, members.filter(user__in=missing), now)
        return [*found.athletes, *kept.athletes]

    def _build_organization_context(self, club: Organization) -> dict[str, Any]:
        """URLs carry `org_id` if the viewer can choose between clubs."""
        several = len(self.page_user.coaches) > 1 or self.person.is_staff
        return {"org_id": club.public_id if several else ""}


def _filter_queue_candidates(
    viewer: User, members: MembershipQuerySet, club: Organization
) -> MembershipQuerySet:
    """Members who may be in the queue: with a severe or acknowledged signal, or withheld data."""
    refusals = Consent.objects.filter(athlete=OuterRef("user_id"), organization=club, granted=False)
    acknowledged = find_acknowledgements(viewer).filter(athlete=OuterRef("user_id"))
    has_severe_signal = Q(user__athlete__assessment__critical__gt=0) | Q(
        user__athlete__assessment__warning__gt=0
    )
    return members.filter(has_severe_signal | Q(Exists(refusals)) | Q(Exists(acknowledged)))


def _build_controls(question: RosterQuery, found: Roster) -> dict[str, Any]:
    """Template context: chosen form values and link targets."""
    page, size = question.parameters["page"], question.parameters["page_size"]
    first = (page - 1) * size + 1
    return {
        "query": question,
        "sort": question.parameters["sort"],
        "page_size": size,
        "sort_words": SORT_LABELS,
        "page_sizes": list_page_sizes(size),
        "here": question.url_with(page=str(page)) if page > 1 else question.url_with(),
        "first": first,
        "last": first + len(found.athletes) - 1,
        "total": found.total,
        "previous": question.url_with(page=str(page - 1)) if page > 1 else "",
        "next": question.url_with(page=str(page + 1)) if page * size < found.total else "",
        "to_everybody": question.url_with("search", "group_id", "label", "my_athletes", "unassigned_only"),
        "to_mine": question.url_with("unassigned_only", my_athletes="1"),
        "to_ungrouped": question.url_with("my_athletes", "group_id", unassigned_only="1"),
        "to_all": question.url_with("my_athletes", "unassigned_only"),
        "to_whole_queue": question.url_with(queue=WHOLE_QUEUE),
        "to_short_queue": question.url_with("queue"),
        "to_queue": question.url_with(),
        "to_csv": question.url_with("page_size", "queue", path=reverse("roster-csv-page")),
        "quiet_days": range(1, ACKNOWLEDGED_MAX_D + 1),
    }
