"""Recognise the kind of an upload by its content, and list its items."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from metrics.files.errors import UNREADABLE_FILE, FileError

from .apple.planning import plan_apple_health
from .astral_export.planning import plan_astral_export
from .false_sizes import refuse_false_sizes
from .file_kinds import NESTED_ZIP
from .garmin.export import plan_garmin_export
from .items import ImportItem, ItemKind, UploadKind
from .members import replace_unprintable
from .planned_part import PlannedPart, PlanningContext, UploadPlan
from .recordings import plan_other_files
from .strava.export import plan_strava_export
from .tables.planning import plan_activity_tables

__all__ = ["PlannedPart", "PlanningContext", "UploadPlan", "plan_upload"]

ORDER_OF_KINDS = (
    ItemKind.SETTINGS,
    ItemKind.RECORDING,
    ItemKind.HEALTH,
    ItemKind.ENTRY,
    ItemKind.ROWS,
    ItemKind.UNREAD,
)
"""Recordings come before entries: an entry then finds the recording of the same activity. Rows name both."""

EXPORTS_SHARE = 0.9
"""The part of the planning that exports take. The other files of an export are few."""

Planner = Callable[[PlanningContext], PlannedPart | None]
"""It gives None if the upload is nothing that it knows."""

EXPORT_PLANNERS: tuple[tuple[UploadKind | None, Planner], ...] = (
    (UploadKind.ASTRAL_EXPORT, plan_astral_export),
    (UploadKind.STRAVA_EXPORT, plan_strava_export),
    (UploadKind.GARMIN_EXPORT, plan_garmin_export),
    (UploadKind.APPLE_HEALTH, plan_apple_health),
    (None, plan_activity_tables),
)
"""In the order in which they are asked. The first that finds something names the kind of the upload.

Tables are no export: the other files decide with them.
"""


def plan_upload(context: PlanningContext) -> UploadPlan:
    """The items of an upload. An equal upload gives equal items, so planning can be repeated.

    Raises FileError if the upload as a whole is refused.
    """
    kind: UploadKind | None = None
    items: list[ImportItem] = []
    used_paths: set[str] = set()
    refuse_false_sizes(context.members)
    for export_kind, planner in EXPORT_PLANNERS:
        part = planner(_report_share(context, 0.0, EXPORTS_SHARE))
        if part is not None:
            kind = kind or export_kind
            items += [item for item in part.items if item.locator not in used_paths]
            used_paths |= part.used_paths
    others = _report_share(context, EXPORTS_SHARE if kind else 0.0, 1.0)
    items += plan_other_files(others, frozenset(used_paths)).items
    _refuse_nested_bomb(items)
    context.advance(1.0)
    items.sort(key=lambda item: ORDER_OF_KINDS.index(item.kind))
    return UploadPlan(kind or _name_kind(items), [_clean_texts(item) for item in items])


def _report_share(context: PlanningContext, begin: float, end: float) -> PlanningContext:
    """A context whose progress from 0 to 1 is a part of the whole progress."""
    return replace(context, advance=lambda share: context.advance(begin + share * (end - begin)))


def _clean_texts(item: ImportItem) -> ImportItem:
    """The name and the reason may have the name of a file, and that may have any character."""
    if item.name.isprintable() and item.reason.isprintable():
        return item
    return replace(item, name=replace_unprintable(item.name), reason=replace_unprintable(item.reason))


def _refuse_nested_bomb(items: Iterable[ImportItem]) -> None:
    """Refuse an upload with nothing to read but ZIPs in ZIPs in ZIPs."""
    codes = {item.code for item in items}
    if NESTED_ZIP.code in codes and not any(item.kind != ItemKind.UNREAD for item in items):
        message = "The archive contains nothing but ZIPs in ZIPs. Unpack it and send its files."
        raise FileError(UNREADABLE_FILE, message)


def _name_kind(items: Iterable[ImportItem]) -> UploadKind:
    """The kind of an upload that is no export: health data without recordings, or a folder."""
    kinds = {item.kind for item in items}
    is_health = ItemKind.HEALTH in kinds and ItemKind.RECORDING not in kinds
    return UploadKind.HEALTH_CSV if is_health else UploadKind.FOLDER
