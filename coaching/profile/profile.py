"""Everything about one athlete for one viewer: the value behind `athlete_profile` and the athlete's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from astral.precompiled_queries import PrecompiledRowsQuery
from athletes.models import Athlete
from athletes.organizations.visible_memberships import Belonging, belongings
from athletes.rights import Viewer
from coaching.insights import Insight
from coaching.profile.insights import profile_insights
from coaching.profile.recent_activities import Arrived, Outing, newest_outings
from coaching.profile.summary import Seen, seen_by
from coaching.profile.trends import Trends, trends_of
from metrics.models import HealthDay
from metrics.snapshots.daily_readings import READINGS_D
from metrics.snapshots.history import loads_and_readings

RECENT = 10  # activities shown


@dataclass(frozen=True, slots=True)
class Source:
    """Who sends data ("file", "manual", "garmin", …), and when something last came in."""

    name: str
    last_data_at: datetime


@dataclass(frozen=True, slots=True)
class AthleteProfile:
    """`recent_activities` newest first; `sources` the one that was heard of last first; `as_of` when it was read.

    `insights`: at most four.
    """

    seen: Seen
    memberships: Sequence[Belonging]
    trends: Trends
    recent_activities: Sequence[Outing]
    insights: Sequence[Insight]
    sources: Sequence[Source]
    as_of: datetime


def athlete_profile(viewer: Viewer, athlete: Athlete, now: datetime) -> AthleteProfile:
    """Of an athlete whom the viewer may see.

    Six statements; a fixed number more to renew what is behind, where something is withheld, and one where a model
    is asked to word a new insight.
    """
    one = seen_by(viewer, athlete, now)
    trains, reads = "activities" not in one.withheld, "health" not in one.withheld
    activities = newest_outings(athlete, one.today) if trains else []
    since = one.today - timedelta(days=READINGS_D)  # what any number of today can depend on
    sources = _HEALTH_SOURCES.all(athlete=athlete.pk, since=since) if reads else []
    past = loads_and_readings(athlete, now, activities=trains, health=reads)
    return AthleteProfile(
        seen=one,
        memberships=belongings(viewer, [athlete.pk]).get(athlete.pk, []),
        trends=trends_of(past, _estimates(activities, athlete), one.figures.vo2max_method, one.withheld),
        recent_activities=[one.outing for one in activities[:RECENT]],
        insights=profile_insights(one, (arrived.outing for arrived in activities), now),
        sources=_sources(activities, sources),
        as_of=now,
    )


def _estimates(activities: Sequence[Arrived], athlete: Athlete) -> list[tuple[date, float]]:
    """Our VO2max estimates by local day, oldest first."""
    return [
        (one.outing.started_at.astimezone(athlete.zone).date(), one.vo2max_ml_kg_min)
        for one in reversed(activities)
        if one.vo2max_ml_kg_min is not None
    ]


def _health_sources(athlete: UUID, since: date) -> QuerySet[Any, Any]:
    days = HealthDay.objects.filter(athlete=athlete, date__gt=since).order_by()
    return days.values_list("source").annotate(Max("updated_at"))


_HEALTH_SOURCES = PrecompiledRowsQuery(_health_sources, athlete=UUID(int=2), since=date.max)


def _sources(activities: Sequence[Arrived], health: Sequence[tuple[Any, ...]]) -> list[Source]:
    newest: dict[str, datetime] = {}
    for name, came_at in [*((one.source, one.came_at) for one in activities), *health]:
        newest[name] = max(came_at, newest.get(name, came_at))
    return sorted((Source(*one) for one in newest.items()), key=lambda one: one.last_data_at, reverse=True)
