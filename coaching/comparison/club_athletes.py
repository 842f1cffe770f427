"""The chosen athletes of an organization, with what the viewer may see of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from athletes.access.permissions import Permit
from athletes.models import Athlete, Organization
from athletes.organizations.consent import load_visibilities
from athletes.rights import EVERYTHING, NOTHING, Visibility


@dataclass(frozen=True, slots=True)
class ClubAthletes:
    """In the order in which they were asked for."""

    athletes: Sequence[Athlete]
    visibilities: Mapping[UUID, Visibility]

    @property
    def withholds(self) -> bool:
        return any(visibility != EVERYTHING for visibility in self.visibilities.values())


def find_club_athletes(permit: Permit, organization: Organization, ids: Sequence[UUID]) -> ClubAthletes:
    """These active athletes of the organization. Two statements.

    Raises Http404 if one of them is no active athlete of it: a part of the answer would tell who is. The
    access log gets a refused look at each who is none.
    """
    members = permit.members(organization).active().athletes().filter(user__in=ids)
    rows = {row.user_id: row.user.athlete for row in members.select_related("user__athlete")}
    if missing := set(ids) - rows.keys():
        permit.note_refused_athletes(missing)
        raise Http404
    found = load_visibilities(permit.viewer, ids)
    visibilities = {pk: found.get(pk, NOTHING) for pk in ids}
    permit.note_shown(ids, visibilities)
    return ClubAthletes([rows[pk] for pk in ids], visibilities)
