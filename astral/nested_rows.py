"""Rows of a values_list() as named tuples of named tuples, read by field name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar, cast

from django.db.models import TextField
from django.db.models.functions import Cast
from orjson import loads

GroupT = TypeVar("GroupT", bound=tuple[Any, ...])
RowT = TypeVar("RowT", bound=tuple[Any, ...])
NO_NAMES: Mapping[str, str] = {}


class ColumnGroup(Generic[GroupT]):
    """The columns of a query that become one named tuple.

    A column is `prefix` and the field's name, or its new name in `renamed`. `read` builds the named tuple
    from the values of `columns`; `build` does it without checking their number. JSON columns are named in
    `json`. They are read as text and decoded by orjson: for 200 athletes Django's decoder would take longer
    than the database. None stays None. Raises ValueError for a name that is no field and for a row of another
    length.
    """

    def __init__(
        self,
        group_type: type[GroupT],
        prefix: str = "",
        *,
        json: Collection[str] = (),
        renamed: Mapping[str, str] = NO_NAMES,
    ) -> None:
        self.group_type, self.prefix, self.json, self.renamed = group_type, prefix, json, renamed
        fields = _list_fields(group_type)
        _check_names(group_type, {*json, *renamed} - set(fields))
        names = {field: prefix + renamed.get(field, field) for field in fields}
        self.columns: list[Any] = [
            Cast(name, TextField()) if field in json else name for field, name in names.items()
        ]
        self.build = _find_builder(group_type, [fields.index(field) for field in json])

    def read(self, values: Sequence[Any]) -> GroupT:
        _check_length(self.group_type, values, self.columns)
        return self.build(values)

    def under(self, prefix: str) -> ColumnGroup[GroupT]:
        """The same columns for a query on another model. `prefix` leads to this one, such as `athlete__`."""
        return ColumnGroup(self.group_type, prefix + self.prefix, json=self.json, renamed=self.renamed)


class NestedRow(Generic[RowT]):
    """The columns of a query that become a named tuple. Each of its fields is a group, or nested itself.

    `read` builds the named tuple from the values of `columns`. Raises ValueError if `groups` are not the
    fields and for a row of another length.
    """

    def __init__(self, row_type: type[RowT], **groups: ColumnGroup[Any] | NestedRow[Any]) -> None:
        self.row_type, self.groups = row_type, groups
        self.columns: list[Any] = []
        self._parts: list[tuple[Callable[[Sequence[Any]], Any], slice]] = []
        self._make = _find_constructor(row_type)
        fields = _list_fields(row_type)
        _check_names(row_type, set(fields) ^ groups.keys())
        for field in fields:
            start, group = len(self.columns), groups[field]
            self.columns += group.columns
            self._parts.append((group.build, slice(start, len(self.columns))))

    def read(self, values: Sequence[Any]) -> RowT:
        _check_length(self.row_type, values, self.columns)
        return self.build(values)

    def build(self, values: Sequence[Any]) -> RowT:
        """As `read`, without checking the number of values: a row is checked once."""
        return self._make([build(values[part]) for build, part in self._parts])

    def under(self, prefix: str) -> NestedRow[RowT]:
        """The same columns for a query on another model. `prefix` leads to this one, such as `athlete__`."""
        return NestedRow(self.row_type, **{name: group.under(prefix) for name, group in self.groups.items()})


def _check_names(row_type: type[Any], wrong: Collection[str]) -> None:
    if wrong:
        raise ValueError(f"{row_type.__name__}: unknown or missing fields: {', '.join(sorted(wrong))}")


def _check_length(row_type: type[Any], values: Sequence[Any], columns: Sequence[Any]) -> None:
    if len(values) != len(columns):
        raise ValueError(f"{row_type.__name__}: {len(values)} values for {len(columns)} columns")


def _list_fields(row_type: type[RowT]) -> Sequence[str]:
    fields: Sequence[str] = cast(Any, row_type)._fields
    return fields


def _find_constructor(row_type: type[RowT]) -> Callable[[Sequence[Any]], RowT]:
    """The constructor that Django uses for named rows; `_make` takes twice the time."""
    return partial(tuple.__new__, row_type)


def _find_builder(group_type: type[GroupT], json_places: Sequence[int]) -> Callable[[Sequence[Any]], GroupT]:
    make = _find_constructor(group_type)

    def build_with_json(values: Sequence[Any]) -> GroupT:
        decoded = list(values)
        for place in json_places:
            decoded[place] = None if values[place] is None else loads(values[place])
        return make(decoded)

    return build_with_json if json_places else make
