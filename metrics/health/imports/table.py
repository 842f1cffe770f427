"""Read a CSV file as records: any newline, optional byte-order mark, blank lines allowed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from metrics.files.errors import MAX_FILE_BYTES, UNREADABLE_FILE, FileError, file_too_large_error


@dataclass(frozen=True, slots=True)
class CsvRecord:
    """One row: its first line, counted from 1, and its stripped cells by header name.

    `is_complete` is False if the row has fewer cells than the header, as at the end of a cut file.
    """

    line: int
    cells: dict[str, str]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class CsvTable:
    header: tuple[str, ...]
    records: tuple[CsvRecord, ...]


def read_csv_table(data: bytes, name: str) -> CsvTable:
    """Read the table. Raises FileError: UNREADABLE_FILE, FILE_TOO_LARGE."""
    if len(data) > MAX_FILE_BYTES:
        raise file_too_large_error()
    try:
        text = data.decode("utf-8-sig")
        rows = list(_iterate_rows(text))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileError(UNREADABLE_FILE, f"{name} isn't a CSV file in UTF-8.") from error
    header = tuple(rows[0][1]) if rows else ()
    records = (
        CsvRecord(line, dict(zip(header, cells, strict=False)), len(cells) >= len(header))
        for line, cells in rows[1:]
    )
    return CsvTable(header, tuple(records))


def _iterate_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    # newline=None: CR, LF and CRLF all end a line. strict: an open quote must not swallow the rows after it.
    reader = csv.reader(io.StringIO(text, newline=None), strict=True)
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, [cell.strip() for cell in cells]
        line = reader.line_num + 1
