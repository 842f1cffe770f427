"""Queries for what a viewer may see, compiled to SQL once: compiling takes longer than running them."""

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
    """A values_list() query: `rows(viewer, **values)` returns `list(build(viewer, **values))`.

    The compiled SQL is shared by all users who are not staff, so `build` may use only the id of such a user.
    For staff, also those who act as somebody, and for API keys it is compiled each time.
    `PrecompiledRowsQuery` explains `placeholders`.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **placeholders: Any) -> None:
        def build_for_user(viewer: UUID, **values: Any) -> QuerySet[Any, Any]:
            return build(User(pk=viewer), **values)

        self.build, self.compiled = (
            build,
            PrecompiledRowsQuery(build_for_user, viewer=PLACEHOLDER_VIEWER_ID, **placeholders),
        )

    def rows(self, viewer: Viewer, **values: Any) -> list[tuple[Any, ...]]:
        usual = isinstance(viewer, User) and viewer.is_active and not viewer.is_staff
        if usual and viewer.acting is None:
            return self.compiled.all(viewer=viewer.pk, **values)
        return list(self.build(viewer, **values))
