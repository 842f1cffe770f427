"""List the items of a Strava export: each file with what its row says, and rows without a file as entries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from metrics.archives.entries import build_entry_item
from metrics.archives.file_kinds import FileKind
from metrics.archives.items import ImportItem, ItemKind
from metrics.archives.members import Member
from metrics.archives.planned_part import PlannedPart, PlanningContext
from metrics.archives.recordings import describe_unread_members
from metrics.archives.tables.cell_dates import detect_day_first
from metrics.archives.tables.csv_rows import CsvRow, read_csv_rows
from metrics.files.errors import FileError

from .columns import StravaColumns, find_columns
from .rows import StravaRow, read_row

HEAD_BYTES = 16_384
NAMED_FILE = re.compile(rb"[^,;\"\n/]{1,80}/\d{1,20}\.(?:fit|gpx|tcx)", re.IGNORECASE)
ROUTE = FileKind("COURSE", "route", "routes", "It is a planned route, not an activity.")
MISSING_FILE = "The export does not contain its file {path}. Its totals are stored."


def plan_strava_export(context: PlanningContext) -> PlannedPart | None:
    """The items of every Strava export in the upload. None if there is none."""
    members = context.members.list_members()
    items: list[ImportItem] = []
    used_paths: set[str] = set()
    for member in members:
        table = _read_table(context, member) if member.path.lower().endswith(".csv") else None
        if table is None:
            continue
        folder = member.path[: -len(member.base_name)]
        inside = [other for other in members if other.path.startswith(folder)]
        part = _plan_table(member, table, inside)
        items += part.items
        used_paths |= part.used_paths
    return PlannedPart(items, frozenset(used_paths)) if used_paths else None


def _read_table(context: PlanningContext, member: Member) -> tuple[StravaColumns, list[CsvRow]] | None:
    """The columns and rows of a table of activities. None for any other table."""
    try:
        with context.members.open_member(member.path) as file:
            head = file.read(HEAD_BYTES)
        if member.base_name.lower() != "activities.csv" and not NAMED_FILE.search(head):
            return None
        rows = read_csv_rows(context.members.read_member(member.path), member.path)
    except FileError:
        return None  # the report names the file
    columns = find_columns(rows)
    return None if columns is None else (columns, rows[1:])


def _plan_table(
    member: Member, table: tuple[StravaColumns, list[CsvRow]], members: Sequence[Member]
) -> PlannedPart:
    columns, csv_rows = table
    is_day_first = detect_day_first(row.get(columns.entered["date"]) for row in csv_rows)
    rows = [read_row(row, columns, is_day_first=is_day_first) for row in csv_rows]
    files = {_shorten_path(other.path): other for other in members if other.path != member.path}
    files |= {other.path: other for other in members}
    shared = {path for path, count in Counter(row.file_path for row in rows).items() if count > 1}
    items, used_paths = [], {member.path}
    for row in rows:
        file = _find_file(files, member, row.file_path)
        if file is not None and file.path not in used_paths:
            # A file that several rows name has several activities. Each row describes one, as an entry.
            items.append(_build_recording_item(file, None if row.file_path in shared else row))
            used_paths.add(file.path)
        if file is None or row.file_path in shared:
            items.append(_build_row_item(member, row, is_missing=bool(row.file_path) and file is None))
    routes = [other for other in members if _is_route(member, other)]
    items += describe_unread_members({ROUTE: routes} if routes else {})
    return PlannedPart(items, frozenset(used_paths | {route.path for route in routes}))


def _build_recording_item(file: Member, row: StravaRow | None) -> ImportItem:
    item = ImportItem(file.path, ItemKind.RECORDING, file.path, file.size_bytes)
    return item if row is None else replace(item, description=row.description, entry=row.entry)


def _build_row_item(table: Member, row: StravaRow, *, is_missing: bool) -> ImportItem:
    name = f"{table.path}, line {row.line}"
    reason = MISSING_FILE.format(path=row.file_path[:200]) if is_missing and row.entry is not None else ""
    return build_entry_item(name, row.entry, row.description, reason)


def _find_file(files: Mapping[str, Member], table: Member, file_path: str) -> Member | None:
    """The file that a row names, also if it was moved or unpacked."""
    if not file_path:
        return None
    folder = table.path[: -len(table.base_name)]
    return files.get(f"{folder}{file_path}") or files.get(_shorten_path(file_path))


def _shorten_path(path: str) -> str:
    """The name without folders and endings: people unpack `.gz` files, and move files."""
    return path.rsplit("/", 1)[-1].split(".", 1)[0].casefold()


def _is_route(table: Member, other: Member) -> bool:
    folder = table.path[: -len(table.base_name)]
    return other.path.startswith(f"{folder}routes/") and other.path.lower().endswith(".gpx")
