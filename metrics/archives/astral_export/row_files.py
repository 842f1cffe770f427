"""Write the rows that are restored into files of some hundred rows: each is stored in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from metrics.archives.items import ImportItem, ItemKind
from metrics.files.errors import FILE_TOO_LARGE, FileError

from .json_rows import MAX_TABLE_BYTES, JsonRow

ROWS_PER_FILE = 500
MAX_BYTES_PER_FILE = 4_000_000  # of JSON, which takes ten times as much memory
ROW_WORK_BYTES = 5_000
"""Storing a row takes as long as reading so many bytes of a recording."""


def write_row_files(
    folder: Path, table: str, kind: ItemKind, rows: Iterable[JsonRow]
) -> Iterator[ImportItem]:
    """Write files below “work/astral/”, and yield their items. Raises FileError of the rows."""
    first, written_bytes = 1, 0
    for number, group in enumerate(_group_rows(rows), start=1):
        name = f"{table.removesuffix('.json')}-{number}.json"
        (folder / "astral").mkdir(exist_ok=True)
        (folder / "astral" / name).write_bytes(b"[" + b",\n".join(group) + b"]")
        written_bytes += sum(map(len, group))
        if written_bytes > MAX_TABLE_BYTES:
            raise FileError(FILE_TOO_LARGE, f"{table} is larger than any account.")
        last = first + len(group) - 1
        title = table if first == last == 1 else f"{table}, rows {first:,} to {last:,}"
        yield ImportItem(title, kind, f"work/astral/{name}", len(group) * ROW_WORK_BYTES, table=table)
        first = last + 1


def _group_rows(rows: Iterable[JsonRow]) -> Iterator[list[bytes]]:
    """Encoded rows in groups that one transaction can store."""
    group: list[bytes] = []
    group_bytes = 0
    for row in rows:
        encoded = json.dumps(row, separators=(",", ":")).encode()
        if group and (len(group) == ROWS_PER_FILE or group_bytes + len(encoded) > MAX_BYTES_PER_FILE):
            yield group
            group, group_bytes = [], 0
        group.append(encoded)
        group_bytes += len(encoded)
    if group:
        yield group
