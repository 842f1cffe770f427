"""A whole list, read part by part, in the order that it had when it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

ROWS_PER_PART = 500
MOST_ROWS = 100_000


class RowReader(Protocol):
    """The paginator of the list."""

    def read_keys(self, queryset: Any, limit: int) -> list[Any]: ...

    def read_rows(self, queryset: Any, keys: Sequence[Any]) -> list[Any]: ...


class WholeList:
    """The keys of all rows are read once, so no row comes twice or is left out while others are added.

    A row that was deleted meanwhile is left out. A paginator asks for the next part with each call.
    """

    def __init__(self) -> None:
        self._keys: list[Any] | None = None
        self._read = 0

    @property
    def is_over(self) -> bool:
        return self._keys is None or self._read >= len(self._keys)

    def read_part(self, reader: RowReader, queryset: Any) -> list[Any]:
        if self._keys is None:
            self._keys = reader.read_keys(queryset, MOST_ROWS)
        keys = self._keys[self._read : self._read + ROWS_PER_PART]
        self._read += len(keys)
        return reader.read_rows(queryset, keys) if keys else []
