"""Tables as CSV (RFC 4180), sent while they are read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

BOM = "\ufeff"  # makes spreadsheets read UTF-8
PIECE_LETTERS = 16_384
FORMULA_PREFIXES = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # the last four are full-width


def encode_csv(table: Iterable[Sequence[Any]], mark: str = BOM) -> Iterator[str]:
    """`mark`: what the text begins with. Programs want nothing there."""
    buffer = StringIO()
    write = csv.writer(buffer).writerow
    buffer.write(mark)
    for row in table:
        write([escape_formula(cell) for cell in row])
        if buffer.tell() > PIECE_LETTERS:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def escape_formula(cell: Any) -> Any:
    """Quote a text that a spreadsheet would read as a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_PREFIXES) else cell
