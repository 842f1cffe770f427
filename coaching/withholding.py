"""Which categories athletes keep back from a viewer."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from athletes.models import Athlete
from athletes.rights import Viewer


def withheld_from(viewer: Viewer, athlete_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Of each athlete what no organization that joins them grants; one statement."""
    seen = Athlete.objects.filter(pk__in=set(athlete_ids)).with_withheld(viewer)
    return dict(seen.values_list("pk", "withheld"))  # type: ignore[misc]  # annotated there
