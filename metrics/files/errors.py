"""Errors that say why a file is refused, written for its owner, and the limits of every reader."""

from __future__ import annotations

from dataclasses import dataclass

UNREADABLE_FILE = "UNREADABLE_FILE"
NOT_AN_ACTIVITY = "NOT_AN_ACTIVITY"
NO_TIME = "NO_TIME"
PARTIAL_RECORDING = "PARTIAL_RECORDING"
FILE_TOO_LARGE = "FILE_TOO_LARGE"

MAX_FILE_BYTES = 25_000_000
"""Of one file, both as sent and inflated."""

MAX_RECORDS = 500_000
"""Of one file: almost six days at one record a second."""

MAX_RATIO = 200
"""Inflated ÷ compressed bytes. A zlib bomb reaches 1,032; real recordings in XML stay below 40."""


@dataclass(frozen=True, slots=True)
class ReadablePart:
    """The readable part of an incomplete recording."""

    records: int
    seconds: float  # from the first to the last readable record
    metres: float


class FileError(Exception):
    """Nothing is stored from this file. `code` is a constant of this module; `message` is for people."""

    def __init__(self, code: str, message: str, readable: ReadablePart | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.readable = readable

    def __reduce__(self) -> tuple[type[FileError], tuple[str, str, ReadablePart | None]]:
        """Another process can raise it here."""
        return FileError, (self.code, self.message, self.readable)


def too_many_records_error() -> FileError:
    return FileError(FILE_TOO_LARGE, "The file contains more than one recording can have.")


def file_too_large_error() -> FileError:
    return FileError(FILE_TOO_LARGE, f"The file is larger than {MAX_FILE_BYTES // 1_000_000} MB.")


def partial_recording_error(readable: ReadablePart) -> FileError:
    """The error for an incomplete recording. It names what `accept_partial` would store."""
    return FileError(
        PARTIAL_RECORDING,
        f"The recording is incomplete and has no totals. Readable: {readable.records} records, "
        f"{readable.seconds:.0f} seconds and {readable.metres:.0f} metres.",
        readable,
    )
