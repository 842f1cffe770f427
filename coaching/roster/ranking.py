"""The whole of a filtered roster, one light row an athlete: who comes first, and how many need a look.

Everybody is looked at, not the page alone, because nobody knows who is on it before all are judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from astral.local_days import LocalDays
from athletes.access.viewer_queries import ViewerQuery
from athletes.models import Consent, Group, Membership, Organization
from athletes.models.querysets import MembershipQuerySet
from athletes.organizations.consent import withheld_from
from athletes.rights import Viewer
from athletes.search import normalize_search_text
from coaching.assessments.acknowledgements import Judged, acknowledged_for, told
from coaching.assessments.staleness import STAMPS, Stamps, lookups, renew_behind
from coaching.models import Acknowledgement
from coaching.profile.summary import Acknowledged, Judgement, Withheld, judged_without
from coaching.science.priority import queue_key

# By what a roster is sorted: the column of the Snapshot, which tells of the training.
SORTED_BY = {"load": "current_week_load", "distance": "week_distance_m", "last_activity": "last_activity_at"}
SORTS = ("attention", "name", *SORTED_BY)


class Row(NamedTuple):
    """One athlete; `amount` is what is sorted by, None where it is not known or withheld."""

    user_id: UUID
    display_name: str
    username: str
    is_reluctant: bool  # withholds something from the organization
    is_grouped: bool
    priority: float
    critical: int
    warning: int
    next_a_race: date | None
    amount: Any
    stamps: Stamps

    @property
    def spelling(self) -> str:
        """The name for sorting."""
        return normalize_search_text(self.display_name or self.username)


class Quieted(NamedTuple):
    """What has been acknowledged of an athlete, and how the athlete stands."""

    acknowledgement: Acknowledgement
    judgement: Judgement


class Urgency(NamedTuple):
    """How an athlete stands, told to this viewer."""

    priority: float
    is_urgent: bool
    is_watched: bool
    next_a_race: date | None


@dataclass(frozen=True, slots=True)
class Summary:
    """How many athletes; `urgent` with a critical signal, `watch` with a warning and no critical one, nothing that
    is acknowledged counted; `unassigned` in no group."""

    active: int
    needing_attention: int
    urgent: int
    watch: int
    unassigned: int


@dataclass(frozen=True, slots=True)
class Census:
    """Everybody, in order. `withheld` and `acknowledged` have only those of whom there is any; `judged` are those
    who withhold something, judged without it."""

    ids: Sequence[UUID]
    summary: Summary
    withheld: Withheld
    judged: Mapping[UUID, Judgement]
    acknowledged: Acknowledged


def census(
    viewer: Viewer, organization: Organization, members: MembershipQuerySet, sort: str, now: datetime
) -> Census:
    """`members`: active athletes of the organization whom the viewer may see; `sort`: one of SORTS, `-` reverses.

    Two statements; a fixed number more for each 200 to renew, and where somebody withholds something.
    """
    rows, days = _rows(members, organization, sort), LocalDays(now)
    if behind := [row.user_id for row in rows if not row.stamps.is_current(days[row.stamps.timezone])]:
        renew_behind(behind, now)
        rows = _rows(members, organization, sort)
    withheld = _withheld(viewer, rows)
    quieted = _quieted(viewer, organization, {row.user_id for row in rows}, now)
    acknowledged = {pk: [one.acknowledgement for one in some] for pk, some in quieted.items()}
    judged = judged_without(withheld, now)
    special = _acknowledged_told(quieted, acknowledged) | _withheld_told(judged, acknowledged)
    assessment = {row.user_id: special.get(row.user_id) or _as_kept(row) for row in rows}
    ids = [row.user_id for row in _ordered(rows, assessment, withheld, sort)]
    return Census(ids, _summary(rows, assessment.values()), withheld, judged, acknowledged)


def _rows(members: MembershipQuerySet, organization: Organization, sort: str) -> list[Row]:
    amount = SORTED_BY.get(sort.removeprefix("-"), "local_date")
    refusals = Consent.objects.filter(athlete=OuterRef("user_id"), organization=organization, granted=False)
    told = members.order_by().annotate(
        is_reluctant=Exists(refusals),
        is_grouped=Exists(Group.members.through.objects.filter(membership=OuterRef("pk"))),
    )
    columns = told.values_list(
        "user_id", "user__display_name", "user__username", "is_reluctant", "is_grouped",
        *lookups(("priority", "critical", "warning", "next_a_race"), "user__athlete__assessment__"),
        f"user__athlete__snapshot__{amount}",
        *lookups(STAMPS, "user__athlete__"),
    )  # fmt: skip
    return [Row._make((*row[:10], Stamps._make(row[10:]))) for row in columns]


def _withheld(viewer: Viewer, rows: Iterable[Row]) -> dict[UUID, Sequence[str]]:
    """Who refuses this organization nothing withholds nothing: it is one that joins them to the viewer."""
    reluctant = [row.user_id for row in rows if row.is_reluctant]
    found = withheld_from(viewer, reluctant) if reluctant else {}
    return {pk: categories for pk, categories in found.items() if categories}


def _quieted(
    viewer: Viewer, organization: Organization, athletes: Collection[UUID], now: datetime
) -> dict[UUID, list[Quieted]]:
    """Of these athletes; an acknowledgement that ended yesterday, wherever that is, quiets nothing."""
    since = now.date() - timedelta(days=1)
    found: dict[UUID, list[Quieted]] = {}
    for athlete, code, severity, begun, until, *assessment in _LASTING.rows(
        viewer, club=organization.pk, since=since
    ):
        if athlete in athletes:
            one = Acknowledgement(athlete_id=athlete, code=code, severity=severity, since=begun, until=until)
            found.setdefault(athlete, []).append(Quieted(one, Judgement(*assessment)))
    return found


def _lasting(viewer: Viewer, club: UUID, since: date) -> QuerySet[Any, Any]:
    """Of the organization's athletes, with the assessment of each."""
    here = Membership.objects.active().athletes().filter(organization=club)
    theirs = acknowledged_for(viewer).filter(until__gte=since, athlete__in=here.values("user")).order_by("pk")
    return theirs.values_list(
        "athlete", "code", "severity", "since", "until", *lookups(Judgement._fields, "athlete__assessment__")
    )


_LASTING = ViewerQuery(_lasting, club=UUID(int=2), since=date.max)


def _acknowledged_told(
    quieted: Mapping[UUID, Sequence[Quieted]], acknowledged: Acknowledged
) -> dict[UUID, Urgency]:
    return {pk: _urgency(some[0].judgement, acknowledged[pk]) for pk, some in quieted.items()}


def _withheld_told(judged: Mapping[UUID, Judgement], acknowledged: Acknowledged) -> dict[UUID, Urgency]:
    return {pk: _urgency(one, acknowledged.get(pk, ())) for pk, one in judged.items()}


def _urgency(judged: Judged, acknowledged: Sequence[Acknowledgement]) -> Urgency:
    one = told(judged, acknowledged)
    return Urgency(one.priority, one.urgent, one.watch, judged.next_a_race)


def _as_kept(row: Row) -> Urgency:
    urgent = row.critical > 0
    return Urgency(row.priority, urgent, row.warning > 0 and not urgent, row.next_a_race)


def _ordered(
    rows: Iterable[Row], assessment: Mapping[UUID, Urgency], withheld: Withheld, sort: str
) -> list[Row]:
    """Equal ones by name, then id, whichever way the rest is sorted."""
    by, backwards = sort.removeprefix("-"), sort.startswith("-")
    named = sorted(rows, key=lambda row: (row.spelling, row.user_id))
    if by == "name":
        return sorted(named, key=lambda row: row.spelling, reverse=backwards)
    if by == "attention":
        return sorted(named, key=lambda row: _queue_key(assessment[row.user_id]), reverse=backwards)
    # What is withheld orders nothing: its place would tell it.
    known = [
        row for row in named if row.amount is not None and "activities" not in withheld.get(row.user_id, ())
    ]
    found = {row.user_id for row in known}
    return [
        *sorted(known, key=lambda row: row.amount, reverse=backwards),
        *(row for row in named if row.user_id not in found),
    ]


def _queue_key(one: Urgency) -> tuple[float, int, float, float, str]:
    race = one.next_a_race
    severities = ("critical",) if one.is_urgent else ("warning",) if one.is_watched else ()
    return queue_key(one.priority, severities, race.toordinal() if race else None, None, "")


def _summary(rows: Sequence[Row], assessment: Iterable[Urgency]) -> Summary:
    told = list(assessment)
    urgent, watch = sum(one.is_urgent for one in told), sum(one.is_watched for one in told)
    return Summary(len(rows), urgent + watch, urgent, watch, sum(not row.is_grouped for row in rows))
