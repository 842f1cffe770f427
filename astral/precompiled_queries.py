"""Look-ups that every request makes: their SQL is compiled once, because that takes longer than running it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BooleanField, F, Func, Model, QuerySet, Value
from django.db.models.query import get_related_populators

ModelT = TypeVar("ModelT", bound=Model)
QueryParameters = list[tuple[str | None, Any]]  # of each the name of a value, or what it always is


class PrecompiledQuery(Generic[ModelT]):
    """`first(**values)` is `build(**values).first()` where at most one row can be found; select_related works too.

    `marks` stand for the values while the statement is compiled: of the same types, and equal to nothing else that
    `build` puts into it. Its shape may not depend on the values. Thread-safe.
    """

    def __init__(self, build: Callable[..., QuerySet[ModelT]], **marks: Any) -> None:
        self.build, self.marks = build, marks

    def first(self, **values: Any) -> ModelT | None:
        sql, parameters, instance = self._statement
        with connection.cursor() as cursor:
            cursor.execute(sql, _bind_values(parameters, values))
            found = cursor.fetchone()
        return instance(found) if found else None

    @cached_property
    def _statement(self) -> tuple[str, QueryParameters, Callable[[Any], ModelT]]:
        """With what makes the instance."""
        sql, parameters, compiler = _compile_query(self.build(**self.marks)[:1], self.marks)
        return sql, parameters, _instance_maker(compiler.select, compiler.klass_info)


class PrecompiledRowsQuery:
    """`all(**values)` is `list(build(**values))` of a values_list(); the rest as in `PrecompiledQuery`.

    Ids that are a list are asked for with `AnyOf`, so that the statement does not depend on how many there are.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **marks: Any) -> None:
        self.build, self.marks = build, marks

    def all(self, **values: Any) -> list[tuple[Any, ...]]:
        sql, parameters, compiler = self._statement
        with connection.cursor() as cursor:
            cursor.execute(sql, _bind_values(parameters, values))
            return list(compiler.results_iter([cursor.fetchall()], tuple_expected=True))

    @cached_property
    def _statement(self) -> tuple[str, QueryParameters, Any]:
        return _compile_query(self.build(**self.marks), self.marks)


class AnyOf(Func):
    """`filter(Among("pk", ids))` is `filter(pk__in=ids)` with all of them as one parameter, looked for in the index."""

    template, arg_joiner, output_field = "%(expressions)s::uuid[])", " = ANY(", BooleanField()

    def __init__(self, name: str, ids: Sequence[UUID]) -> None:
        super().__init__(F(name), Value(ids))


def _compile_query(rows: QuerySet[Any, Any], marks: dict[str, Any]) -> tuple[str, QueryParameters, Any]:
    compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, parameters = compiler.as_sql()
    names = [next((name for name, mark in marks.items() if mark == value), None) for value in parameters]
    return sql, list(zip(names, parameters, strict=True)), compiler


def _bind_values(parameters: QueryParameters, values: dict[str, Any]) -> list[Any]:
    return [values[name] if name else fixed for name, fixed in parameters]


def _instance_maker(select: Any, info: Any) -> Callable[[Any], Any]:
    """What Django does with each row of a queryset."""
    places = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
    names = [column[0].target.attname for column in select[places]]
    related = cast(Any, get_related_populators)(info, select, DEFAULT_DB_ALIAS)

    def instance(row: Any) -> Any:
        made = info["model"].from_db(DEFAULT_DB_ALIAS, names, row[places])
        for populator in related:
            populator.populate(row, made)
        return made

    return instance
