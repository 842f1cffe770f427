"""Decide if recordings read from XML are valid, damaged but complete, or incomplete."""

from __future__ import annotations

from collections.abc import Iterable

from metrics.files.errors import NO_TIME, FileError, ReadablePart, partial_recording_error
from metrics.recording import Recording


def check_completeness(
    candidates: Iterable[Recording | None],
    *,
    valid: bool,
    complete: bool,
    accept_partial: bool,
    unreadable_time: str = "",
) -> tuple[Recording, ...]:
    """The recordings with their warnings. If the file is not `complete`, its last recording is partial.

    None means an activity without times. `unreadable_time` is a time of the file that could not be read.
    Raises FileError (NO_TIME, PARTIAL_RECORDING).
    """
    recordings = [recording for recording in candidates if recording is not None]
    if not recordings:
        raise FileError(NO_TIME, _explain_missing_time(unreadable_time))
    if valid:
        return tuple(recordings)
    if complete:
        return tuple(recording.with_warning("damaged_file") for recording in recordings)
    *before, last = recordings
    if not accept_partial:
        span_s = float(last.samples.time_s[-1] - last.samples.time_s[0])
        raise partial_recording_error(ReadablePart(len(last.samples), span_s, last.totals.distance_m or 0.0))
    return (
        *(recording.with_warning("damaged_file") for recording in before),
        last.with_warning("partial_recording"),
    )


def _explain_missing_time(unreadable_time: str) -> str:
    if not unreadable_time:
        return "The recording has no date and time."
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in unreadable_time[:40])
    return f"The recording has no readable date and time. It writes “{shown}”."
