"""The decoded messages of a FIT file. Records become columns; other messages stay as fitfast gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import fitfast
import numpy as np

from metrics.files.errors import MAX_RECORDS, UNREADABLE_FILE, FileError, too_many_records_error
from metrics.files.resampling import take_first_reading
from metrics.recording import Column

from .container import (
    DeveloperFields,
    build_fit_file,
    find_fit_files,
    is_checksum_valid,
    is_header_checksum_valid,
    scan_messages,
)
from .developer_fields import DescribedField, find_described_fields
from .numbers import Message

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
"""12 bits of speed and 12 bits of distance in 3 bytes. The decoder does not unpack them."""

VO2MAX_MESSAGE = "unknown_140"
"""Garmin's message with the watch's VO2max estimate. It is not in the FIT profile."""

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
"""Of one kind. There is an `hr` message every few beats; other kinds have a few hundred messages at most."""


@dataclass(slots=True)
class FitFile:
    """One FIT file: its messages by kind, and its records as columns in the units of the FIT profile."""

    messages: dict[str, list[Message]] = field(default_factory=lambda: {kind: [] for kind in OTHER_MESSAGES})
    record_count: int = 0
    described: dict[str, DescribedField] = field(default_factory=dict)  # the first one of each native field
    _columns: list[dict[str, Column]] = field(default_factory=list)
    _native: set[str] = field(default_factory=set)  # columns with readings that no app wrote
    _developed: list[tuple[str, slice, Column]] = field(default_factory=list)

    def record_columns(self) -> dict[str, Column]:
        """Columns of equal length: RECORD_FIELDS and SPEED_DISTANCE_FIELD. NaN if a record has no reading.

        A developer field counts only if no record has the native reading.
        """
        if len(self._columns) != 1 or self._developed:
            # A column is removed from the pieces as it is joined. A long file must not be in memory twice.
            joined = {}
            for name in (*RECORD_FIELDS, SPEED_DISTANCE_FIELD):
                joined[name] = np.concatenate([np.empty(0), *(piece.pop(name) for piece in self._columns)])
            self._columns = [joined]
            for name, rows, column in self._developed:
                if name not in self._native:
                    joined[name][rows] = take_first_reading(joined[name][rows], column)
            self._developed = []
        return self._columns[0]

    def first(self, kind: str) -> Message:
        """The first message of a kind. Empty if there is none."""
        return self.messages[kind][0] if self.messages[kind] else {}

    def add(self, decoded: dict[str, list[Message]], developer_fields: DeveloperFields) -> None:
        """Add decoded messages. Raises FileError (FILE_TOO_LARGE) above MAX_RECORDS or MAX_OTHER_MESSAGES."""
        records = decoded.get("record", [])
        recorded = set[str | int]().union(*records)  # few devices record every field
        columns = {
            name: build_number_column([record.get(name) for record in records])
            if name in recorded
            else np.full(len(records), np.nan)
            for name in RECORD_FIELDS
        }
        columns[SPEED_DISTANCE_FIELD] = (
            build_packed_column([record.get(SPEED_DISTANCE_FIELD) for record in records])
            if SPEED_DISTANCE_FIELD in recorded
            else np.full(len(records), np.nan)
        )
        self._columns.append(columns)
        rows = slice(self.record_count, self.record_count + len(records))
        self.record_count += len(records)
        if developer_fields:
            self._add_developed(decoded, rows, developer_fields)
        for kind in OTHER_MESSAGES:
            self.messages[kind] += decoded.get(kind, [])
        if self.record_count > MAX_RECORDS or max(map(len, self.messages.values())) > MAX_OTHER_MESSAGES:
            raise too_many_records_error()

    def _add_developed(
        self, decoded: dict[str, list[Message]], rows: slice, developer_fields: DeveloperFields
    ) -> None:
        for described in find_described_fields(decoded.get("field_description", []), developer_fields):
            self.described.setdefault(described.name, described)
        self._native |= {name for name, column in self._columns[-1].items() if np.isfinite(column).any()}
        for name, described in self.described.items():
            if name not in self._native:
                self._developed.append((name, rows, described.read_column(decoded.get("record", []))))


@dataclass(frozen=True, slots=True)
class FitContent:
    """The readable part of a chain of FIT files."""

    files: tuple[FitFile, ...]
    damaged: bool


def decode_fit(data: bytes) -> FitContent:
    """Decode the FIT files chained in `data`. One without file_id (a strap's beats) continues the one before.

    Raises FileError (FILE_TOO_LARGE, UNREADABLE_FILE).
    """
    files: list[FitFile] = []
    damaged, end = False, 0
    for file_count, bounds in enumerate(find_fit_files(data), start=1):
        if file_count > MAX_CHAINED_FILES:
            raise too_many_records_error()
        scan = scan_messages(data, bounds)
        valid = scan.is_complete and bounds.is_complete and is_checksum_valid(data, bounds)
        damaged, end = damaged or not valid, bounds.end
        # The decoder takes a file unchanged only if its header checksum is right too.
        unchanged = (
            valid
            and len(scan.bodies) == 1
            and not scan.is_rewritten
            and is_header_checksum_valid(data, bounds)
        )
        for number, body in enumerate(scan.bodies):
            decoded = _parse_fit(data[bounds.start : bounds.end] if unchanged else build_fit_file(body))
            if not files or (number == 0 and "file_id" in decoded):
                files.append(FitFile())
            files[-1].add(decoded, scan.developer_fields)
    return FitContent(tuple(files), damaged or end < len(data))


def _parse_fit(fit: bytes) -> dict[str, list[Message]]:
    try:
        return fitfast.parse(fit)
    except BaseException as error:
        # A panic in Rust is a BaseException in Python. It must refuse this file, not end the process.
        if isinstance(error, fitfast.FitDecodeError) or type(error).__name__ == "PanicException":
            raise FileError(UNREADABLE_FILE, "The FIT file cannot be decoded.") from error
        raise


def build_number_column(values: list[Any]) -> Column:
    """A column of the single numbers in `values`. Everything else becomes NaN."""
    try:
        column = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        column = np.empty((0, 0))
    if column.ndim == 1:
        return column
    return np.array([float(value) if isinstance(value, int | float) else np.nan for value in values])


def build_packed_column(values: list[Any]) -> Column:
    """A column of numbers from little-endian bytes. Everything else becomes NaN."""
    return np.array(
        [
            float(int.from_bytes(value[:3], "little")) if isinstance(value, bytes) else np.nan
            for value in values
        ]
    )
