"""Training of a group: weekly sums, and this and last week of each athlete.

A week is the ISO week in each athlete's time zone, so the group's sums equal those of its athletes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from astral.dates.local_days import LocalDays
from astral.ids import encode
from astral.nested_rows import ColumnGroup
from athletes.models import User
from athletes.models.querysets import MembershipQuerySet
from athletes.organizations.consent import load_visibilities
from athletes.rights import NOTHING, Viewer
from athletes.search import normalize_search_text
from metrics.buckets import NO_PERIOD, Window, build_days_window, get_period_start

WEEK = timedelta(days=7)

# Reads one range of the index `activity_statistics` for each athlete; columns as in `WeekTotals`. Without
# OFFSET 0, PostgreSQL would parse the edges again for each activity.
WEEK_TOTALS_SQL = """
SELECT athlete.id, width_bucket(date_part('epoch', done.started_at), athlete.edges) AS piece,
       count(*), sum(done.duration_s), coalesce(sum(done.training_load), 0),
       count(*) FILTER (WHERE done.activity_type = 'run'),
       coalesce(sum(done.distance_m) FILTER (WHERE done.activity_type = 'run'), 0)
  FROM (SELECT id, edges::float8[], start, until
          FROM unnest(%(ids)s::uuid[], %(edges)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
               AS given(id, edges, start, until) OFFSET 0) AS athlete
  JOIN metrics_activity AS done ON done.athlete_id = athlete.id
   AND done.started_at >= athlete.start AND done.started_at < athlete.until
 GROUP BY athlete.id, piece
"""

# Reads the same index from its newest end, up to the first run.
LAST_RUNS_SQL = """
SELECT athlete.id, last.started_at
  FROM unnest(%(ids)s::uuid[]) AS athlete(id)
 CROSS JOIN LATERAL (SELECT run.started_at FROM metrics_activity AS run
                      WHERE run.athlete_id = athlete.id AND run.activity_type = 'run'
                      ORDER BY run.started_at DESC LIMIT 1) AS last
"""


class WeekTotals(NamedTuple):
    """Weekly sums: number, seconds and load of all activities; number and metres of runs."""

    activity_count: int = 0
    duration_s: float = 0.0
    training_load: float = 0.0
    run_count: int = 0
    run_distance_m: float = 0.0


class AthleteWeeks(NamedTuple):
    """This week, last week, and the date of the last run (None without one), in the athlete's zone."""

    this_week: WeekTotals
    last_week: WeekTotals
    last_run: date | None


@dataclass(frozen=True, slots=True)
class GroupAthlete:
    """`training_weeks` is None if activities are not shared with the viewer."""

    user_id: UUID
    name: str
    assigned_coach_id: UUID | None
    today: date
    training_weeks: AthleteWeeks | None

    @property
    def public_id(self) -> str:
        return encode(User.prefix, self.user_id)


@dataclass(frozen=True, slots=True)
class GroupWeeks:
    """`athletes` by name; `weeks`: one for each Monday, sums over athletes who share activities.

    The last Monday is the latest of any athlete; where it is still Sunday, that week is empty.
    """

    mondays: Sequence[date]
    weeks: Sequence[WeekTotals]
    athletes: Sequence[GroupAthlete]


class _Member(NamedTuple):
    user_id: UUID
    display_name: str
    username: str
    timezone: str
    assigned_coach_id: UUID | None

    @property
    def name(self) -> str:
        return self.display_name or self.username


_MEMBER_COLUMNS = ColumnGroup(
    _Member,
    renamed={
        "display_name": "user__display_name",
        "username": "user__username",
        "timezone": "user__athlete__timezone",
    },
)


def load_group_weeks(viewer: Viewer, members: MembershipQuerySet, now: datetime, count: int) -> GroupWeeks:
    """Load the last `count` weeks of athletes whom the viewer may see. Four statements."""
    found = sorted(
        map(_MEMBER_COLUMNS.read, members.values_list(*_MEMBER_COLUMNS.columns)),
        key=lambda member: (normalize_search_text(member.name), member.user_id),
    )
    visibilities = load_visibilities(viewer, [member.user_id for member in found])
    sharing = [member for member in found if visibilities.get(member.user_id, NOTHING).activities]
    days = LocalDays(now)
    latest = max((days[member.timezone] for member in found), default=now.date())
    mondays = [get_period_start("week", latest) - WEEK * back for back in reversed(range(count))]
    sums = _load_week_totals(sharing, mondays[0], latest)
    runs = _load_last_runs(sharing)
    trained = {
        member.user_id: _build_athlete_weeks(member, days[member.timezone], sums, runs) for member in sharing
    }
    return GroupWeeks(
        mondays,
        [
            _add_totals(sums.get((member.user_id, monday), WeekTotals()) for member in sharing)
            for monday in mondays
        ],
        [
            GroupAthlete(
                member.user_id,
                member.name,
                member.assigned_coach_id,
                days[member.timezone],
                trained.get(member.user_id),
            )
            for member in found
        ],
    )


def _load_week_totals(
    members: Iterable[_Member], first: date, last: date
) -> dict[tuple[UUID, date], WeekTotals]:
    """Load sums by athlete and Monday. Weeks without activities are omitted."""
    zones = {member.user_id: member.timezone for member in members}
    by_zone = {zone: build_days_window("week", first, last, ZoneInfo(zone)) for zone in set(zones.values())}
    windows = {pk: by_zone[zone] for pk, zone in zones.items()}
    parameters = {
        "ids": list(windows),
        "edges": [_format_edges(window) for window in windows.values()],
        "starts": [window.start for window in windows.values()],
        "ends": [window.end for window in windows.values()],
    }
    found: dict[tuple[UUID, date], WeekTotals] = {}
    for pk, piece, *sums in _fetch_rows(WEEK_TOTALS_SQL, parameters):
        monday = windows[pk].owners[piece - 1]
        if monday != NO_PERIOD:  # a week has two pieces if clocks go back over its first midnight
            found[pk, monday] = _add_totals([found.get((pk, monday), WeekTotals()), WeekTotals(*sums)])
    return found


def _load_last_runs(members: Iterable[_Member]) -> dict[UUID, datetime]:
    return dict(_fetch_rows(LAST_RUNS_SQL, {"ids": [member.user_id for member in members]}))


def _build_athlete_weeks(
    member: _Member, today: date, sums: Mapping[tuple[UUID, date], WeekTotals], runs: Mapping[UUID, datetime]
) -> AthleteWeeks:
    monday, last = get_period_start("week", today), runs.get(member.user_id)
    return AthleteWeeks(
        sums.get((member.user_id, monday), WeekTotals()),
        sums.get((member.user_id, monday - WEEK), WeekTotals()),
        last.astimezone(ZoneInfo(member.timezone)).date() if last else None,
    )


def _add_totals(weeks: Iterable[WeekTotals]) -> WeekTotals:
    return WeekTotals(*map(sum, zip(WeekTotals(), *weeks, strict=True)))


def _format_edges(window: Window) -> str:
    return f"{{{','.join(str(edge.timestamp()) for edge in window.edges)}}}"


def _fetch_rows(statement: str, parameters: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[Any] = cursor.fetchall()
        return rows
