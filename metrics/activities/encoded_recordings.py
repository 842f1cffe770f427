"""Read a file and encode its samples for storage. Pure, so that other processes can do it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from metrics.activities.streams import encode, round_samples
from metrics.files.crop import CROPPED, Interval, crop_recording
from metrics.files.read import read_recordings
from metrics.recording import Recording


@dataclass(frozen=True, slots=True)
class EncodedRecording:
    """A recording whose samples are rounded as in storage, and `content`: the encoded samples, or empty.

    `cropped_to`: the part that its owner kept. None: it is whole.
    """

    recording: Recording
    content: bytes
    cropped_to: Interval | None = None


def read_and_encode(
    data: bytes, filename: str, accept_partial: bool, cropped_to: Interval | None = None
) -> tuple[EncodedRecording, ...]:
    """The recordings of a file, or the part of them that the owner kept. Raises FileError."""
    read = read_recordings(data, filename, accept_partial=accept_partial)
    kept = [recording if cropped_to is None else crop_recording(recording, cropped_to) for recording in read]
    return tuple(
        EncodedRecording(
            replace(recording, samples=round_samples(recording.samples)),
            encode(recording.samples) if len(recording.samples) else b"",
            cropped_to if CROPPED in recording.warnings else None,
        )
        for recording in kept
    )
