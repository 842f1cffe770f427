"""The messages of a FIT file as fitfast decodes them: records as columns, the rest as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import fitfast
import numpy as np

from metrics.files.errors import MAX_RECORDS, UNREADABLE_FILE, FileError, too_many_records_error
from metrics.recording import Column

from .container import (
    build_fit_file,
    find_fit_files,
    is_checksum_valid,
    is_header_checksum_valid,
    scan_messages,
)

Message = dict[str | int, Any]

RECORD_FIELDS = (
    "timestamp",
    "position_lat",
    "position_long",
    "distance",
    "altitude",
    "enhanced_altitude",
    "speed",
    "enhanced_speed",
    "heart_rate",
    "cadence",
    "fractional_cadence",
    "power",
)
SPEED_DISTANCE_FIELD = "compressed_speed_distance"
"""12 bits of speed and 12 of distance in 3 bytes, which the decoder leaves as they are."""

VO2MAX_MESSAGE = "unknown_140"
"""Garmin's own message with the watch's VO2max estimate; not in the FIT profile."""

OTHER_MESSAGES = (
    "file_id",
    "session",
    "lap",
    "event",
    "activity",
    "hr",
    "device_info",
    "sport",
    VO2MAX_MESSAGE,
)
MAX_CHAINED_FILES = 200
MAX_OTHER_MESSAGES = 200_000
"""Of one kind. An `hr` message comes every few beats, the others a few hundred times at most."""


@dataclass(slots=True)
class FitFile:
    """One FIT file: its messages by kind, and the columns of its records (units of the FIT profile)."""

    messages: dict[str, list[Message]] = field(default_factory=lambda: {kind: [] for kind in OTHER_MESSAGES})
    record_count: int = 0
    _columns: list[dict[str, Column]] = field(default_factory=list)

    def record_columns(self) -> dict[str, Column]:
        """The columns of RECORD_FIELDS and PACKED, all of one length, NaN where a record has no reading."""
        if len(self._columns) != 1:
            # Each column leaves the pieces as it joins the whole: a long file must not lie in memory twice.
            whole = {}
            for name in (*RECORD_FIELDS, SPEED_DISTANCE_FIELD):
                whole[name] = np.concatenate([np.empty(0), *(piece.pop(name) for piece in self._columns)])
            self._columns = [whole]
        return self._columns[0]

    def first(self, kind: str) -> Message:
        """The first message of a kind, empty if there is none."""
        return self.messages[kind][0] if self.messages[kind] else {}

    def add(self, decoded: dict[str, list[Message]]) -> None:
        """Raises FileRefused (FILE_TOO_LARGE) when it is more than any recording has."""
        records = decoded.get("record", [])
        columns = {
            name: build_number_column([record.get(name) for record in records]) for name in RECORD_FIELDS
        }
        columns[SPEED_DISTANCE_FIELD] = build_packed_column(
            [record.get(SPEED_DISTANCE_FIELD) for record in records]
        )
        self._columns.append(columns)
        self.record_count += len(records)
        for kind in OTHER_MESSAGES:
            self.messages[kind] += decoded.get(kind, [])
        if self.record_count > MAX_RECORDS or max(map(len, self.messages.values())) > MAX_OTHER_MESSAGES:
            raise too_many_records_error()


@dataclass(frozen=True, slots=True)
class FitContent:
    """What is readable of a chain of FIT files."""

    files: tuple[FitFile, ...]
    damaged: bool


def decode_fit(data: bytes) -> FitContent:
    """The FIT files chained in `data`; one without a file_id continues the one before (a strap's beats).

    Raises FileRefused (FILE_TOO_LARGE, UNREADABLE_FILE).
    """
    files: list[FitFile] = []
    damaged, end = False, 0
    for links, sequence in enumerate(find_fit_files(data), start=1):
        if links > MAX_CHAINED_FILES:
            raise too_many_records_error()
        walked = scan_messages(data, sequence)
        sound = walked.is_complete and sequence.is_complete and is_checksum_valid(data, sequence)
        damaged, end = damaged or not sound, sequence.end
        as_it_is = sound and len(walked.bodies) == 1 and is_header_checksum_valid(data, sequence)
        for number, body in enumerate(walked.bodies):
            decoded = _parse_fit(data[sequence.start : sequence.end] if as_it_is else build_fit_file(body))
            if not files or (number == 0 and "file_id" in decoded):
                files.append(FitFile())
            files[-1].add(decoded)
    return FitContent(tuple(files), damaged or end < len(data))


def _parse_fit(fit: bytes) -> dict[str, list[Message]]:
    try:
        return fitfast.parse(fit)
    except BaseException as error:
        # A panic in Rust arrives as a BaseException; it must refuse one file, not end the process.
        if isinstance(error, fitfast.FitDecodeError) or type(error).__name__ == "PanicException":
            raise FileError(UNREADABLE_FILE, "The FIT file cannot be decoded.") from error
        raise


def build_number_column(values: list[Any]) -> Column:
    """A column of what single numbers there are; NaN for everything else."""
    try:
        column = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        column = np.empty((0, 0))
    if column.ndim == 1:
        return column
    return np.array([float(each) if isinstance(each, int | float) else np.nan for each in values])


def build_packed_column(values: list[Any]) -> Column:
    """A column of little-endian byte strings as numbers; NaN where there is none."""
    return np.array(
        [float(int.from_bytes(each[:3], "little")) if isinstance(each, bytes) else np.nan for each in values]
    )
