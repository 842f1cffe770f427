"""Who makes an import, and who may see it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from athletes.access.permissions import Permit
from athletes.models import Athlete
from athletes.rights import RECORD, Category
from metrics.activities.actors import name_actor
from metrics.imports.create import ImportOptions
from metrics.models import ActivityRecording, Import


def find_import(permit: Permit, identifier: UUID) -> Import:
    """An import that the viewer made or owns, of an athlete for whom the viewer may record."""
    found = Import.objects.made_or_owned_by(permit.viewer).filter(
        pk=identifier, athlete__in=permit.athletes()
    )
    return permit.get_or_forbidden(found.select_related("athlete__user").first())


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


def may_restore_rows(parent: Import) -> bool:
    """Whether the athlete made the import, or a command of the server."""
    return parent.made_by_id == parent.athlete_id or parent.added_by == ActivityRecording.AddedBy.COMMAND
