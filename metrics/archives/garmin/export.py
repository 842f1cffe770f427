"""List the items of a Garmin export: recordings with what their summary says, and summaries as entries."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from metrics.archives.entries import build_entry_item
from metrics.archives.fit_file_id import read_fit_created_at
from metrics.archives.items import ImportItem, ItemKind
from metrics.archives.members import Member
from metrics.archives.planned_part import PlannedPart, PlanningContext
from metrics.archives.recordings import REPORTED_STEPS, FileSorter, build_unread_item
from metrics.files.errors import FileError

from .summaries import EXPORT_KEY, GarminSummary, read_summaries

EXPORT_FOLDER = "DI_CONNECT/"
SUMMARIES_ENDING = "summarizedactivities.json"
SAME_START = timedelta(seconds=60)
SUM_OF_PARTS = "SUM_OF_PARTS"


@dataclass(frozen=True, slots=True)
class SummaryFile:
    """The summaries of one file of the export."""

    member: Member
    summaries: list[GarminSummary]


def plan_garmin_export(context: PlanningContext) -> PlannedPart | None:
    """The items of a Garmin export. None if the upload has neither its folder nor its summaries."""
    members = context.members.list_members()
    files, items = _read_summary_files(context, members)
    roots = {
        member.path[: member.path.find(EXPORT_FOLDER)] for member in members if EXPORT_FOLDER in member.path
    }
    if not files and not roots:
        return None
    roots |= {file.member.path[: -len(file.member.base_name)] for file in files if not roots}
    fit_files = [
        member
        for member in members
        if member.path.lower().endswith(".fit") and member.path.startswith(tuple(roots))
    ]
    sorter = FileSorter(context)
    created_at_by_path = {}
    for place, member in enumerate(fit_files):
        if place % REPORTED_STEPS == 0:
            context.advance(place / len(fit_files))
        created_at_by_path[member.path] = read_fit_created_at(sorter.sort(member))
    matches = SummaryMatches(files)
    for item in sorter.list_items():
        created_at = created_at_by_path[item.locator]
        summary = matches.take(created_at) if created_at else None
        items.append(replace(item, description=summary.description, entry=summary.entry) if summary else item)
    items += [*_build_entry_items(files, matches), *sorter.list_unread()]
    used_paths = {member.path for member in fit_files} | {file.member.path for file in files}
    return PlannedPart(items, frozenset(used_paths))


class SummaryMatches:
    """Find the summary of a recording by its start. The parts of a multisport activity share one file."""

    def __init__(self, files: Sequence[SummaryFile]) -> None:
        alone = [
            (summary.entry.started_at, summary)
            for file in files
            for summary in file.summaries
            if summary.entry is not None and not summary.parent_id and not summary.has_parts
        ]
        self._summaries = sorted(alone, key=lambda pair: pair[0])
        self._starts = [started_at for started_at, _ in self._summaries]
        self._taken: set[int] = set()

    def take(self, created_at: datetime) -> GarminSummary | None:
        """The nearest summary that no other recording has. None if none starts within a minute."""
        first = bisect_left(self._starts, created_at - SAME_START)
        near = []
        for place in range(first, len(self._starts)):
            distance = abs(self._starts[place] - created_at)
            if self._starts[place] > created_at + SAME_START:
                break
            if place not in self._taken:
                near.append((distance, place))
        if not near:
            return None
        place = min(near)[1]
        self._taken.add(place)
        return self._summaries[place][1]

    def list_taken_ids(self) -> set[str]:
        return {self._summaries[place][1].activity_id for place in self._taken}


def _read_summary_files(
    context: PlanningContext, members: Sequence[Member]
) -> tuple[list[SummaryFile], list[ImportItem]]:
    """The files with summaries, and a line of the report for each that is damaged."""
    files, damaged = [], []
    for member in members:
        if not member.path.lower().endswith(SUMMARIES_ENDING):
            continue
        try:
            data = context.members.read_member(member.path)
            summaries = read_summaries(data, member.path) if EXPORT_KEY.encode() in data else []
        except FileError as error:
            damaged.append(build_unread_item(member.path, error.code, error.message))
            continue
        if summaries:  # else the file is something else, and its line says so
            files.append(SummaryFile(member, summaries))
    return files, damaged


def _build_entry_items(files: Sequence[SummaryFile], matches: SummaryMatches) -> Iterator[ImportItem]:
    """The activities without a recording. A file may repeat those of another file."""
    listed = matches.list_taken_ids()
    parents = {summary.parent_id for file in files for summary in file.summaries}
    sums = 0
    for file in files:
        for summary in file.summaries:
            if summary.activity_id in listed:
                continue
            listed.add(summary.activity_id)
            if summary.has_parts and summary.activity_id in parents:
                sums += 1
                continue
            name = f"{file.member.path}, activity {summary.activity_id}"
            yield build_entry_item(name, summary.entry, summary.description)
    if sums:
        name = f"{sums:,} sum{'' if sums == 1 else 's'} of multisport activities"
        yield ImportItem(
            name, ItemKind.UNREAD, code=SUM_OF_PARTS, reason="Each of their parts is an activity."
        )
