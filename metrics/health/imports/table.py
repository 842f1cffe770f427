"""Read a CSV file as records: any newline, optional byte-order mark, blank lines and title lines allowed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from metrics.files.errors import MAX_FILE_BYTES, UNREADABLE_FILE, FileError, file_too_large_error

DELIMITERS = ",;\t"
MAX_TITLE_ROWS = 4
"""Some exports have title lines before the header."""

Header = tuple[str, ...]


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
    header: Header
    records: tuple[CsvRecord, ...]


def read_csv_table(data: bytes, name: str, is_header: Callable[[Header], bool]) -> CsvTable:
    """Read the table. Its header is the first row that `is_header` accepts, else the first row.

    Raises FileError: UNREADABLE_FILE, FILE_TOO_LARGE.
    """
    if len(data) > MAX_FILE_BYTES:
        raise file_too_large_error()
    try:
        rows = list(_iterate_rows(data.decode("utf-8-sig")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileError(UNREADABLE_FILE, f"{name} isn't a CSV file in UTF-8.") from error
    place = _find_header(rows, is_header)
    header = tuple(rows[place][1]) if rows else ()
    records = (
        CsvRecord(line, _name_cells(header, cells), len(cells) >= len(header))
        for line, cells in rows[place + 1 :]
    )
    return CsvTable(header, tuple(records))


def _name_cells(header: Header, cells: list[str]) -> dict[str, str]:
    """The first of two columns with one name counts."""
    return dict(reversed(list(zip(header, cells, strict=False))))


def find_known_header(head: bytes, is_header: Callable[[Header], bool]) -> Header:
    """The header of a CSV file, by its first bytes. () if no row is accepted by `is_header`."""
    text = head.decode("utf-8-sig", "replace")
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in _iterate_rows(text):
            rows.append(row)
            if len(rows) > MAX_TITLE_ROWS:
                break
    except csv.Error:
        pass  # the head may end inside quotes
    found = tuple(rows[_find_header(rows, is_header)][1]) if rows else ()
    return found if is_header(found) else ()


def _find_header(rows: list[tuple[int, list[str]]], is_header: Callable[[Header], bool]) -> int:
    places = range(min(len(rows), MAX_TITLE_ROWS + 1))
    return next((place for place in places if is_header(tuple(rows[place][1]))), 0)


def _iterate_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    # newline=None: CR, LF and CRLF all end a line. strict: an open quote must not swallow the rows after it.
    delimiter = _detect_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=None), strict=True, delimiter=delimiter)
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, [cell.strip() for cell in cells]
        line = reader.line_num + 1


def _detect_delimiter(text: str) -> str:
    """The most frequent one of the first line that has any. Later lines may have JSON in their cells."""
    for line in text[:65_536].splitlines():
        delimiter = max(DELIMITERS, key=line.count)
        if delimiter in line:
            return delimiter
    return DELIMITERS[0]
