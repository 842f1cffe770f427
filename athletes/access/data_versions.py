"""The data versions on which an answer depends, and whether a standby has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from astral.database.replicas import prefer_replica
from astral.precompiled_queries import AnyOf, PrecompiledRowsQuery
from athletes.models import Athlete
from athletes.rights import Viewer

AnswerT = TypeVar("AnswerT")
_VERSIONS_QUERY = PrecompiledRowsQuery(
    lambda ids: Athlete.objects.filter(AnyOf("pk", ids)).order_by().values_list("pk", "data_version"),
    ids=[UUID(int=1)],
)


def read_versions(athlete_ids: list[UUID]) -> dict[Any, Any]:
    """The data version of each athlete, as the connection of this thread has it. One statement."""
    return dict(_VERSIONS_QUERY.all(ids=athlete_ids))


def list_viewer_versions(viewer: Viewer) -> dict[UUID, int]:
    """The version of the viewer's own data. An API key has none."""
    return {viewer.pk: viewer.cache_scope.data_version} if viewer.pk else {}


def prefer_current_replica(
    compute: Callable[[], AnswerT], viewer: Viewer, athlete: Athlete
) -> Callable[[], AnswerT]:
    """`compute`, on a standby if it has the versions of the viewer and the athlete that the primary gave."""
    versions: Mapping[UUID, int] = {**list_viewer_versions(viewer), athlete.pk: athlete.data_version}
    return prefer_replica(compute, lambda: read_versions(list(versions)), versions)
