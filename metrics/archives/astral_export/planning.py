"""List the items of Astral's own archive of personal data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from metrics.archives.items import ImportItem, ItemKind
from metrics.archives.members import Member
from metrics.archives.planned_part import PlannedPart, PlanningContext
from metrics.archives.recordings import build_unread_item
from metrics.files.errors import UNREADABLE_FILE, FileError

from .activities import ActivityIndex, index_activities
from .json_rows import JsonRow, iterate_rows, load_json
from .row_files import write_row_files
from .tables import HEALTH_TABLE, ROW_TABLES, SETTINGS_TABLES, STREAMS_TABLE, read_rows_to_restore

MANIFEST, ACTIVITIES = "export.json", "activities.json"
NEEDED_FILES = frozenset({ACTIVITIES, "original_files.json", HEALTH_TABLE, "athlete.json", "thresholds.json"})
OWN_FOLDERS = ("originals/", "streams/", "refused/")
LATEST_FORMAT = 1
MAX_ID = 100
IN_BIN, NOT_RESTORED, NO_ACTIVITY = "IN_BIN", "NOT_RESTORED", "NO_ACTIVITY"
BIN_TABLES = frozenset({"bin_activities.json", "bin_recordings.json"})
HELPING_TABLES = frozenset({"plans.json", "plan_sessions.json", "original_files.json"})
BIN_REASON = "They were in the bin. Restore them there first, and download the archive again."
REFUSED_REASON = "They are below refused/ in the archive. Import them alone to see why."
OTHER_REASON = (
    "They belong to the other account: memberships, what is shared, keys, tokens, sign-ins, imports, what a "
    "coach did. Numbers are computed again."
)


def plan_astral_export(context: PlanningContext) -> PlannedPart | None:
    """The items of Astral's archive. None if the upload is no such archive.

    Raises FileError for an archive of a newer Astral.
    """
    root = _find_root(context.members.list_members())
    return None if root is None else ArchivePlanner(context, root).plan()


class ArchivePlanner:
    """Plans one archive. `root`: the folder of its files in the upload."""

    def __init__(self, context: PlanningContext, root: str) -> None:
        self.context, self.root = context, root
        members = context.members.list_members()
        self.members = {member.path[len(root) :]: member for member in members if _is_own(member.path, root)}
        self.facts = self._read_manifest()
        self.unread: list[ImportItem] = []

    def plan(self) -> PlannedPart:
        items = [*self._plan_tables(SETTINGS_TABLES, ItemKind.SETTINGS)]
        self.context.advance(0.1)
        index = self._index_activities()
        self.context.advance(0.5)
        items += [*self._plan_originals(index), *index.entries.values()]
        items += self._plan_tables([HEALTH_TABLE], ItemKind.HEALTH)
        streams = self._iterate_streams(index)
        items += write_row_files(self.context.work_folder, STREAMS_TABLE, ItemKind.ROWS, streams)
        items += self._plan_tables(ROW_TABLES, ItemKind.ROWS)
        items += [*self.unread, *self._name_unread_tables()]
        return PlannedPart(items, frozenset(member.path for member in self.members.values()))

    def read_table(self, table: str) -> Iterable[JsonRow]:
        member = self.members.get(table)
        return iter(()) if member is None else iterate_rows(self.context.members, member.path)

    def _read_manifest(self) -> Mapping[str, Any]:
        member = self.members.get(MANIFEST)
        if member is None:  # archives of older programs
            return {}
        facts = load_json(self.context.members.read_member(member.path), member.path)
        if not isinstance(facts, dict) or not isinstance(facts.get("format"), int):
            raise FileError(UNREADABLE_FILE, f"{member.path} is not as Astral writes it.")
        if facts["format"] > LATEST_FORMAT:
            raise FileError(
                UNREADABLE_FILE, "A newer Astral wrote this archive. Update this server, and try again."
            )
        return facts

    def _index_activities(self) -> ActivityIndex:
        path = self.members[ACTIVITIES].path
        try:
            return index_activities(path, self.read_table(ACTIVITIES), self.read_table("recordings.json"))
        except FileError:
            return ActivityIndex()  # the table itself is named with the reason

    def _plan_originals(self, index: ActivityIndex) -> Iterator[ImportItem]:
        """The recording that names an activity comes before its further recordings."""
        found = []
        in_bin = self._read_ids("bin_activities.json") | self._read_ids("bin_recordings.json")
        for name, member in self.members.items():
            if not name.startswith("originals/"):
                continue
            file_id = member.base_name.partition(".")[0]
            rank = index.find_rank(file_id)
            if rank == 2 and index.starts:
                if file_id not in in_bin:
                    reason = "No activity of the archive came from it."
                    self.unread.append(build_unread_item(member.path, NO_ACTIVITY, reason))
                continue
            item = ImportItem(
                member.path,
                ItemKind.RECORDING,
                member.path,
                member.size_bytes,
                description=index.descriptions.get(file_id),
                entry=index.totals.get(file_id),
            )
            found.append((rank, index.starts.get(file_id, ""), member.path, item))
        if in_bin:
            count = len(self._read_ids("bin_activities.json"))
            name = f"{count:,} {'activity' if count == 1 else 'activities'} in the bin"
            self.unread.append(build_unread_item(name, IN_BIN, BIN_REASON))
        yield from (item for *_, item in sorted(found, key=lambda entry: entry[:3]))

    def _iterate_streams(self, index: ActivityIndex) -> Iterator[JsonRow]:
        """The samples of each activity without a file, with its start."""
        for activity_id in index.entries:
            member = self.members.get(f"streams/{activity_id}.json")
            if member is None or activity_id not in index.starts:
                continue
            try:
                row = load_json(self.context.members.read_member(member.path), member.path)
            except FileError as error:
                self.unread.append(build_unread_item(member.path, error.code, error.message))
                continue
            if isinstance(row, dict) and "columns" in row:
                yield row | {"started_at": index.starts[activity_id]}

    def _plan_tables(self, tables: Sequence[str], kind: ItemKind) -> Iterator[ImportItem]:
        for table in tables:
            if table not in self.members:
                continue
            rows = read_rows_to_restore(table, self.read_table, self.facts)
            try:
                yield from list(write_row_files(self.context.work_folder, table, kind, rows))
            except FileError as error:
                self.unread.append(build_unread_item(self.root + table, error.code, error.message))

    def _read_ids(self, table: str) -> set[str]:
        try:
            return {str(row.get("id"))[:MAX_ID] for row in self.read_table(table)}
        except FileError:
            return set()

    def _name_unread_tables(self) -> Iterator[ImportItem]:
        restored = {*SETTINGS_TABLES, *ROW_TABLES, HEALTH_TABLE, MANIFEST, *BIN_TABLES, *HELPING_TABLES}
        others = [name for name in self.members if name.endswith(".json") and "/" not in name]
        refused = sum(name.startswith("refused/") for name in self.members)
        if refused:
            name = f"{refused:,} file{'' if refused == 1 else 's'} that an import refused"
            yield build_unread_item(name, NOT_RESTORED, REFUSED_REASON)
        count = len(set(others) - restored)
        if count:
            yield build_unread_item(f"{count} other tables of the archive", NOT_RESTORED, OTHER_REASON)


def _find_root(members: Sequence[Member]) -> str | None:
    """The folder with the files of the archive; None without them."""
    paths = {member.path for member in members}
    roots = {member.path[: -len(ACTIVITIES)] for member in members if member.base_name == ACTIVITIES}
    for root in sorted(roots, key=lambda root: (len(root), root)):
        if all(root + name in paths for name in NEEDED_FILES):
            return root
    return None


def _is_own(path: str, root: str) -> bool:
    """Whether the archive wrote this file. Other files of the upload may lie beside it."""
    if not path.startswith(root):
        return False
    name = path[len(root) :]
    if "/" in name:
        return name.startswith(OWN_FOLDERS)
    return name.endswith(".json") or name == "README.txt"
