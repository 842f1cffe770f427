"""Queries that every request runs. Their SQL is compiled once: compiling takes longer than running it.

PostgreSQL plans them once for each connection: their values are bound by the server, so psycopg prepares them
after some calls (`prepare_threshold` in the settings; None never prepares).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import BooleanField, F, Func, Model, QuerySet, Value
from django.db.models.query import get_related_populators

ModelT = TypeVar("ModelT", bound=Model)


@dataclass(slots=True, eq=False)
class QueryParameter:
    """A parameter of the compiled SQL: the name of a value, or without a name a constant."""

    name: str | None
    constant: Any

    def __eq__(self, other: object) -> bool:
        """Constants are compared as text: psycopg's Jsonb objects are never equal."""
        if not isinstance(other, QueryParameter):
            return NotImplemented
        return (self.name, repr(self.constant)) == (other.name, repr(other.constant))


QueryParameters = list[QueryParameter]


class AmbiguousPlaceholder(Exception):
    """A constant of the query equals a placeholder, so the value could end up in the wrong place."""


class PrecompiledQuery(Generic[ModelT]):
    """`first(**values)` returns what `build(**values).first()` returns, with related rows and annotations.

    At most one row may match. `placeholders` stand for the values while the SQL is compiled. Each has the
    type of its value and differs from the other placeholders and from every constant in `build`; otherwise
    compiling raises AmbiguousPlaceholder. The SQL must not depend on the values. Thread-safe.
    """

    def __init__(self, build: Callable[..., QuerySet[ModelT]], **placeholders: Any) -> None:
        self.build, self.placeholders = build, placeholders

    def first(self, **values: Any) -> ModelT | None:
        try:
            sql, parameters, make_instance = self._statement
        except EmptyResultSet:  # no value can match
            return None
        with _open_preparing_cursor() as cursor:
            cursor.execute(sql, _bind_values(parameters, values))
            row = cursor.fetchone()
        return make_instance(row) if row else None

    @cached_property
    def _statement(self) -> tuple[str, QueryParameters, Callable[[Any], ModelT]]:
        sql, parameters, compiler = _compile_query(
            lambda **values: self.build(**values)[:1], self.placeholders
        )
        return sql, parameters, _build_instance_maker(compiler)


class PrecompiledRowsQuery:
    """`all(**values)` returns `list(build(**values))` of a values_list(). Like `PrecompiledQuery` otherwise.

    Filter a list of ids with `AnyOf`: then the SQL does not depend on how many there are.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **placeholders: Any) -> None:
        self.build, self.placeholders = build, placeholders

    def all(self, **values: Any) -> list[tuple[Any, ...]]:
        try:
            sql, parameters, compiler = self._statement
        except EmptyResultSet:  # no value can match
            return []
        with _open_preparing_cursor() as cursor:
            cursor.execute(sql, _bind_values(parameters, values))
            return list(compiler.results_iter([cursor.fetchall()], tuple_expected=True))

    @cached_property
    def _statement(self) -> tuple[str, QueryParameters, Any]:
        return _compile_query(self.build, self.placeholders)


class AnyOf(Func):
    """`filter(AnyOf("pk", ids))` is `filter(pk__in=ids)` with one array parameter. It uses the index."""

    template, arg_joiner, output_field = "%(expressions)s::uuid[])", " = ANY(", BooleanField()

    def __init__(self, name: str, ids: Sequence[UUID]) -> None:
        super().__init__(F(name), Value(ids))


def _open_preparing_cursor() -> CursorWrapper:
    """A cursor as Django opens it, but of the kind that prepares statements."""
    connection.ensure_connection()
    wrapper, make_cursor = cast(Any, connection), cast(Any, ServerBindingCursor)
    return cast(CursorWrapper, wrapper._prepare_cursor(make_cursor(connection.connection)))


def _compile_query(
    build: Callable[..., QuerySet[Any, Any]], placeholders: dict[str, Any]
) -> tuple[str, QueryParameters, Any]:
    """Compile twice, with different placeholders, and require the same SQL, values and constants.

    A constant that equals a placeholder, or a parameter computed from one, differs between the two.
    """
    others = {
        name: _build_other_placeholder(value, number)
        for number, (name, value) in enumerate(placeholders.items(), start=1)
    }
    sql, parameters, compiler = _compile_once(build, placeholders)
    if _compile_once(build, others)[:2] != (sql, parameters):
        raise AmbiguousPlaceholder(
            f"The placeholders {placeholders} equal constants of this query, or change it: {sql}"
        )
    return sql, parameters, compiler


def _compile_once(
    build: Callable[..., QuerySet[Any, Any]], placeholders: dict[str, Any]
) -> tuple[str, QueryParameters, Any]:
    compiler: Any = build(**placeholders).query.get_compiler(DEFAULT_DB_ALIAS)
    sql, values = compiler.as_sql()
    return sql, [_build_parameter(value, placeholders) for value in values], compiler


def _build_other_placeholder(value: Any, number: int) -> Any:
    """Another value of the same type; equal placeholders become different ones."""
    if isinstance(value, UUID):
        return UUID(int=value.int + 1_000_003 * number)
    if isinstance(value, list):
        return [_build_other_placeholder(inner, number) for inner in value]
    if isinstance(value, date):  # a datetime, too
        return value - timedelta(days=number)
    if isinstance(value, str):
        return f"{value} {number}"
    raise TypeError(f"A placeholder cannot be a {type(value).__name__}.")


def _build_parameter(value: Any, placeholders: dict[str, Any]) -> QueryParameter:
    name = next((name for name, placeholder in placeholders.items() if placeholder == value), None)
    return QueryParameter(name, None if name else value)


def _bind_values(parameters: QueryParameters, values: dict[str, Any]) -> list[Any]:
    return [values[parameter.name] if parameter.name else parameter.constant for parameter in parameters]


def _build_instance_maker(compiler: Any) -> Callable[[Any], Any]:
    """Django's own way from a row of a queryset to an instance with its related instances."""
    select, info = compiler.select, compiler.klass_info
    places = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
    names = [column[0].target.attname for column in select[places]]
    populators = cast(Any, get_related_populators)(info, select, DEFAULT_DB_ALIAS)
    converters = compiler.get_converters([column[0] for column in select])  # JSON, for example

    def make_instance(row: Any) -> Any:
        if converters:
            (row,) = compiler.apply_converters([row], converters)
        instance = info["model"].from_db(DEFAULT_DB_ALIAS, names, row[places])
        for populator in populators:
            populator.populate(row, instance)
        for name, place in compiler.annotation_col_map.items():
            setattr(instance, name, row[place])
        return instance

    return make_instance
