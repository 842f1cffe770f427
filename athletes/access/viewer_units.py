"""The units in which a viewer reads texts."""

from __future__ import annotations

from athletes.models import Athlete, User
from athletes.rights import Viewer


def get_viewer_units(viewer: Viewer) -> str:
    """The user's own choice; metric for an API key, which is nobody."""
    return viewer.athlete.unit_system if isinstance(viewer, User) else Athlete.Units.METRIC.value
