"""List the items of an Apple Health export: its days, its workouts and its routes."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from metrics.archives.items import ActivityDescription, ActivityEntry, ImportItem, ItemKind
from metrics.archives.members import Member, Members
from metrics.archives.planned_part import PlannedPart, PlanningContext
from metrics.archives.recordings import build_unread_item
from metrics.files.errors import FileError
from metrics.files.xml.writer import encode_tcx
from metrics.health.imports.apple_health import encode_apple_days

from .contents import ExportContents
from .export_stream import MAX_PROLOGUE_BYTES, StreamDamage, is_health_export, read_export_stream
from .heart_rates import Rows
from .recordings import build_workout_recording, choose_heart_rates
from .routes import RouteFiles
from .unread_parts import OTHER_FILES, describe_unread_parts
from .workouts import Workout, format_start

MAX_EXPORT_SHARE = 0.8
ROUTE_WORK = 2.0
"""Reading a byte of a route and writing its TCX file takes as long as two bytes of `export.xml`."""
REPORTED_STEPS = 20


def plan_apple_health(context: PlanningContext) -> PlannedPart | None:
    """The items of every `export.xml` of an upload. None if there is none.

    The name of the file is translated, so its content decides.
    """
    listed = context.members.list_members()
    exports = [member for member in listed if _is_export(context.members, member)]
    items: list[ImportItem] = []
    used_paths: set[str] = set()
    for place, export in enumerate(exports):
        planner = _ExportPlanner(context, export, listed, f"apple-{place + 1}" if place else "apple")
        items += planner.plan()
        used_paths |= planner.used_paths
    return PlannedPart(items, frozenset(used_paths)) if exports else None


def _is_export(members: Members, member: Member) -> bool:
    if not member.base_name.lower().endswith(".xml"):
        return False
    try:
        with members.open_member(member.path) as file:
            return is_health_export(file.read(MAX_PROLOGUE_BYTES))
    except (FileError, OSError):
        return False


class _ExportPlanner:
    """It plans one export. Its files are written to `folder_name` in the work folder."""

    def __init__(
        self, context: PlanningContext, export: Member, listed: Sequence[Member], folder_name: str
    ) -> None:
        self.used_paths = {export.path}
        self._context, self._export, self._listed = context, export, listed
        self._folder_name = folder_name
        self._folder = Path(context.work_folder, folder_name)
        self._routes = RouteFiles(context.members, export, listed)
        self._starts = Counter[str]()
        work = export.size_bytes + ROUTE_WORK * self._routes.size_bytes
        self._export_share = min(export.size_bytes / max(work, 1.0), MAX_EXPORT_SHARE)

    def plan(self) -> list[ImportItem]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with closing(ExportContents(self._folder)) as contents:
            try:
                damage = self._read_export(contents)
            except FileError as error:
                return [build_unread_item(self._export.path, error.code, error.message)]
            items = [*self._plan_days(contents), *self._plan_workouts(contents)]
            items += self._plan_other_files()
            items += describe_unread_parts(self._export.path, contents, damage)
        return items

    def _read_export(self, contents: ExportContents) -> StreamDamage:
        size_bytes = max(self._export.size_bytes, 1)

        def advance(read_bytes: int) -> None:
            self._context.advance(self._export_share * min(read_bytes / size_bytes, 1.0))

        with self._context.members.open_member(self._export.path) as file:
            damage = read_export_stream(file, contents, advance)
        contents.finish()
        return damage

    def _plan_days(self, contents: ExportContents) -> Iterator[ImportItem]:
        days = contents.days.list_days(contents.sources.sources)
        if days:
            data = encode_apple_days(days)
            locator, size_bytes = self._write_file("days.json", data), len(data)
            name = f"{self._export.path}: {len(days):,} days"
            yield ImportItem(name, ItemKind.HEALTH, locator, size_bytes)

    def _plan_workouts(self, contents: ExportContents) -> Iterator[ImportItem]:
        workouts = sorted(
            contents.workouts.values(), key=lambda workout: (workout.start.unix_s, workout.end.unix_s)
        )
        self._routes.join_by_time(workouts)
        windows = [(workout.start.unix_s, workout.end.unix_s) for workout in workouts]
        found = contents.heart_rates.find_rows(windows)
        for place, (workout, heart_rates) in enumerate(zip(workouts, found, strict=True)):
            if place % REPORTED_STEPS == 0:
                share = self._export_share + (1 - self._export_share) * place / len(workouts)
                self._context.advance(share)
            yield self._plan_workout(contents, workout, heart_rates)

    def _plan_workout(self, contents: ExportContents, workout: Workout, heart_rates: Rows) -> ImportItem:
        sources = contents.sources.sources
        route, route_paths = self._routes.read_route(workout)
        if not len(route) and workout.location_rows[1]:
            route = contents.locations.read_rows(*workout.location_rows)
        chosen = choose_heart_rates(workout, heart_rates, sources)
        recording = build_workout_recording(workout, route, chosen, sources[workout.source])
        name = f"{self._export.path}: {_name_workout(workout)}"
        description = ActivityDescription(activity_type=workout.sport, sub_type=workout.sub_type)
        if recording is None:
            entry = _build_entry(workout, sources[workout.source].device)
            return ImportItem(name, ItemKind.ENTRY, description=description, entry=entry)
        self.used_paths |= route_paths
        data = encode_tcx(recording)
        locator = self._write_file(self._choose_name(workout), gzip.compress(data, 1, mtime=0))
        return ImportItem(name, ItemKind.RECORDING, locator, len(data), description)

    def _plan_other_files(self) -> list[ImportItem]:
        """The files of the export that are known, and not read."""
        folder = self._export.path.removesuffix(self._export.base_name)
        items = []
        for other in OTHER_FILES:
            found = [
                member for member in self._listed if other.matches(member.path.removeprefix(folder).lower())
            ]
            found = [member for member in found if member.path.startswith(folder)]
            self.used_paths |= {member.path for member in found}
            items += other.describe([member.path for member in found])
        return items

    def _choose_name(self, workout: Workout) -> str:
        """A file name by the start. Two workouts may begin in one second."""
        start = format_start(workout)
        self._starts[start] += 1
        number = self._starts[start]
        return f"{start}.tcx.gz" if number == 1 else f"{start}-{number}.tcx.gz"

    def _write_file(self, name: str, data: bytes) -> str:
        """The locator of a new file."""
        Path(self._folder, name).write_bytes(data)
        return f"work/{self._folder_name}/{name}"


def _name_workout(workout: Workout) -> str:
    start = workout.started_at + timedelta(minutes=workout.utc_offset_min)
    return f"{workout.title or 'Workout'}, {start:%Y-%m-%d %H:%M}"


def _build_entry(workout: Workout, device: str) -> ActivityEntry:
    return ActivityEntry(
        started_at=workout.started_at,
        duration_s=workout.duration_s or workout.elapsed_s,
        utc_offset_min=workout.utc_offset_min,
        elapsed_s=workout.elapsed_s,
        distance_m=workout.distance_m,
        elevation_gain_m=workout.elevation_gain_m,
        avg_hr_bpm=workout.avg_hr_bpm,
        max_hr_bpm=workout.max_hr_bpm,
        calories_kcal=workout.energy_kcal,
        device=device,
    )
