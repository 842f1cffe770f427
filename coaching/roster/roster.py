"""A page of an organization's athletes for one viewer: the value behind `coach_athletes_metrics` and the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from athletes.models import Organization
from athletes.models.querysets import MembershipQuerySet
from athletes.organizations.visible_memberships import Belonging, belongings
from athletes.rights import Viewer
from coaching.profile.recent_activities import Outing, last_outings
from coaching.profile.summary import Seen, seen
from coaching.profile.trends import Trend, hrv_trends
from coaching.roster.ranking import Summary, census


class RosterAthlete(NamedTuple):
    """`hrv`: as in `Trends.hrv`; `last_activity` None without any, and where it is withheld."""

    seen: Seen
    membership: Belonging
    hrv: Trend
    last_activity: Outing | None


@dataclass(frozen=True, slots=True)
class Roster:
    """`athletes` of one page, `total` and `summary` of all pages; `as_of` when it was read."""

    organization: Organization
    athletes: Sequence[RosterAthlete]
    page: int
    page_size: int
    total: int
    summary: Summary
    as_of: datetime


def roster(
    viewer: Viewer,
    organization: Organization,
    members: MembershipQuerySet,
    now: datetime,
    *,
    sort: str = "attention",
    page: int = 1,
    page_size: int = 50,
) -> Roster:
    """`members`: active athletes of the organization whom the viewer may see, filtered; `sort` as in `census`.

    Six statements, whatever the number of athletes; a fixed number more where something is withheld, and for each 200
    to renew.
    """
    everybody = census(viewer, organization, members, sort, now)
    ids = everybody.ids[(page - 1) * page_size : page * page_size]
    found = seen(ids, everybody.withheld, everybody.judged, everybody.acknowledged)
    athletes = [found[pk] for pk in ids if pk in found]  # somebody may have been deleted meanwhile
    return Roster(
        organization=organization,
        athletes=_joined(viewer, organization, athletes),
        page=page,
        page_size=page_size,
        total=len(everybody.ids),
        summary=everybody.summary,
        as_of=now,
    )


def _joined(viewer: Viewer, organization: Organization, athletes: Sequence[Seen]) -> list[RosterAthlete]:
    membership = belongings(viewer, [one.person.user_id for one in athletes], organization)
    hrv, last = hrv_trends(athletes), last_outings(athletes)
    return [
        RosterAthlete(one, membership[pk][0], hrv.get(pk, Trend()), last.get(pk))
        for one in athletes
        for pk in (one.person.user_id,)
        if pk in membership
    ]
