"""Why a file is refused, in words for its owner, and the limits every reader keeps."""

from __future__ import annotations

from dataclasses import dataclass

UNREADABLE_FILE = "UNREADABLE_FILE"
NOT_AN_ACTIVITY = "NOT_AN_ACTIVITY"
NO_TIME = "NO_TIME"
PARTIAL_RECORDING = "PARTIAL_RECORDING"
FILE_TOO_LARGE = "FILE_TOO_LARGE"

MAX_FILE_BYTES = 25_000_000
"""Of one recording, as it was sent and as it is once inflated."""

MAX_RECORDS = 500_000
"""Of one file: six days and nights at one a second."""

MAX_RATIO = 200
"""Inflated ÷ compressed bytes. A zlib bomb reaches 1,032; real recordings in XML stay below 40."""


@dataclass(frozen=True, slots=True)
class ReadablePart:
    """What a recording that breaks off still tells."""

    records: int
    seconds: float  # from the first to the last readable record
    metres: float


class FileError(Exception):
    """A file nothing is stored from. `code` is one of this module's words, `message` is for people."""

    def __init__(self, code: str, message: str, readable: ReadablePart | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.readable = readable


def too_many_records_error() -> FileError:
    return FileError(FILE_TOO_LARGE, "The file holds more than a recording can have.")


def file_too_large_error() -> FileError:
    return FileError(FILE_TOO_LARGE, f"The file holds more than {MAX_FILE_BYTES // 1_000_000} MB.")


def partial_recording_error(readable: ReadablePart) -> FileError:
    """The refusal that names what accept_partial would store."""
    return FileError(
        PARTIAL_RECORDING,
        f"The recording breaks off and has no totals of its own: {readable.records} records, "
        f"{readable.seconds:.0f} seconds and {readable.metres:.0f} metres are readable.",
        readable,
    )
