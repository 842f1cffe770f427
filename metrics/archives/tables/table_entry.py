"""One activity of a table."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.archives.items import ActivityDescription, ActivityEntry


@dataclass(frozen=True, slots=True)
class TableEntry:
    """`place` is for people: “line 17”. `entry` is None without a start. `remark` says what was corrected."""

    place: str
    entry: ActivityEntry | None
    description: ActivityDescription
    remark: str = ""
