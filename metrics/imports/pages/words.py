"""An import in words, for its page and for the list."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.files.errors import (
    FILE_TOO_LARGE,
    NO_TIME,
    NOT_AN_ACTIVITY,
    PARTIAL_RECORDING,
    UNREADABLE_FILE,
)
from metrics.formatting import format_number
from metrics.imports.counts import WAITING, ImportCounts, estimate_import_time
from metrics.imports.files.progress import TimeEstimate
from metrics.models import Import, ImportFile

# The outcomes in the order of the report: what needs a person comes first.
OUTCOME_WORDS = {
    ImportFile.Status.REFUSED.value: ("Refused", "critical"),
    ImportFile.Status.STORED.value: ("Stored", "good"),
    ImportFile.Status.SECOND_RECORDING.value: ("Second recording", "info"),
    ImportFile.Status.ALREADY_THERE.value: ("Already there", "info"),
    ImportFile.Status.SKIPPED.value: ("Not read", "warning"),
    WAITING: ("Waiting", "info"),
}
KIND_WORDS = {
    ImportFile.Kind.RECORDING.value: ("recording", "recordings"),
    ImportFile.Kind.ENTRY.value: ("activity without a recording", "activities without a recording"),
    ImportFile.Kind.HEALTH.value: ("file with health data", "files with health data"),
    ImportFile.Kind.UNREAD.value: ("thing that is not read", "things that are not read"),
}
STATUS_WORDS = {
    Import.Status.QUEUED.value: "Waiting for its turn",
    Import.Status.RUNNING.value: "Running",
    Import.Status.DONE.value: "Done",
    Import.Status.CANCELLED.value: "Cancelled",
    Import.Status.FAILED.value: "Stopped",
}
# What its owner can do about a refused file.
ADVICE_BY_CODE = {
    UNREADABLE_FILE: "Export it again as FIT, GPX or TCX.",
    NOT_AN_ACTIVITY: "Choose a recorded activity, not a course, a plan or settings.",
    NO_TIME: "A recording needs timestamps. Export it from the service that recorded it.",
    PARTIAL_RECORDING: "You can import the readable part.",
    FILE_TOO_LARGE: "Send a smaller file, or split it.",
}
UNDO_WORDS = {
    Import.UndoState.QUEUED.value: "Waiting to be undone",
    Import.UndoState.RUNNING.value: "Being undone",
    Import.UndoState.DONE.value: "Undone",
}


@dataclass(frozen=True, slots=True)
class ImportCard:
    """An import as text. The flags say which buttons are of use."""

    title: str
    kind: str
    state: str
    progress: str
    contents: str
    percent: int
    can_cancel: bool
    can_start: bool
    can_retry: bool
    can_undo: bool


def build_import_card(parent: Import, counts: ImportCounts) -> ImportCard:
    estimate = estimate_import_time(parent)
    brought = sum(counts.outcomes[status] for status in ("stored", "second_recording", "already_there"))
    is_idle = not parent.is_active
    is_over = parent.status == Import.Status.DONE and not parent.is_dry_run
    return ImportCard(
        title=parent.filename or "Files",
        kind=parent.get_kind_display() if parent.kind else "",
        state=_describe_state(parent),
        progress=_describe_progress(parent, estimate),
        contents=_describe_contents(counts),
        percent=round(100 * estimate.share),
        can_cancel=parent.status in (Import.Status.QUEUED, Import.Status.RUNNING),
        can_start=is_idle and not is_over and not parent.undo_state and counts.outcomes[WAITING] > 0,
        can_retry=is_idle and not parent.undo_state and counts.retriable > 0,
        can_undo=is_idle and not parent.undo_state and brought > 0,
    )


def name_outcome(status: str, is_dry_run: bool) -> tuple[str, str]:
    """The outcome of a file in words, and the colour of its badge. `status`: empty while it waits."""
    return ("Would come", "info") if is_dry_run and not status else OUTCOME_WORDS[status or WAITING]


def format_time_left(seconds: float | None) -> str:
    """About 4 minutes left; less than a minute left. Empty if it is unknown."""
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute left"
    if minutes < 90:
        return f"about {minutes} minute{'s' if minutes > 1 else ''} left"
    return f"about {round(minutes / 60)} hours left"


def _describe_state(parent: Import) -> str:
    if parent.undo_state:
        return UNDO_WORDS[parent.undo_state]
    if parent.is_dry_run and parent.status == Import.Status.DONE:
        return "Looked at: nothing is stored yet"
    return STATUS_WORDS[parent.status]


def _describe_contents(counts: ImportCounts) -> str:
    """2 recordings, 1 file with health data."""
    return ", ".join(
        f"{format_number(counts.kinds[kind])} {one if counts.kinds[kind] == 1 else several}"
        for kind, (one, several) in KIND_WORDS.items()
        if counts.kinds[kind]
    )


def _describe_progress(parent: Import, estimate: TimeEstimate) -> str:
    if not parent.planned_at:
        return "Looking at what it contains …" if parent.status == Import.Status.RUNNING else ""
    if parent.is_dry_run and not parent.is_active:
        return ""
    done, total = (format_number(number) for number in (parent.done_count, parent.file_count))
    left = format_time_left(estimate.seconds_left) if parent.is_active else ""
    return f"{done} of {total} files" + (f", {left}" if left else "")
