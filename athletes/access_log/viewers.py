"""The viewers of access log entries, by the names that they have now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from astral.ids import encode
from athletes.models import AccessLogEntry, ApiKey, Membership, Organization, User

Kind = AccessLogEntry.ViewerKind
ViewerKey = tuple[str, UUID | None, UUID | None]  # kind, user or key, the club of a key


@dataclass(frozen=True, slots=True)
class LogViewer:
    """`public_id` is None if the account or key is deleted. Role and club: of a coach of the athlete."""

    kind: str
    name: str
    public_id: str | None = None
    role: str | None = None
    organization_id: UUID | None = None
    organization_name: str = ""


def load_log_viewers(athlete_id: UUID, keys: Iterable[ViewerKey]) -> dict[ViewerKey, LogViewer]:
    """At most four statements. A person who has left a club is still shown with it."""
    wanted = set(keys)
    people = {pk for kind, pk, _ in wanted if kind != Kind.KEY and pk}
    key_ids = {pk for kind, pk, _ in wanted if kind == Kind.KEY and pk}
    clubs = {club for _, _, club in wanted if club}
    users = User.objects.in_bulk(people) if people else {}
    memberships = _load_coach_memberships(athlete_id, people) if people else {}
    api_keys = ApiKey.objects.in_bulk(key_ids) if key_ids else {}
    organizations = Organization.objects.in_bulk(clubs) if clubs else {}
    return {
        key: _describe_key(key, api_keys, organizations)
        if key[0] == Kind.KEY
        else _describe_person(key, users, memberships)
        for key in wanted
    }


def _load_coach_memberships(athlete_id: UUID, people: set[UUID]) -> dict[UUID, Membership]:
    """The coaching membership in a club of the athlete, the newest of each person."""
    clubs = Membership.objects.filter(user=athlete_id).values("organization")
    rows = Membership.objects.filter(user__in=people, organization__in=clubs).coaching()
    return {row.user_id: row for row in rows.select_related("organization").order_by("joined_at", "pk")}


def _describe_person(
    key: ViewerKey, users: dict[Any, User], memberships: dict[UUID, Membership]
) -> LogViewer:
    kind, pk, _ = key
    user, membership = users.get(pk), memberships.get(pk) if pk else None
    if user is None:
        return LogViewer(kind, "a deleted account")
    name = user.display_name or user.username
    if membership is None or kind == Kind.STAFF:
        return LogViewer(kind, name, user.public_id)
    club = membership.organization
    return LogViewer(kind, name, user.public_id, membership.role, club.pk, club.name)


def _describe_key(
    key: ViewerKey, api_keys: dict[Any, ApiKey], organizations: dict[Any, Organization]
) -> LogViewer:
    kind, pk, club_id = key
    api_key, club = api_keys.get(pk), organizations.get(club_id)
    return LogViewer(
        kind,
        api_key.name if api_key else "an ended key",
        encode(ApiKey.prefix, pk) if api_key and pk else None,
        organization_id=club.pk if club else None,
        organization_name=club.name if club else "",
    )
