"""One page of an organization's roster for one viewer, used by the API and the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from athletes.models import Organization
from athletes.models.querysets import MembershipQuerySet
from athletes.organizations.visible_memberships import VisibleMembership, load_visible_memberships
from athletes.rights import Viewer
from coaching.profile.recent_activities import ActivitySummary, load_last_activities
from coaching.profile.summary import AthleteSummary, load_athlete_summaries
from coaching.profile.trends import Trend, load_hrv_trends
from coaching.roster.ranking import RosterCounts, rank_roster


class RosterAthlete(NamedTuple):
    """`hrv`: as in `Trends.hrv`; `last_activity`: None if there is none or it is withheld."""

    summary: AthleteSummary
    membership: VisibleMembership
    hrv: Trend
    last_activity: ActivitySummary | None


@dataclass(frozen=True, slots=True)
class Roster:
    """`athletes`: one page; `total`, `summary` and `without_recent_data`: all pages.

    `as_of`: the time of reading.
    """

    organization: Organization
    athletes: Sequence[RosterAthlete]
    page: int
    page_size: int
    total: int
    summary: RosterCounts
    without_recent_data: int
    as_of: datetime


def load_roster(
    viewer: Viewer,
    organization: Organization,
    members: MembershipQuerySet,
    now: datetime,
    *,
    sort: str = "attention",
    page: int = 1,
    page_size: int = 50,
) -> Roster:
    """`members`: filtered active athletes the viewer may see; `sort` as in `rank_roster`.

    Six statements for any number of athletes; a fixed number more if data is withheld, and for each 200
    stale athletes.
    """
    ranked = rank_roster(viewer, organization, members, sort, now)
    ids = ranked.ids[(page - 1) * page_size : page * page_size]
    found = load_athlete_summaries(ids, ranked.visibilities, ranked.reassessed, ranked.acknowledgements, now)
    athletes = [found[pk] for pk in ids if pk in found]  # an athlete may have been deleted meanwhile
    return Roster(
        organization=organization,
        athletes=_build_roster_athletes(viewer, organization, athletes),
        page=page,
        page_size=page_size,
        total=len(ranked.ids),
        summary=ranked.summary,
        without_recent_data=ranked.without_recent_data,
        as_of=now,
    )


def _build_roster_athletes(
    viewer: Viewer, organization: Organization, athletes: Sequence[AthleteSummary]
) -> list[RosterAthlete]:
    membership = load_visible_memberships(
        viewer, [summary.person.user_id for summary in athletes], organization
    )
    hrv, last = load_hrv_trends(athletes), load_last_activities(athletes)
    return [
        RosterAthlete(summary, membership[pk][0], hrv.get(pk, Trend()), last.get(pk))
        for summary in athletes
        for pk in (summary.person.user_id,)
        if pk in membership
    ]
