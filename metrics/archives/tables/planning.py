"""List the activities of tables: each row is an entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo

from metrics.archives.entries import build_entry_item
from metrics.archives.items import ImportItem
from metrics.archives.members import Member
from metrics.archives.planned_part import PlannedPart, PlanningContext
from metrics.files.errors import FileError

from .csv_rows import CsvRow, read_csv_rows
from .garmin_connect import read_garmin_connect_list
from .intervals_icu import read_intervals_activities
from .running_page import is_running_page, read_running_page
from .table_entry import TableEntry
from .whoop import read_whoop_workouts

HEAD_BYTES = 16_384
TableReader = Callable[[Sequence[CsvRow], tzinfo], list[TableEntry] | None]
"""It gives None for a table that is not its own."""

TABLE_READERS: tuple[TableReader, ...] = (
    read_intervals_activities,
    read_whoop_workouts,
    read_garmin_connect_list,
)


def plan_activity_tables(context: PlanningContext) -> PlannedPart | None:
    """The entries of every known table of activities in the upload. None if there is none."""
    items: list[ImportItem] = []
    used_paths: set[str] = set()
    for member in context.members.list_members():
        entries = _read_member(context, member)
        if entries is not None:
            used_paths.add(member.path)
            items += [
                build_entry_item(f"{member.path}, {row.place}", row.entry, row.description, row.remark)
                for row in entries
            ]
    return PlannedPart(items, frozenset(used_paths)) if used_paths else None


def _read_member(context: PlanningContext, member: Member) -> list[TableEntry] | None:
    ending = member.path.lower().rpartition(".")[2]
    if ending not in ("csv", "json"):
        return None
    try:
        with context.members.open_member(member.path) as file:
            head = file.read(HEAD_BYTES)
        if ending == "json":
            is_known = is_running_page(head)
            return (
                read_running_page(context.members.read_member(member.path), member.path) if is_known else None
            )
        reader = _find_reader(read_csv_rows(head.rpartition(b"\n")[0] or head, member.path), context.zone)
        if reader is None:
            return None
        return reader(read_csv_rows(context.members.read_member(member.path), member.path), context.zone)
    except FileError:
        return None  # the report names the file


def _find_reader(first_rows: Sequence[CsvRow], zone: tzinfo) -> TableReader | None:
    return next((reader for reader in TABLE_READERS if reader(first_rows, zone) is not None), None)
