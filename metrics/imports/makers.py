"""Who makes an import, who may see it, and what its maker may still store."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from athletes.access.permissions import Permit
from athletes.models import Athlete
from athletes.organizations.api_keys import ApiKeyUser
from athletes.rights import RECORD, Category, Scope, Viewer
from metrics.activities.actors import name_actor
from metrics.imports.create import ImportOptions
from metrics.models import ActivityRecording, Import


def find_import(permit: Permit, identifier: UUID) -> Import:
    """An import that the viewer made or owns, of an athlete for whom the viewer may record."""
    found = Import.objects.made_or_owned_by(permit.viewer).filter(
        pk=identifier, athlete__in=permit.athletes()
    )
    return permit.note_row(found.select_related("athlete__user").first(), Import, identifier)


def build_import_options(permit: Permit, athlete: Athlete, **options: Any) -> ImportOptions:
    """Who makes this import, and whether it may bring health data."""
    viewer = permit.viewer
    may_write_health = Athlete.objects.reached_by(viewer, RECORD, Category.HEALTH).filter(pk=athlete.pk)
    return ImportOptions(
        added_by=name_actor(viewer, athlete.pk),
        made_by_id=viewer.pk,
        organization_id=viewer.cache_scope.organization_id,
        may_write_health=may_write_health.exists(),
        **options,
    )


def take_over_import(permit: Permit, parent: Import) -> None:
    """Let the viewer answer for the rest of an import whose maker may no longer record for the athlete."""
    if not may_store(parent, Category.ACTIVITIES):
        options = build_import_options(permit, parent.athlete)
        Import.objects.filter(pk=parent.pk).update(
            added_by=options.added_by,
            made_by=options.made_by_id,
            organization=options.organization_id,
            may_write_health=options.may_write_health,
        )


def may_restore_rows(parent: Import) -> bool:
    """Whether the athlete made the import, or a command of the server."""
    return parent.made_by_id == parent.athlete_id or parent.added_by == ActivityRecording.AddedBy.COMMAND


def may_store(parent: Import, category: Category) -> bool:
    """Whether the maker may still record data of this category. Rights can end after the upload.

    If the maker's account is deleted, activities still come: the import belongs to the athlete.
    """
    if may_restore_rows(parent):
        return True
    maker = _build_maker(parent)
    if maker is None:
        return category == Category.ACTIVITIES
    return Athlete.objects.reached_by(maker, RECORD, category).filter(pk=parent.athlete_id).exists()


def _build_maker(parent: Import) -> Viewer | None:
    if parent.added_by == ActivityRecording.AddedBy.API_KEY and parent.organization_id is not None:
        return ApiKeyUser(parent.organization_id, frozenset([Scope.WRITE]))
    return parent.made_by
