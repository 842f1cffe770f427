"""Entries of the change history, as the API and the archive show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from astral.database.key_pages import read_pages
from astral.ids import encode
from athletes.change_history.people import NamedParties, load_parties
from athletes.change_history.queries import find_changes_about
from athletes.changes.tracked_kinds import TrackedKind, load_tracked_kinds
from athletes.models import ChangeEntry, Organization, User

ENTRIES_PER_CHUNK = 2_000


def serialize_changes(
    entries: Sequence[ChangeEntry], club: Organization | None = None
) -> list[dict[str, Any]]:
    """`club`: the one whose head coach reads them."""
    parties = load_parties(entries, club)
    return [_serialize_change(entry, parties) for entry in entries]


def _serialize_change(entry: ChangeEntry, parties: NamedParties) -> dict[str, Any]:
    kind, club = load_tracked_kinds()[entry.kind], entry.organization
    return {
        "changed_at": entry.changed_at,
        "kind": entry.kind,
        "action": entry.action,
        "subject_id": encode(kind.prefix, entry.subject) if kind.prefix and entry.subject else None,
        "user_id": parties.encode_person(entry.athlete),
        "user_name": parties.name_person(entry.athlete) if entry.athlete else None,
        "org_id": encode(Organization.prefix, club) if club else None,
        "org_name": parties.name_club(club) if club else None,
        "before": _encode_values(kind, entry.before),
        "after": _encode_values(kind, entry.after),
        "author_kind": entry.author_kind,
        "author_id": parties.encode_author(entry),
        "author_name": parties.name_author(entry),
        "acted_as_id": parties.encode_person(entry.acted_as),
        "door": entry.door,
        "request_id": entry.request_id,
    }


def _encode_values(kind: TrackedKind, values: dict[str, Any] | None) -> dict[str, Any] | None:
    """The stored values, with public ids. Columns that are not tracked any more stay as they are."""
    if values is None:
        return None
    encoded = dict(values)
    for name, field in kind.fields.items():
        if field.prefix and encoded.get(name):
            encoded[name] = encode(field.prefix, UUID(encoded[name]))
    return encoded


def read_changes(person: User) -> Iterator[dict[str, Any]]:
    """All entries about a user, oldest first, without ids of others."""
    entries = find_changes_about(person.pk)
    for page in read_pages(entries, ("number",), lambda entry: (entry.number,), ENTRIES_PER_CHUNK):
        for row in serialize_changes(page):
            del row["author_id"], row["acted_as_id"]
            yield row
