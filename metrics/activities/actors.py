"""Which kind of viewer adds a recording or deletes an activity."""

from __future__ import annotations

from uuid import UUID

from athletes.rights import Viewer
from metrics.models import ActivityRecording


def name_actor(viewer: Viewer, athlete_id: UUID) -> str:
    """A value of ActivityRecording.AddedBy and BinActivity.DeletedBy, as seen from this athlete.

    Staff who act as somebody are staff.
    """
    kinds = ActivityRecording.AddedBy
    if viewer.acting:
        return kinds.STAFF.value
    if viewer.pk is None:
        return kinds.API_KEY.value
    if viewer.pk == athlete_id:
        return kinds.ATHLETE.value
    return kinds.STAFF.value if viewer.is_staff else kinds.COACH.value
