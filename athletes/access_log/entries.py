"""Entries of the access log about one athlete, as the API and the archive show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from astral.database.key_pages import read_pages
from astral.ids import encode
from athletes.access_log.viewers import LogViewer, ViewerKey, load_log_viewers
from athletes.models import AccessLogEntry, Organization, User

ENTRIES_PER_CHUNK = 2_000


def serialize_entries(athlete_id: UUID, entries: Sequence[AccessLogEntry]) -> list[dict[str, Any]]:
    viewers = load_log_viewers(athlete_id, map(_get_viewer_key, entries))
    return [_serialize_entry(entry, viewers[_get_viewer_key(entry)]) for entry in entries]


def _get_viewer_key(entry: AccessLogEntry) -> ViewerKey:
    return entry.viewer_kind, entry.viewer, entry.organization


def _serialize_entry(entry: AccessLogEntry, viewer: LogViewer) -> dict[str, Any]:
    club = viewer.organization_id
    return {
        "viewed_at": entry.viewed_at,
        "viewer_kind": entry.viewer_kind,
        "viewer_id": viewer.public_id,
        "viewer_name": viewer.name,
        "role": viewer.role,
        "org_id": encode(Organization.prefix, club) if club else None,
        "org_name": viewer.organization_name or None,
        "categories": entry.categories,
        "door": entry.door,
        "refused": entry.is_refused,
        "looks": entry.looks,
    }


def read_access_log(person: User) -> Iterator[dict[str, Any]]:
    """All entries about a user, oldest first, without ids of others."""
    entries = AccessLogEntry.objects.about(person.pk)
    pages = read_pages(
        entries, ("viewed_at", "id"), lambda entry: (entry.viewed_at, entry.pk), ENTRIES_PER_CHUNK
    )
    for page in pages:
        for row in serialize_entries(person.pk, page):
            del row["viewer_id"]
            yield row
