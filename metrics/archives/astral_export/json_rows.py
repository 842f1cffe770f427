"""Read the rows of a .json file of the archive: a list with one row per line."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime
from math import isfinite
from typing import Any, BinaryIO, cast

from metrics.archives.members import Members
from metrics.files.errors import FILE_TOO_LARGE, UNREADABLE_FILE, FileError

MAX_LINE_BYTES = 1_000_000
MAX_ROWS, MAX_TABLE_BYTES = 200_000, 250_000_000
MAX_DIGITS = 15
ROW_SEPARATORS = b" \t\r\n,"

JsonRow = dict[str, Any]


def iterate_rows(members: Members, path: str) -> Iterator[JsonRow]:
    """The rows, one at a time in memory. Raises FileError for anything that Astral does not write."""
    with members.open_member(path) as opened:
        lines = io.BufferedReader(cast(Any, opened)) if isinstance(opened, io.RawIOBase) else opened
        count = 0
        for line in _iterate_lines(lines, path):
            plain = line.strip(ROW_SEPARATORS)
            if plain in (b"", b"[", b"]", b"[]"):
                continue
            count += 1
            if count > MAX_ROWS:
                raise FileError(FILE_TOO_LARGE, f"{path} has more than {MAX_ROWS:,} rows.")
            row = load_json(plain, path)
            if not isinstance(row, dict):
                raise FileError(UNREADABLE_FILE, f"{path} does not have one row per line.")
            yield row


def load_json(data: bytes, path: str) -> Any:
    """JSON without NaN and without infinite or huge numbers. Raises FileError."""
    try:
        return json.loads(
            data, parse_constant=_refuse_constant, parse_float=_parse_finite, parse_int=_parse_whole
        )
    except (ValueError, RecursionError) as error:
        raise FileError(UNREADABLE_FILE, f"{path} is not as Astral writes it: one row per line.") from error


def parse_row_instant(value: Any) -> datetime | None:
    """An instant with its offset; None if it cannot be read."""
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo is not None else None


def _iterate_lines(file: BinaryIO | io.BufferedReader, path: str) -> Iterator[bytes]:
    read_bytes = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        read_bytes += len(line)
        if len(line) > MAX_LINE_BYTES:
            raise FileError(FILE_TOO_LARGE, f"{path} has a row of more than a megabyte.")
        if read_bytes > MAX_TABLE_BYTES:
            raise FileError(FILE_TOO_LARGE, f"{path} is larger than any account.")
        yield line


def _refuse_constant(text: str) -> float:
    raise ValueError(text)


def _parse_whole(text: str) -> int:
    """A number that every column and a float can take."""
    if len(text) > MAX_DIGITS:
        raise ValueError(text)
    return int(text)


def _parse_finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number
