"""List the recordings and the health tables among the files of an upload, whatever their names are."""

from __future__ import annotations

from metrics.files.file_extension import HEAD_BYTES, detect_file_extension

from .items import ImportItem, ItemKind
from .planned_part import PlannedPart, PlanningContext

RECORDING_EXTENSIONS = (".fit", ".gpx", ".tcx", ".fit.gz", ".gpx.gz", ".tcx.gz")
NOT_A_RECORDING = "NOT_A_RECORDING"


def plan_other_files(context: PlanningContext, used_paths: frozenset[str]) -> PlannedPart:
    """An item for each file that no export's planner used."""
    members = [member for member in context.members.list_members() if member.path not in used_paths]
    items = []
    for member in members:
        with context.members.open_member(member.path) as file:
            head = file.read(HEAD_BYTES)
        if detect_file_extension(head) in RECORDING_EXTENSIONS:
            items.append(ImportItem(member.path, ItemKind.RECORDING, member.path, member.size_bytes))
            continue
        reason = "It isn't a FIT, GPX or TCX file."
        items.append(ImportItem(member.path, ItemKind.UNREAD, code=NOT_A_RECORDING, reason=reason))
    return PlannedPart(items, frozenset(member.path for member in members))
