"""Ranks a whole filtered roster, one light row for each athlete, and counts who needs attention.

All athletes are read, not one page: the order is known only when every priority is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef

from astral.dates.local_days import LocalDays
from athletes.models import Consent, Group, Membership, Organization
from athletes.models.querysets import MembershipQuerySet
from athletes.organizations.consent import load_withheld_categories
from athletes.rights import Viewer
from athletes.search import normalize_search_text
from coaching.assessments.acknowledgements import (
    AssessmentLike,
    apply_acknowledgements,
    find_acknowledgements,
)
from coaching.assessments.staleness import CACHE_STAMP_COLUMNS, CacheStamps, prefix_names, refresh_stale
from coaching.models import Acknowledgement
from coaching.profile.summary import (
    AcknowledgementsByAthlete,
    AssessmentData,
    WithheldByAthlete,
    assess_without,
)
from coaching.science.priority import queue_key

# Sort name -> column of the Snapshot. All of them are of the category "activities".
SORT_COLUMNS = {
    "load": "current_week_load",
    "distance": "week_distance_m",
    "last_activity": "last_activity_at",
}
SORTS = ("attention", "name", *SORT_COLUMNS)


class RankRow(NamedTuple):
    """One athlete. `sort_value` is None if unknown or withheld."""

    user_id: UUID
    display_name: str
    username: str
    withholds_data: bool  # withholds something from the organization
    is_grouped: bool
    priority: float
    critical: int
    warning: int
    next_a_race: date | None
    sort_value: Any
    stamps: CacheStamps

    @property
    def sort_name(self) -> str:
        """The shown name without case and accents."""
        return normalize_search_text(self.display_name or self.username)


class AcknowledgedAssessment(NamedTuple):
    """One acknowledgement with the athlete's stored assessment."""

    acknowledgement: Acknowledgement
    assessment: AssessmentData


class RankKey(NamedTuple):
    """What an athlete is ranked by, for one viewer."""

    priority: float
    is_urgent: bool
    is_watched: bool
    next_a_race: date | None


@dataclass(frozen=True, slots=True)
class RosterCounts:
    """Numbers of athletes. `urgent`: with a critical signal; `watch`: with a warning and no critical signal.
    Acknowledged signals do not count. `unassigned`: in no group.
    """

    active: int
    needing_attention: int
    urgent: int
    watch: int
    unassigned: int


@dataclass(frozen=True, slots=True)
class RankedRoster:
    """All athletes in order. `withheld` and `acknowledged` have no empty entries. `reassessed`: athletes who
    withhold something, assessed without it.
    """

    ids: Sequence[UUID]
    summary: RosterCounts
    withheld: WithheldByAthlete
    reassessed: Mapping[UUID, AssessmentData]
    acknowledged: AcknowledgementsByAthlete


def rank_roster(
    viewer: Viewer, organization: Organization, members: MembershipQuerySet, sort: str, now: datetime
) -> RankedRoster:
    """`members`: active athletes the viewer may see; `sort`: one of SORTS, a leading `-` reverses.

    Two statements; a fixed number more for each 200 stale athletes, and if an athlete withholds data.
    """
    rows, days = _load_rows(members, organization, sort), LocalDays(now)
    if behind := [row.user_id for row in rows if not row.stamps.is_current(days[row.stamps.timezone])]:
        refresh_stale(behind, now)
        rows = _load_rows(members, organization, sort)
    withheld = _load_withheld(viewer, rows)
    quieted = _load_acknowledged(viewer, organization, {row.user_id for row in rows}, now)
    acknowledged = {pk: [one.acknowledgement for one in some] for pk, some in quieted.items()}
    judged = assess_without(withheld, now)
    special = _rank_acknowledged(quieted, acknowledged) | _rank_withheld(judged, acknowledged)
    assessment = {row.user_id: special.get(row.user_id) or _stored_rank_key(row) for row in rows}
    ids = [row.user_id for row in _sort_rows(rows, assessment, withheld, sort)]
    return RankedRoster(ids, _count_athletes(rows, assessment.values()), withheld, judged, acknowledged)


def _load_rows(members: MembershipQuerySet, organization: Organization, sort: str) -> list[RankRow]:
    amount = SORT_COLUMNS.get(sort.removeprefix("-"), "local_date")
    refusals = Consent.objects.filter(athlete=OuterRef("user_id"), organization=organization, granted=False)
    told = members.order_by().annotate(
        is_reluctant=Exists(refusals),
        is_grouped=Exists(Group.members.through.objects.filter(membership=OuterRef("pk"))),
    )
    columns = told.values_list(
        "user_id", "user__display_name", "user__username", "is_reluctant", "is_grouped",
        *prefix_names(("priority", "critical", "warning", "next_a_race"), "user__athlete__assessment__"),
        f"user__athlete__snapshot__{amount}",
        *prefix_names(CACHE_STAMP_COLUMNS, "user__athlete__"),
    )  # fmt: skip
    return [RankRow._make((*row[:10], CacheStamps._make(row[10:]))) for row in columns]


def _load_withheld(viewer: Viewer, rows: Iterable[RankRow]) -> dict[UUID, Sequence[str]]:
    """Withheld categories by athlete. Athletes who share everything with this organization are omitted."""
    reluctant = [row.user_id for row in rows if row.withholds_data]
    found = load_withheld_categories(viewer, reluctant) if reluctant else {}
    return {pk: categories for pk, categories in found.items() if categories}


def _load_acknowledged(
    viewer: Viewer, organization: Organization, athletes: Collection[UUID], now: datetime
) -> dict[UUID, list[AcknowledgedAssessment]]:
    """Acknowledgements of these athletes that may still be active in some time zone."""
    since = now.date() - timedelta(days=1)
    found: dict[UUID, list[AcknowledgedAssessment]] = {}
    members = Membership.objects.active().athletes().filter(organization=organization)
    rows = find_acknowledgements(viewer).filter(until__gte=since, athlete__in=members.values("user"))
    for athlete, code, severity, begun, until, *assessment in rows.order_by("pk").values_list(
        "athlete", "code", "severity", "since", "until",
        *prefix_names(AssessmentData._fields, "athlete__assessment__"),
    ):  # fmt: skip
        if athlete in athletes:
            one = Acknowledgement(athlete_id=athlete, code=code, severity=severity, since=begun, until=until)
            found.setdefault(athlete, []).append(AcknowledgedAssessment(one, AssessmentData(*assessment)))
    return found


def _rank_acknowledged(
    quieted: Mapping[UUID, Sequence[AcknowledgedAssessment]], acknowledged: AcknowledgementsByAthlete
) -> dict[UUID, RankKey]:
    return {pk: _build_rank_key(some[0].assessment, acknowledged[pk]) for pk, some in quieted.items()}


def _rank_withheld(
    judged: Mapping[UUID, AssessmentData], acknowledged: AcknowledgementsByAthlete
) -> dict[UUID, RankKey]:
    return {pk: _build_rank_key(one, acknowledged.get(pk, ())) for pk, one in judged.items()}


def _build_rank_key(judged: AssessmentLike, acknowledged: Sequence[Acknowledgement]) -> RankKey:
    one = apply_acknowledgements(judged, acknowledged)
    return RankKey(one.priority, one.urgent, one.watch, judged.next_a_race)


def _stored_rank_key(row: RankRow) -> RankKey:
    urgent = row.critical > 0
    return RankKey(row.priority, urgent, row.warning > 0 and not urgent, row.next_a_race)


def _sort_rows(
    rows: Iterable[RankRow], assessment: Mapping[UUID, RankKey], withheld: WithheldByAthlete, sort: str
) -> list[RankRow]:
    """Ties are sorted by name, then id, in either direction."""
    by, backwards = sort.removeprefix("-"), sort.startswith("-")
    named = sorted(rows, key=lambda row: (row.sort_name, row.user_id))
    if by == "name":
        return sorted(named, key=lambda row: row.sort_name, reverse=backwards)
    if by == "attention":
        return sorted(named, key=lambda row: _queue_sort_key(assessment[row.user_id]), reverse=backwards)
    # Withheld values do not sort: the position would reveal them.
    known = [
        row
        for row in named
        if row.sort_value is not None and "activities" not in withheld.get(row.user_id, ())
    ]
    found = {row.user_id for row in known}
    return [
        *sorted(known, key=lambda row: row.sort_value, reverse=backwards),
        *(row for row in named if row.user_id not in found),
    ]


def _queue_sort_key(one: RankKey) -> tuple[float, int, float, float, str]:
    race = one.next_a_race
    severities = ("critical",) if one.is_urgent else ("warning",) if one.is_watched else ()
    return queue_key(one.priority, severities, race.toordinal() if race else None, None, "")


def _count_athletes(rows: Sequence[RankRow], assessment: Iterable[RankKey]) -> RosterCounts:
    told = list(assessment)
    urgent, watch = sum(one.is_urgent for one in told), sum(one.is_watched for one in told)
    return RosterCounts(len(rows), urgent + watch, urgent, watch, sum(not row.is_grouped for row in rows))
