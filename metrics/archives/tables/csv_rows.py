"""Read the rows of a CSV table by position. Headers may be repeated or in any language."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from metrics.files.errors import MAX_FILE_BYTES, UNREADABLE_FILE, FileError, file_too_large_error

DELIMITERS = ",;\t"
MAX_ROWS = 200_000
HEAD_LETTERS = 20_000
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class CsvRow:
    """Stripped cells, and the line in which the row begins, counted from 1."""

    line: int
    cells: tuple[str, ...]

    def get(self, column: int | None) -> str:
        """The cell of a column. "" if there is none."""
        return self.cells[column] if column is not None and 0 <= column < len(self.cells) else ""


def read_csv_rows(data: bytes, name: str) -> list[CsvRow]:
    """The rows that are not blank, header and titles included.

    Raises FileError: UNREADABLE_FILE, FILE_TOO_LARGE.
    """
    if len(data) > MAX_FILE_BYTES:
        raise file_too_large_error()
    text = decode_text(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=find_delimiter(text))
    rows: list[CsvRow] = []
    line = 1
    try:
        for cells in reader:
            stripped = tuple(clean_text(cell) for cell in cells)
            if any(stripped):
                rows.append(CsvRow(line, stripped))
            line = reader.line_num + 1
            if len(rows) > MAX_ROWS:
                raise file_too_large_error()
    except csv.Error as error:
        raise FileError(UNREADABLE_FILE, f"{name} isn't a readable CSV table.") from error
    return rows


def decode_text(data: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or the encoding of Windows."""
    if data.startswith(UTF16_MARKS):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def find_delimiter(text: str) -> str:
    """The delimiter that the first lines have most often. A title may stand before the header."""
    head = "\n".join(text[:HEAD_LETTERS].splitlines()[:5])
    return max(DELIMITERS, key=head.count)


def clean_text(text: str) -> str:
    """The text without blanks at its ends and without control characters. Newlines and tabs stay."""
    if text.isprintable():
        return text.strip()
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t").strip()
