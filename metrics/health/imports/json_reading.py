"""Read the days of a health export in JSON. The keys, not the file name, decide which service it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from metrics.files.errors import MAX_FILE_BYTES, UNREADABLE_FILE, FileError, file_too_large_error
from metrics.health.imports.apple_health import DAYS_KEY, read_apple_day
from metrics.health.imports.days import DayRow, HealthExport, InvalidRow, UnexpectedCellError
from metrics.health.imports.garmin_json import GARMIN_FILE_KINDS, GarminFileKind, read_calendar_date

HEAD_BYTES = 65_536
_BLANKS = b"\xef\xbb\xbf \t\r\n"
_KEY = re.compile(rb'"([A-Za-z_][A-Za-z0-9_]{0,63})"\s*:')

ReadRecord = Callable[[int, Mapping[str, Any]], DayRow]


def is_json(head: bytes) -> bool:
    return head.lstrip(_BLANKS)[:1] in (b"[", b"{")


def detect_health_json(head: bytes) -> str:
    """The source of a JSON file, by the keys in its first bytes. "" if it is no known health export."""
    if not is_json(head):
        return ""
    keys = _find_keys(head)
    if DAYS_KEY in keys:
        return "apple_health"
    return "garmin" if _find_garmin_kind(head, keys) else ""


def read_health_json(data: bytes, name: str = "The file") -> HealthExport:
    """Read the days of a JSON file. A row's `line` is the number of the record, from 1.

    Raises FileError: UNREADABLE_FILE, FILE_TOO_LARGE.
    """
    if len(data) > MAX_FILE_BYTES:
        raise file_too_large_error()
    head = data[:HEAD_BYTES]
    source = detect_health_json(head)
    kind = _find_garmin_kind(head, _find_keys(head)) if source == "garmin" else None
    if not source:
        raise FileError(UNREADABLE_FILE, f"{name} isn't a health export of Garmin or Apple Health.")
    records = _load_records(data, name)
    read_record = read_apple_day if kind is None else _build_garmin_reader(kind)
    read = [_read_record(place, record, read_record) for place, record in enumerate(records, start=1)]
    rows = tuple(row for row in read if isinstance(row, DayRow) and row.values)
    invalid = tuple(row for row in read if isinstance(row, InvalidRow))
    return HealthExport(source, rows, invalid, len(read) - len(rows) - len(invalid))


def _find_keys(head: bytes) -> frozenset[str]:
    return frozenset(found.decode("ascii") for found in _KEY.findall(head))


def _find_garmin_kind(head: bytes, keys: frozenset[str]) -> GarminFileKind | None:
    """Garmin's wellness files are lists."""
    if not head.lstrip(_BLANKS).startswith(b"["):
        return None
    return next((kind for kind in GARMIN_FILE_KINDS if kind.has_keys(keys)), None)


def _load_records(data: bytes, name: str) -> list[Any]:
    try:
        loaded = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileError(UNREADABLE_FILE, f"{name} isn't complete JSON.") from error
    if isinstance(loaded, Mapping):
        loaded = loaded.get(DAYS_KEY)
    return loaded if isinstance(loaded, list) else []


def _build_garmin_reader(kind: GarminFileKind) -> ReadRecord:
    def read_record(place: int, record: Mapping[str, Any]) -> DayRow:
        measured = {name: value for name, value in kind.read_values(record).items() if value}
        return DayRow(place, read_calendar_date(record), measured)

    return read_record


def _read_record(place: int, record: Any, read_record: ReadRecord) -> DayRow | InvalidRow | None:
    if not isinstance(record, Mapping):
        return InvalidRow(place, "the record isn't an object")
    try:
        return read_record(place, record)
    except UnexpectedCellError as error:
        return InvalidRow(place, str(error))
