"""Rows of a values_list() as named tuples of named tuples, read by field name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Generic, TypeVar, cast

from django.db.models import TextField
from django.db.models.functions import Cast
from orjson import loads

GroupT = TypeVar("GroupT", bound=tuple[Any, ...])
RowT = TypeVar("RowT", bound=tuple[Any, ...])


class ColumnGroup(Generic[GroupT]):
    """The columns of a query that become one named tuple: `prefix` and the field's name, unless `renamed`.

    JSON columns are named in `json`. They are read as text and decoded by orjson: for 200 athletes Django's decoder
    would take longer than the database.
    """

    def __init__(
        self, group_type: type[GroupT], prefix: str = "", *, json: Collection[str] = (), **renamed: str
    ) -> None:
        self.group_type = cast(Any, group_type)
        self.prefix, self.json, self.renamed = prefix, json, renamed
        fields: Sequence[str] = self.group_type._fields
        self.columns: list[Any] = [
            Cast(name, TextField()) if field in json else name
            for field in fields
            for name in (prefix + renamed.get(field, field),)
        ]
        self._json_places = [fields.index(field) for field in json]

    def under(self, prefix: str) -> ColumnGroup[GroupT]:
        """The same columns as seen from another model."""
        return ColumnGroup(self.group_type, prefix + self.prefix, json=self.json, **self.renamed)

    def build(self, values: Sequence[Any]) -> GroupT:
        """The named tuple of the values of these columns. A JSON column is None without a row."""
        if self._json_places:
            values = list(values)
            for place in self._json_places:
                values[place] = None if values[place] is None else loads(values[place])
        group: GroupT = self.group_type._make(values)
        return group


class NestedRow(Generic[RowT]):
    """Reads rows of `values_list(*columns)` as named tuples. Each of their fields is a named tuple of its group."""

    def __init__(self, row_type: type[RowT], **groups: ColumnGroup[Any]) -> None:
        self.row_type = cast(Any, row_type)
        self.columns: list[Any] = []
        self._parts: list[tuple[Any, slice]] = []
        for field in self.row_type._fields:
            start, group = len(self.columns), groups[field]
            self.columns += group.columns
            self._parts.append((group.build, slice(start, len(self.columns))))

    def read(self, values: Sequence[Any]) -> RowT:
        row: RowT = self.row_type._make([build(values[part]) for build, part in self._parts])
        return row
