"""Ranks a whole filtered roster, one short row for each athlete, and counts who needs attention.

All athletes are read, not one page: the order is known only when every priority is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from astral.dates.local_days import LocalDays
from astral.nested_rows import ColumnGroup, NestedRow
from athletes.models import Consent, Group, Membership, Organization
from athletes.models.querysets import MembershipQuerySet
from athletes.organizations.consent import load_visibilities
from athletes.rights import EVERYTHING, NOTHING, Viewer, Visibility
from athletes.search import normalize_search_text
from coaching.assessments.acknowledgements import (
    apply_acknowledgements,
    build_coach,
    find_acknowledgements,
    remove_coach_words,
)
from coaching.assessments.current import assessments_for_viewer, decode_current_assessments
from coaching.assessments.staleness import CACHE_STAMP_COLUMNS, CacheStamps, refresh_stale
from coaching.assessments.stored_facts import ASSESSMENT_COLUMNS, FORMULA_VERSION, StoredAssessment
from coaching.assessments.values import AssessmentData
from coaching.models import Acknowledgement
from coaching.profile.current_metrics import has_recent_data
from coaching.profile.summary import AcknowledgementsByAthlete, VisibilityByAthlete
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
    last_activity_at: datetime | None
    hrv_avg_ms: float | None
    resting_hr_bpm: float | None
    sort_value: Any

    def has_recent_data(self, visibility: Visibility, now: datetime) -> bool:
        """Whether the data that the viewer may see is recent."""
        readings = (self.hrv_avg_ms, self.resting_hr_bpm) if visibility.health else ()
        return has_recent_data(self.last_activity_at if visibility.activities else None, readings, now)

    @property
    def sort_name(self) -> str:
        """The shown name without case and accents."""
        return normalize_search_text(self.display_name or self.username)


class StampedRankRow(NamedTuple):
    athlete: RankRow
    stamps: CacheStamps


class AcknowledgementColumns(NamedTuple):
    athlete_id: UUID
    code: str
    severity: str
    since: date
    until: date
    reason: str


class CoachColumns(NamedTuple):
    """None if the coach's account was deleted."""

    coach_id: UUID | None
    display_name: str
    username: str


class AcknowledgedRow(NamedTuple):
    """An acknowledgement with the athlete's stored assessment."""

    acknowledgement: AcknowledgementColumns
    coach: CoachColumns
    assessment: StoredAssessment


@dataclass(frozen=True, slots=True)
class AcknowledgedAthletes:
    """Acknowledgements that may still be active, and the stored assessments of their athletes."""

    acknowledgements: Mapping[UUID, Sequence[Acknowledgement]]
    assessments: Mapping[UUID, AssessmentData]


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
    """All athletes in order. `visibilities`: only of athletes who withhold something. `reassessed`: these
    athletes, assessed without it, and those whose stored assessment is of another formula.
    `acknowledgements` has no empty entries. `without_recent_data`: athletes of whom nothing recent is known.
    """

    ids: Sequence[UUID]
    summary: RosterCounts
    without_recent_data: int
    visibilities: VisibilityByAthlete
    reassessed: Mapping[UUID, AssessmentData]
    acknowledgements: AcknowledgementsByAthlete


_RANK_COLUMNS = ColumnGroup(
    RankRow,
    renamed={
        "display_name": "user__display_name",
        "username": "user__username",
        "priority": "user__athlete__assessment__priority",
        "critical": "user__athlete__assessment__critical",
        "warning": "user__athlete__assessment__warning",
        "next_a_race": "user__athlete__assessment__next_a_race",
        **{
            name: f"user__athlete__snapshot__{name}"
            for name in ("last_activity_at", "hrv_avg_ms", "resting_hr_bpm")
        },
    },
)
_STAMPED_RANK_ROW = NestedRow(
    StampedRankRow, athlete=_RANK_COLUMNS, stamps=CACHE_STAMP_COLUMNS.under("user__athlete__")
)
_ACKNOWLEDGED_ROW = NestedRow(
    AcknowledgedRow,
    acknowledgement=ColumnGroup(AcknowledgementColumns),
    coach=ColumnGroup(
        CoachColumns, renamed={"display_name": "coach__display_name", "username": "coach__username"}
    ),
    assessment=ASSESSMENT_COLUMNS.under("athlete__"),
)


def rank_roster(
    viewer: Viewer, organization: Organization, members: MembershipQuerySet, sort: str, now: datetime
) -> RankedRoster:
    """`members`: active athletes the viewer may see; `sort`: one of SORTS, a leading `-` reverses.

    Two statements; a fixed number more for each 200 stale athletes, and if an athlete withholds data.
    """
    stamped = _load_rows(members, organization, sort)
    if stale := _find_stale(stamped, now):
        refresh_stale(stale, now)
        stamped = _load_rows(members, organization, sort)
    rows = [row.athlete for row in stamped]
    visibilities = _load_restricted(viewer, rows)
    # A process of another version may have written its formula in between: see `decode_current_assessments`.
    outdated = [row.athlete.user_id for row in stamped if row.stamps.assessment.formula != FORMULA_VERSION]
    not_ranked_as_stored = dict.fromkeys(outdated, EVERYTHING) | visibilities
    reassessed = assessments_for_viewer(not_ranked_as_stored, now)
    deleted = not_ranked_as_stored.keys() - reassessed.keys()
    rows = [row for row in rows if row.user_id not in deleted]
    acknowledged = _load_acknowledged(viewer, organization, {row.user_id for row in rows}, now)
    keys = {row.user_id: _stored_rank_key(row) for row in rows if row.user_id not in reassessed}
    for pk, assessment in {**acknowledged.assessments, **reassessed}.items():
        keys[pk] = _build_rank_key(assessment, acknowledged.acknowledgements.get(pk, ()))
    ids = [row.user_id for row in _sort_rows(rows, keys, visibilities, sort)]
    counts = _count_athletes(rows, keys.values())
    unknown = sum(not row.has_recent_data(visibilities.get(row.user_id, EVERYTHING), now) for row in rows)
    return RankedRoster(ids, counts, unknown, visibilities, reassessed, acknowledged.acknowledgements)


def _load_rows(members: MembershipQuerySet, organization: Organization, sort: str) -> list[StampedRankRow]:
    column = SORT_COLUMNS.get(sort.removeprefix("-"), "local_date")
    refusals = Consent.objects.filter(athlete=OuterRef("user_id"), organization=organization, granted=False)
    columns = members.order_by().annotate(
        withholds_data=Exists(refusals),
        is_grouped=Exists(Group.members.through.objects.filter(membership=OuterRef("pk"))),
        sort_value=F(f"user__athlete__snapshot__{column}"),
    )
    return [_STAMPED_RANK_ROW.read(values) for values in columns.values_list(*_STAMPED_RANK_ROW.columns)]


def _find_stale(rows: Iterable[StampedRankRow], now: datetime) -> list[UUID]:
    """The athletes whose stored values are stale."""
    days = LocalDays(now)
    return [
        row.athlete.user_id for row in rows if not row.stamps.is_current(days[row.stamps.athlete.timezone])
    ]


def _load_restricted(viewer: Viewer, rows: Iterable[RankRow]) -> dict[UUID, Visibility]:
    """What the viewer may see of athletes who withhold something. At most one statement."""
    ids = [row.user_id for row in rows if row.withholds_data]
    found = load_visibilities(viewer, ids) if ids else {}
    visibilities = {pk: found.get(pk, NOTHING) for pk in ids}
    return {pk: visibility for pk, visibility in visibilities.items() if visibility != EVERYTHING}


def _load_acknowledged(
    viewer: Viewer, organization: Organization, athletes: Collection[UUID], now: datetime
) -> AcknowledgedAthletes:
    """Acknowledgements of these athletes that may still be active in some time zone.

    Assessments of other athletes may be stale, so they are not decoded.
    """
    since = now.date() - timedelta(days=1)
    acknowledgements: dict[UUID, list[Acknowledgement]] = {}
    stored: dict[UUID, StoredAssessment] = {}
    members = Membership.objects.active().athletes().filter(organization=organization)
    rows = find_acknowledgements(viewer).filter(until__gte=since, athlete__in=members.values("user"))
    for values in rows.order_by("pk").values_list(*_ACKNOWLEDGED_ROW.columns):
        row = _ACKNOWLEDGED_ROW.read(values)
        pk = row.acknowledgement.athlete_id
        if pk not in athletes:
            continue
        acknowledgement = Acknowledgement(**row.acknowledgement._asdict(), coach=build_coach(*row.coach))
        acknowledgements.setdefault(pk, []).append(acknowledgement)
        stored[pk] = row.assessment
    if viewer.pk in acknowledgements:
        acknowledgements[viewer.pk] = remove_coach_words(acknowledgements[viewer.pk])
    return AcknowledgedAthletes(acknowledgements, decode_current_assessments(stored, now))


def _build_rank_key(assessment: AssessmentData, acknowledgements: Sequence[Acknowledgement]) -> RankKey:
    visible = apply_acknowledgements(assessment, acknowledgements)
    return RankKey(visible.priority, visible.urgent, visible.watch, assessment.next_a_race)


def _stored_rank_key(row: RankRow) -> RankKey:
    urgent = row.critical > 0
    return RankKey(row.priority, urgent, row.warning > 0 and not urgent, row.next_a_race)


def _sort_rows(
    rows: Iterable[RankRow], keys: Mapping[UUID, RankKey], visibilities: VisibilityByAthlete, sort: str
) -> list[RankRow]:
    """Ties are sorted by name, then id, in either direction."""
    by, is_reversed = sort.removeprefix("-"), sort.startswith("-")
    named = sorted(rows, key=lambda row: (row.sort_name, row.user_id))
    if by == "name":
        return sorted(named, key=lambda row: row.sort_name, reverse=is_reversed)
    if by == "attention":
        return sorted(named, key=lambda row: _queue_sort_key(keys[row.user_id]), reverse=is_reversed)
    # Withheld values do not sort: the position would reveal them.
    known = [
        row
        for row in named
        if row.sort_value is not None and visibilities.get(row.user_id, EVERYTHING).activities
    ]
    known_ids = {row.user_id for row in known}
    return [
        *sorted(known, key=lambda row: row.sort_value, reverse=is_reversed),
        *(row for row in named if row.user_id not in known_ids),
    ]


def _queue_sort_key(key: RankKey) -> tuple[float, int, float, float, str]:
    race = key.next_a_race
    severities = ("critical",) if key.is_urgent else ("warning",) if key.is_watched else ()
    return queue_key(key.priority, severities, race.toordinal() if race else None, None, "")


def _count_athletes(rows: Sequence[RankRow], keys: Iterable[RankKey]) -> RosterCounts:
    ranked = list(keys)
    urgent, watch = sum(key.is_urgent for key in ranked), sum(key.is_watched for key in ranked)
    return RosterCounts(len(rows), urgent + watch, urgent, watch, sum(not row.is_grouped for row in rows))
