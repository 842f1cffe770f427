"""Find the columns of a table by the names in its header."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from .csv_rows import CsvRow

HEADER_ROWS = 6
"""A title may stand before the header."""


def normalize_header(text: str) -> str:
    """The header without capitals, punctuation and doubled blanks: services change those."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return re.sub(r"[\s_.:-]+", " ", plain).strip()


def index_names(names_by_field: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The field of each name, normalized."""
    return {normalize_header(name): field for field, names in names_by_field.items() for name in names}


def find_table_header(
    rows: Sequence[CsvRow], field_by_name: Mapping[str, str], required: Iterable[str]
) -> tuple[int, dict[str, int]] | None:
    """The place of the header among the rows, and the first column of each field.

    None if no row among the first names all required fields.
    """
    for place, row in enumerate(rows[:HEADER_ROWS]):
        columns: dict[str, int] = {}
        for column, cell in enumerate(row.cells):
            field = field_by_name.get(normalize_header(cell))
            if field is not None:
                columns.setdefault(field, column)
        if columns.keys() >= set(required):
            return place, columns
    return None


def read_named_cells(
    rows: Sequence[CsvRow], field_by_name: Mapping[str, str], required: Iterable[str]
) -> list[tuple[dict[str, str], int]] | None:
    """The cells of each row by field, and its line. None if the table has no such header."""
    header = find_table_header(rows, field_by_name, required)
    if header is None:
        return None
    place, columns = header
    return [
        ({name: row.get(column) for name, column in columns.items()}, row.line) for row in rows[place + 1 :]
    ]
