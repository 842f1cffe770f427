"""Name what an export contains and what is not read, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from metrics.archives.items import ImportItem
from metrics.archives.recordings import build_unread_item
from metrics.files.errors import UNREADABLE_FILE

from .contents import ExportContents
from .export_stream import StreamDamage

NOT_USED, UNCLEAR, DOUBLED = "NOT_USED", "UNCLEAR", "DOUBLED"
NAMED_TYPES = 5
TYPE_PREFIXES = (
    "HKQuantityTypeIdentifier",
    "HKCategoryTypeIdentifier",
    "HKDataType",
    "HKCorrelationTypeIdentifier",
)


@dataclass(frozen=True, slots=True)
class OtherFiles:
    """Files beside `export.xml` that are not read."""

    matches: Callable[[str], bool]  # gets the path below the export's folder, in lower case
    plural: str
    reason: str

    def describe(self, paths: Sequence[str]) -> list[ImportItem]:
        """One item for all of them."""
        if not paths:
            return []
        name = paths[0] if len(paths) == 1 else f"{len(paths):,} {self.plural}"
        return [build_unread_item(name, NOT_USED, self.reason)]


OTHER_FILES = (
    OtherFiles(
        lambda path: path.endswith("_cda.xml"),
        "documents",
        "It is a copy of the same data in another format.",
    ),
    OtherFiles(
        lambda path: path.startswith("electrocardiograms/"),
        "electrocardiograms",
        "Astral has no place for electrocardiograms.",
    ),
    OtherFiles(
        lambda path: path.startswith("clinical-records/"),
        "clinical records",
        "Astral has no place for clinical records.",
    ),
)


def describe_unread_parts(path: str, contents: ExportContents, damage: StreamDamage) -> Iterator[ImportItem]:
    """An item for each kind of record that is not read."""
    if damage.cut_at_byte is not None:
        reason = f"The file ends after {damage.cut_at_byte:,} bytes, in the middle. All before was read."
        yield build_unread_item(f"{path}: the end", UNREADABLE_FILE, reason)
    if damage.places:
        reason = "The record is invalid, so it was left out. All others were read."
        yield build_unread_item(f"{path}: {damage.places:,} damaged places", UNREADABLE_FILE, reason)
    if contents.unclear_workout_count:
        reason = "The workout has no valid start and end."
        name = f"{path}: {contents.unclear_workout_count:,} workouts without a time"
        yield build_unread_item(name, UNCLEAR, reason)
    if contents.doubled_workout_count:
        reason = "The export has the same workout twice: one was read."
        name = f"{path}: {contents.doubled_workout_count:,} doubled workouts"
        yield build_unread_item(name, DOUBLED, reason)
    if contents.unclear_count:
        reason = "The record has no value, no time or an unknown unit, or it is a mean of a longer time."
        yield build_unread_item(f"{path}: {contents.unclear_count:,} unclear records", UNCLEAR, reason)
    if contents.unread_types:
        yield _describe_types(path, contents)


def _describe_types(path: str, contents: ExportContents) -> ImportItem:
    count, common = contents.unread_types.total(), contents.unread_types.most_common(NAMED_TYPES)
    names = ", ".join(_shorten_type(kind) for kind, _ in sorted(common, key=lambda pair: (-pair[1], pair[0])))
    more = len(contents.unread_types) - len(common)
    reason = f"Astral has no place for these kinds: {names}" + (f", and {more} more." if more else ".")
    return build_unread_item(f"{path}: {count:,} other records", NOT_USED, reason)


def _shorten_type(kind: str) -> str:
    for prefix in TYPE_PREFIXES:
        kind = kind.removeprefix(prefix)
    return kind or "without a type"
