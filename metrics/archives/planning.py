"""Recognise the kind of an upload by its content, and list its items."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .items import ImportItem, ItemKind, UploadKind
from .planned_part import PlannedPart, PlanningContext, UploadPlan
from .recordings import plan_other_files

__all__ = ["PlannedPart", "PlanningContext", "UploadPlan", "plan_upload"]

Planner = Callable[[PlanningContext], PlannedPart | None]
"""It gives None if the upload is nothing that it knows."""

EXPORT_PLANNERS: tuple[tuple[UploadKind, Planner], ...] = ()
"""In the order in which they are asked. The first that finds something names the kind of the upload."""


def plan_upload(context: PlanningContext) -> UploadPlan:
    """The items of an upload. An equal upload gives equal items, so planning can be repeated.

    Raises FileError if the upload as a whole is refused.
    """
    kind: UploadKind | None = None
    items: list[ImportItem] = []
    used_paths: set[str] = set()
    for export_kind, planner in EXPORT_PLANNERS:
        part = planner(context)
        if part is not None:
            kind = kind or export_kind
            items += part.items
            used_paths |= part.used_paths
    items += plan_other_files(context, frozenset(used_paths)).items
    context.advance(1.0)
    return UploadPlan(kind or _name_kind(items), items)


def _name_kind(items: Iterable[ImportItem]) -> UploadKind:
    """The kind of an upload that is no export: health tables alone, or a folder."""
    kinds = {item.kind for item in items} - {ItemKind.UNREAD}
    return UploadKind.HEALTH_CSV if kinds == {ItemKind.HEALTH} else UploadKind.FOLDER
