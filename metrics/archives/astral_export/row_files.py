"""Write the rows that are restored into files of some hundred rows: each is stored in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from metrics.archives.items import ImportItem, ItemKind
from metrics.files.errors import MAX_FILE_BYTES

from .json_rows import JsonRow

ROWS_PER_FILE = 500
MAX_BYTES_PER_FILE = MAX_FILE_BYTES // 2
ROW_WORK_BYTES = 5_000
"""Storing a row takes as long as reading so many bytes of a recording."""


def write_row_files(
    folder: Path, table: str, kind: ItemKind, rows: Iterable[JsonRow]
) -> Iterator[ImportItem]:
    """Write files below “work/astral/”, and yield their items. Raises FileError of the rows."""
    first = 1
    for number, group in enumerate(_group_rows(rows), start=1):
        name = f"{table.removesuffix('.json')}-{number}.json"
        (folder / "astral").mkdir(exist_ok=True)
        (folder / "astral" / name).write_bytes(b"[" + b",\n".join(group) + b"]")
        last = first + len(group) - 1
        title = table if first == last == 1 else f"{table}, rows {first:,} to {last:,}"
        yield ImportItem(title, kind, f"work/astral/{name}", len(group) * ROW_WORK_BYTES, table=table)
        first = last + 1


def _group_rows(rows: Iterable[JsonRow]) -> Iterator[list[bytes]]:
    """Encoded rows in groups that one transaction can store."""
    encoded = (json.dumps(row, separators=(",", ":")).encode() for row in rows)
    while group := list(islice(encoded, ROWS_PER_FILE)):
        part: list[bytes] = []
        for row in group:
            if part and sum(map(len, part)) + len(row) > MAX_BYTES_PER_FILE:
                yield part
                part = []
            part.append(row)
        yield part
