"""Read a file and encode its samples for storage. Pure, so that other processes can do it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from metrics.activities.streams import encode, round_samples
from metrics.files.crop import crop_recording, is_cropped
from metrics.files.read import read_recordings
from metrics.recording import Interval, Recording


@dataclass(frozen=True, slots=True)
class EncodedRecording:
    """A recording whose samples are rounded as in storage, and `content`: the encoded samples, or empty.

    `whole`: the recording of the file, if this one is cropped.
    """

    recording: Recording
    content: bytes
    whole: EncodedRecording | None = None


def read_and_encode(
    data: bytes, filename: str, accept_partial: bool, kept: Interval | None = None
) -> tuple[EncodedRecording, ...]:
    """The recordings of a file; only what is in `kept`, if that is a crop. Raises FileError."""
    encoded = map(encode_recording, read_recordings(data, filename, accept_partial=accept_partial))
    return tuple(
        crop_encoded(one, kept) if kept is not None and is_cropped(one.recording, *kept) else one
        for one in encoded
    )


def encode_recording(recording: Recording) -> EncodedRecording:
    content = encode(recording.samples) if len(recording.samples) else b""
    return EncodedRecording(replace(recording, samples=round_samples(recording.samples)), content)


def crop_encoded(whole: EncodedRecording, kept: Interval) -> EncodedRecording:
    """Crop what is rounded already: so a file that is read again gives the same samples."""
    cropped = crop_recording(whole.recording, *kept)
    return replace(encode_recording(cropped), whole=whole) if cropped.cropped_to else whole
