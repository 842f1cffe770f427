"""Read a file and encode its samples for storage. Pure, so that other processes can do it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from metrics.activities.streams import encode, round_samples
from metrics.files.read import read_recordings
from metrics.recording import Recording


@dataclass(frozen=True, slots=True)
class EncodedRecording:
    """A recording whose samples are rounded as in storage, and `content`: the encoded samples, or empty."""

    recording: Recording
    content: bytes


def read_and_encode(data: bytes, filename: str, accept_partial: bool) -> tuple[EncodedRecording, ...]:
    """The recordings of a file. Raises FileError."""
    return tuple(
        EncodedRecording(
            replace(recording, samples=round_samples(recording.samples)),
            encode(recording.samples) if len(recording.samples) else b"",
        )
        for recording in read_recordings(data, filename, accept_partial=accept_partial)
    )
