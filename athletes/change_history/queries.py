"""Which entries of the change history a person reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from athletes.access.permissions import Permit
from athletes.looks.collector import PROFILE, get_look_collector
from athletes.models import ChangeEntry, Organization
from athletes.models.changes import ChangeEntryQuerySet
from athletes.rights import MANAGE, Viewer


def find_changes_about(athlete_id: UUID) -> ChangeEntryQuerySet:
    """For the athlete: all changes of what belongs to them."""
    return ChangeEntry.objects.about(athlete_id)


def find_organization_changes(organization: Organization, viewer: Viewer) -> ChangeEntryQuerySet:
    """For the head coach: without what athletes withhold. For staff: everything."""
    entries = ChangeEntry.objects.of_organization(organization.pk)
    return entries if MANAGE.is_unrestricted_for(viewer) else entries.shared()


def find_names_limit(organization: Organization, viewer: Viewer) -> Organization | None:
    """The club whose members alone have names in its history. None for staff, who know everybody."""
    return None if MANAGE.is_unrestricted_for(viewer) else organization


def filter_changes(
    entries: ChangeEntryQuerySet, query: dict[str, Any], zone: ZoneInfo
) -> ChangeEntryQuerySet:
    """Apply `kind`, `from` and `to` of a query; days of this zone, both included."""
    if kind := query.get("kind"):
        entries = entries.filter(kind=kind)
    if first_day := query.get("from"):
        entries = entries.filter(changed_at__gte=_find_midnight(first_day, zone))
    if last_day := query.get("to"):
        entries = entries.filter(changed_at__lt=_find_midnight(last_day + timedelta(days=1), zone))
    return entries


def _find_midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def note_shown_changes(permit: Permit, entries: Iterable[ChangeEntry]) -> None:
    """Note for the access log whose changes the answer shows."""
    collector = get_look_collector()
    for entry in entries:
        if entry.athlete:
            collector.add(permit.viewer, entry.athlete, (entry.category or PROFILE,), permit.row.door)
