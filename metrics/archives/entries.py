"""Build the items of activities without a recording."""

from __future__ import annotations

from .items import ActivityDescription, ActivityEntry, ImportItem, ItemKind

ENTRY_WORK_BYTES = 30_000
"""Storing an entry takes as long as reading so many bytes of a recording."""
MAX_DURATION_S = 30 * 86_400.0
INVALID_ROW = "INVALID_ROW"
NO_TIME_REASON = "Its date and time cannot be read."
NO_DURATION_REASON = "It has no duration."


def build_entry_item(
    name: str, entry: ActivityEntry | None, description: ActivityDescription, reason: str = ""
) -> ImportItem:
    """An entry, or the report that a row is not read. `reason` may also remark on an entry that is read."""
    if entry is None:
        return ImportItem(name, ItemKind.UNREAD, code=INVALID_ROW, reason=reason or NO_TIME_REASON)
    if not 0 < entry.duration_s <= MAX_DURATION_S:
        return ImportItem(name, ItemKind.UNREAD, code=INVALID_ROW, reason=reason or NO_DURATION_REASON)
    return ImportItem(
        name,
        ItemKind.ENTRY,
        size_bytes=ENTRY_WORK_BYTES,
        description=description,
        entry=entry,
        reason=reason,
    )
