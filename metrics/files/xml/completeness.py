"""What to say of the recordings read from XML: sound, damaged but whole, or broken off."""

from __future__ import annotations

from collections.abc import Iterable

from metrics.files.errors import NO_TIME, FileError, ReadablePart, partial_recording_error
from metrics.recording import Recording


def check_completeness(
    read: Iterable[Recording | None], *, sound: bool, whole: bool, accept_partial: bool
) -> tuple[Recording, ...]:
    """The recordings with their warnings. In a file that is not `whole` the last one breaks off.

    Raises FileRefused (NO_TIME, PARTIAL_RECORDING).
    """
    recordings = [recording for recording in read if recording is not None]
    if not recordings:
        raise FileError(NO_TIME, "The recording does not tell when it took place.")
    if sound:
        return tuple(recordings)
    if whole:
        return tuple(recording.with_warning("damaged_file") for recording in recordings)
    *before, last = recordings
    if not accept_partial:
        span_s = float(last.samples.time_s[-1] - last.samples.time_s[0])
        raise partial_recording_error(ReadablePart(len(last.samples), span_s, last.totals.distance_m or 0.0))
    return (
        *(recording.with_warning("damaged_file") for recording in before),
        last.with_warning("partial_recording"),
    )
