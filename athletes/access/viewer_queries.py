"""Statements about what a viewer may see, compiled once for people: that takes longer than running them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from astral.precompiled_queries import PrecompiledRowsQuery
from athletes.models import User
from athletes.rights import Viewer

PLACEHOLDER_VIEWER_ID = UUID(int=1)


class ViewerQuery:
    """`rows(viewer, **values)` is `list(build(viewer, **values))` of a values_list(); see `PrecompiledRowsQuery` on marks.

    For a person who is no staff only who they are may tell in `build`; for staff and keys it is compiled each time.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **marks: Any) -> None:
        def for_person(viewer: UUID, **values: Any) -> QuerySet[Any, Any]:
            return build(User(pk=viewer), **values)

        self.build, self.compiled = (
            build,
            PrecompiledRowsQuery(for_person, viewer=PLACEHOLDER_VIEWER_ID, **marks),
        )

    def rows(self, viewer: Viewer, **values: Any) -> list[tuple[Any, ...]]:
        if isinstance(viewer, User) and viewer.is_active and not viewer.is_staff:
            return self.compiled.all(viewer=viewer.pk, **values)
        return list(self.build(viewer, **values))
