"""Plan an Apple Health export that a test makes up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from metrics.archives.apple.planning import plan_apple_health
from metrics.archives.health import read_health_days
from metrics.archives.items import ImportItem, ItemKind
from metrics.archives.planned_part import PlanningContext
from metrics.archives.upload_members import open_members
from metrics.files.read import read_recordings
from metrics.recording import Recording


@dataclass(frozen=True, slots=True)
class PlannedExport:
    """The items, the days by date, the recordings by locator, and the paths that were used."""

    items: tuple[ImportItem, ...]
    days: Mapping[str, Mapping[str, float]]
    recordings: Mapping[str, Recording]
    used_paths: frozenset[str]
    shares: tuple[float, ...]

    def list_items(self, kind: ItemKind) -> list[ImportItem]:
        return [item for item in self.items if item.kind == kind]

    @property
    def reasons(self) -> dict[str, str]:
        """What is not read, by name."""
        return {
            item.name.partition(": ")[2] or item.name: item.reason
            for item in self.list_items(ItemKind.UNREAD)
        }


PlanExport = Callable[..., PlannedExport]


def plan_files(folder: Path, files: Mapping[str, bytes]) -> PlannedExport | None:
    """Plan an upload with these files. None if it is no Apple Health export."""
    upload, work_folder = folder / "upload", folder / "work"
    work_folder.mkdir(parents=True)
    for path, data in files.items():
        (upload / path).parent.mkdir(parents=True, exist_ok=True)
        (upload / path).write_bytes(data)
    return plan_upload_folder(upload, work_folder)


def plan_upload_folder(upload: Path, work_folder: Path) -> PlannedExport | None:
    shares: list[float] = []
    with open_members(upload, work_folder) as members:
        part = plan_apple_health(PlanningContext(members, work_folder, UTC, shares.append))
        if part is None:
            return None
        exports = [
            read_health_days(members, item, UTC) for item in part.items if item.kind == ItemKind.HEALTH
        ]
        recordings = {
            item.locator: read_recordings(members.read_member(item.locator), item.name)[0]
            for item in part.items
            if item.kind == ItemKind.RECORDING
        }
    assert all(export.source == "apple_health" for export in exports)
    days = {str(row.date): row.values for export in exports for row in export.rows}
    return PlannedExport(tuple(part.items), days, recordings, part.used_paths, tuple(shares))
