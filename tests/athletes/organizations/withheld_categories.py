"""A short way to read the categories that an athlete withholds from a viewer."""

from __future__ import annotations

from athletes.models import Athlete
from athletes.rights import Viewer


def load_withheld(viewer: Viewer, athlete: Athlete) -> frozenset[str]:
    """The categories that this viewer may not see of the athlete."""
    return frozenset(Athlete.objects.with_withheld_categories(viewer).get(pk=athlete.pk).withheld)  # type: ignore[attr-defined]
