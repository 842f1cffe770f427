"""Everything about one athlete for one viewer, used by the API and the athlete's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max

from athletes.access.viewer_units import get_viewer_units
from athletes.models import Athlete
from athletes.organizations.visible_memberships import VisibleMembership, load_visible_memberships
from athletes.rights import Viewer
from coaching.insights import Insight
from coaching.profile.insights import build_profile_insights
from coaching.profile.recent_activities import ActivitySummary, ReceivedActivity, load_recent_activities
from coaching.profile.summary import AthleteSummary, load_athlete_summary
from coaching.profile.trends import Trends, build_trends
from metrics.models import HealthDay
from metrics.snapshots.daily_readings import READINGS_D
from metrics.snapshots.history import load_partial_history

RECENT_ACTIVITIES_SHOWN = 10  # activities shown


@dataclass(frozen=True, slots=True)
class DataSource:
    """A data source ("file", "manual", "garmin", …) and the time of its last data."""

    name: str
    last_data_at: datetime


@dataclass(frozen=True, slots=True)
class AthleteProfile:
    """`recent_activities`: newest first; `sources`: newest data first; `as_of`: the time of reading.

    `insights`: at most four.
    """

    summary: AthleteSummary
    memberships: Sequence[VisibleMembership]
    trends: Trends
    recent_activities: Sequence[ActivitySummary]
    insights: Sequence[Insight]
    sources: Sequence[DataSource]
    as_of: datetime


def load_athlete_profile(viewer: Viewer, athlete: Athlete, now: datetime) -> AthleteProfile:
    """The profile of an athlete whom the viewer may see. Insights are in the viewer's units.

    Six statements; a fixed number more if data is stale or withheld, and one if a model
    rewords a new insight.
    """
    summary = load_athlete_summary(viewer, athlete, now)
    visibility = summary.visibility
    activities = load_recent_activities(athlete, summary.today) if visibility.activities else []
    since = summary.today - timedelta(days=READINGS_D)  # the oldest reading that today's numbers use
    sources = _load_health_sources(athlete, since) if visibility.health else []
    past = load_partial_history(athlete, now, activities=visibility.activities, health=visibility.health)
    return AthleteProfile(
        summary=summary,
        memberships=load_visible_memberships(viewer, [athlete.pk]).get(athlete.pk, []),
        trends=build_trends(
            past, _vo2max_estimates(activities, athlete), summary.figures.vo2max_method, visibility
        ),
        recent_activities=[received.activity for received in activities[:RECENT_ACTIVITIES_SHOWN]],
        insights=build_profile_insights(summary, activities, get_viewer_units(viewer), now),
        sources=_build_sources(activities, sources),
        as_of=now,
    )


def _vo2max_estimates(activities: Sequence[ReceivedActivity], athlete: Athlete) -> list[tuple[date, float]]:
    """VO2max estimates by local day, oldest first."""
    return [
        (received.activity.started_at.astimezone(athlete.zone).date(), received.receipt.vo2max_ml_kg_min)
        for received in reversed(activities)
        if received.receipt.vo2max_ml_kg_min is not None
    ]


def _load_health_sources(athlete: Athlete, since: date) -> list[tuple[str, datetime]]:
    """The sources of health days after `since`, each with the time of its last update: one statement."""
    days = HealthDay.objects.filter(athlete=athlete, date__gt=since).order_by()
    return list(days.values_list("source").annotate(Max("updated_at")))


def _build_sources(
    activities: Sequence[ReceivedActivity], health: Sequence[tuple[str, datetime]]
) -> list[DataSource]:
    receipts = [received.receipt for received in activities]
    newest: dict[str, datetime] = {}
    for name, received_at in [*((receipt.source, receipt.received_at) for receipt in receipts), *health]:
        newest[name] = max(received_at, newest.get(name, received_at))
    sources = [DataSource(name, last_data_at) for name, last_data_at in newest.items()]
    return sorted(sources, key=lambda source: source.last_data_at, reverse=True)
