"""List the recordings and the health tables among the files of an upload, whatever their names are."""

from __future__ import annotations

from collections.abc import Iterator

from metrics.files.errors import FileError

from .file_kinds import TABLE_CODES, FileKind, detect_unread_kind
from .health import HEAD_BYTES, detect_health_data
from .items import ImportItem, ItemKind
from .members import Member, Members
from .planned_part import PlannedPart, PlanningContext

FIT_HEAD_BYTES = 1_024
"""So much of a FIT file says what it is. A Garmin export has tens of thousands."""
MIN_GROUP = 4
"""So many unread files of one kind have one line in the report."""
REPORTED_STEPS = 100
"""Files between two reports of the progress."""


class FileSorter:
    """Tell recordings and health data from other files by their first bytes."""

    def __init__(self, context: PlanningContext) -> None:
        self._context = context
        self._items: list[ImportItem] = []
        self._damaged: list[ImportItem] = []
        self._unread: dict[FileKind, list[Member]] = {}

    def sort(self, member: Member) -> bytes:
        """Sort a file. Returns its first bytes; none if it is damaged."""
        try:
            head = read_head(self._context.members, member)
        except FileError as error:
            self._damaged.append(build_unread_item(member.path, error.code, error.message))
            return b""
        kind = detect_unread_kind(member.path, head, member.size_bytes)
        if kind is None:
            self._add_item(ItemKind.RECORDING, member)
        elif kind.code in TABLE_CODES and detect_health_data(member.base_name, head):
            self._add_item(ItemKind.HEALTH, member)
        else:
            self._unread.setdefault(kind, []).append(member)
        return head

    def _add_item(self, kind: ItemKind, member: Member) -> None:
        self._items.append(ImportItem(member.path, kind, member.path, member.size_bytes))

    def list_items(self) -> list[ImportItem]:
        """Recordings and health data."""
        return self._items

    def list_unread(self) -> list[ImportItem]:
        return [*self._damaged, *describe_unread_members(self._unread)]


def plan_other_files(context: PlanningContext, used_paths: frozenset[str]) -> PlannedPart:
    """An item for each file that no export's planner used."""
    members = [member for member in context.members.list_members() if member.path not in used_paths]
    sorter = FileSorter(context)
    for index, member in enumerate(members):
        if index % REPORTED_STEPS == 0:
            context.advance(index / len(members))
        sorter.sort(member)
    items = [*sorter.list_items(), *sorter.list_unread()]
    return PlannedPart(items, frozenset(member.path for member in members))


def read_head(members: Members, member: Member) -> bytes:
    """The first bytes of a file: enough to tell what it is. Raises FileError."""
    wanted = FIT_HEAD_BYTES if member.path.lower().endswith(".fit") else HEAD_BYTES
    with members.open_member(member.path) as file:
        return file.read(wanted)


def describe_unread_members(unread: dict[FileKind, list[Member]]) -> Iterator[ImportItem]:
    """Few files are named one by one; many of a kind have one line: “1,204 monitoring files”."""
    for kind, members in unread.items():
        if len(members) < MIN_GROUP:
            yield from (build_unread_item(member.path, kind.code, kind.reason) for member in members)
            continue
        example = members[0].path
        reason = f"{kind.reason} For example: {example}"
        yield build_unread_item(f"{len(members):,} {kind.plural}", kind.code, reason)


def build_unread_item(name: str, code: str, reason: str) -> ImportItem:
    return ImportItem(name, ItemKind.UNREAD, code=code, reason=reason)
