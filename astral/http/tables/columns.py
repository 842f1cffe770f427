"""Tables: where the rows of an answer are, and which columns they have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rest_framework import serializers

from astral.http.renderers import dumps


def _take_all(data: Any) -> Any:
    return data


@dataclass(frozen=True)
class Table:
    """The rows of a list or series. The serializer of a row gives the columns their order.

    `find_rows`: the rows in `data` of the answer. `is_paged_inside`: the pages are described in `data`, and
    the view reads `page` and `page_size` itself.
    """

    row_serializer: Callable[[], serializers.Serializer[Any]]
    find_rows: Callable[[Any], Iterable[Mapping[str, Any]]] = _take_all
    is_paged_inside: bool = False

    @cached_property
    def columns(self) -> list[tuple[str, ...]]:
        """The path of each column in a row. Nested objects have a column for each of their fields."""
        return list(_list_paths(self.row_serializer(), ()))

    @property
    def header(self) -> list[str]:
        return [".".join(path) for path in self.columns]

    def build_cells(self, row: Mapping[str, Any]) -> list[Any]:
        return [_build_cell(_find_value(row, path)) for path in self.columns]


def _list_paths(
    serializer: serializers.Serializer[Any], before: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    for name, field in serializer.fields.items():
        if isinstance(field, serializers.Serializer):
            yield from _list_paths(field, (*before, name))
        else:
            yield (*before, name)


def _find_value(row: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        row = row.get(name) if row is not None else None
    return row


def _build_cell(value: Any) -> Any:
    """As in JSON, but texts without quotes, and nothing for null. Lists and objects are JSON."""
    if value is None or isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    return dumps(value).decode()
