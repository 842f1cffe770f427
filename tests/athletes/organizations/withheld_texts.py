"""What a viewer may not be told of an athlete."""

from __future__ import annotations

from athletes.models import Athlete
from athletes.rights import Viewer


def load_withheld(viewer: Viewer, athlete: Athlete) -> frozenset[str]:
    """The categories that no organization they share grants to this viewer."""
    return frozenset(Athlete.objects.with_withheld_categories(viewer).get(pk=athlete.pk).withheld)  # type: ignore[attr-defined]
