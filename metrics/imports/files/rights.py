"""What the maker of an import may still store. Rights can end between the upload and the work on it."""

from __future__ import annotations

from athletes.models import Athlete
from athletes.organizations.api_keys import ApiKeyUser
from athletes.rights import RECORD, Category, Scope, Viewer
from metrics.models import ActivityRecording, Import

COMMAND, API_KEY = ActivityRecording.AddedBy.COMMAND, ActivityRecording.AddedBy.API_KEY


def may_store(parent: Import, category: Category) -> bool:
    """Whether the maker may record data of this category for the athlete now.

    If the maker's account is deleted, activities still come: the import belongs to the athlete.
    """
    if is_made_by_athlete(parent):
        return True
    maker = _build_maker(parent)
    if maker is None:
        return category == Category.ACTIVITIES
    return Athlete.objects.reached_by(maker, RECORD, category).filter(pk=parent.athlete_id).exists()


def is_made_by_athlete(parent: Import) -> bool:
    """Whether the athlete made it, or a command of the server. They may restore an own-data export."""
    return parent.made_by_id == parent.athlete_id or parent.added_by == COMMAND


def _build_maker(parent: Import) -> Viewer | None:
    if parent.added_by == API_KEY and parent.organization_id is not None:
        return ApiKeyUser(parent.organization_id, frozenset([Scope.WRITE]))
    return parent.made_by
