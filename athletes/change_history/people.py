"""The names in entries of the change history, as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from astral.ids import encode
from athletes.models import ApiKey, ChangeEntry, Membership, Organization, User

Kind = ChangeEntry.AuthorKind
SYSTEM_NAME, DELETED_ACCOUNT, FORMER_MEMBER, ENDED_KEY, DELETED_CLUB = (
    "this server", "a deleted account", "a former member", "an ended key", "a deleted club",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedParties:
    """The people, keys and clubs of some entries by id. Those that are deleted are missing.

    `missing_person`: how people are called who are missing.
    """

    users: Mapping[Any, User]
    keys: Mapping[Any, ApiKey]
    clubs: Mapping[Any, Organization]
    missing_person: str

    def name_person(self, identifier: UUID | None) -> str:
        user = self.users.get(identifier)
        return (user.display_name or user.username) if user else self.missing_person

    def name_author(self, entry: ChangeEntry) -> str:
        if entry.author_kind == Kind.SYSTEM:
            return SYSTEM_NAME
        if entry.author_kind == Kind.KEY:
            key = self.keys.get(entry.author)
            return key.name if key else ENDED_KEY
        return self.name_person(entry.author)

    def encode_author(self, entry: ChangeEntry) -> str | None:
        """The public id; None if the account or key is deleted."""
        if entry.author_kind == Kind.KEY:
            return encode(ApiKey.prefix, entry.author) if entry.author in self.keys and entry.author else None
        return self.encode_person(entry.author)

    def encode_person(self, identifier: UUID | None) -> str | None:
        return encode(User.prefix, identifier) if identifier and identifier in self.users else None

    def name_club(self, identifier: UUID) -> str:
        club = self.clubs.get(identifier)
        return club.name if club else DELETED_CLUB


def load_parties(entries: Iterable[ChangeEntry], club: Organization | None = None) -> NamedParties:
    """At most three statements. With a club, only its members and staff have names: who left has none."""
    rows = list(entries)
    people = {pk for row in rows for pk in (row.athlete, row.acted_as) if pk}
    people |= {row.author for row in rows if row.author and row.author_kind != Kind.KEY}
    keys = {row.author for row in rows if row.author and row.author_kind == Kind.KEY}
    clubs = {row.organization for row in rows if row.organization}
    users = User.objects.all()
    if club is not None:
        members = Membership.objects.current().filter(organization=club, user=OuterRef("pk"))
        users = users.filter(Q(Exists(members)) | Q(is_staff=True))
    return NamedParties(
        users.in_bulk(people) if people else {},
        ApiKey.objects.in_bulk(keys) if keys else {},
        Organization.objects.in_bulk(clubs) if clubs else {},
        FORMER_MEMBER if club else DELETED_ACCOUNT,
    )
