"""Pages of the newest rows of some athletes, such as activities and health days, read by the index.

The index is by athlete and time. Without care PostgreSQL reads every row of the athletes, or the whole table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef, QuerySet, Subquery, Value

from astral.http.pagination import StrictPagination
from astral.precompiled_queries import AnyOf
from athletes.models import Athlete

MAX_TOTAL = 100_000  # counting the entries of the index takes about 15 ms then
CANDIDATES = 10_000  # times that are read, of all athletes together, to find where a page ends


class _Unnest(Func):
    """One row for each element of an array."""

    function = "unnest"
    set_returning = True


@dataclass(frozen=True, slots=True)
class NewestRows:
    """Rows of these athletes, and of nobody else. `rows` has the filters and the order, newest first.

    `time_column` comes first in this order, and second in the index after the athlete.
    """

    rows: QuerySet[Any]
    athlete_ids: Sequence[UUID]
    time_column: str
    max_total: int = MAX_TOTAL
    candidates: int = CANDIDATES

    def read_page(self, start: int, stop: int) -> tuple[int, list[Any]]:
        """The number of rows, at most `max_total`, and those from `start` to `stop`, in two statements.

        Pages after `max_total` take three. The time of a page grows with `stop` and the number of athletes.
        """
        if len(self.athlete_ids) == 1:
            rows = self.rows.filter(athlete_id=self.athlete_ids[0])
            total = rows.order_by()[: self.max_total].count()
        else:
            total, rows = self._read_total_and_newest(stop)
        return total, list(rows[start:stop]) if start < total or total == self.max_total else []

    def select_all(self) -> QuerySet[Any]:
        return self.rows.filter(AnyOf("athlete_id", self.athlete_ids))

    def _read_total_and_newest(self, stop: int) -> tuple[int, QuerySet[Any]]:
        """The number of rows, and a query that reads few more than the `stop` newest."""
        rows = self.rows.filter(AnyOf("athlete_id", self.athlete_ids))
        if stop <= self.max_total:
            total, earliest = self._read_values(self._count_rows(), self._find_earliest(stop))
        else:  # so a page far after the last one reads only the count
            [total] = self._read_values(self._count_rows())
            [earliest] = self._read_values(self._find_earliest(stop)) if total == self.max_total else [None]
        return total, rows if earliest is None else rows.filter(**{f"{self.time_column}__gte": earliest})

    def _read_values(self, *expressions: Any) -> Sequence[Any]:
        """The values of expressions that need no row, in one statement: any one athlete is the row."""
        one = Athlete.objects.order_by().filter(pk__in=self.athlete_ids[:1]).values_list(*expressions)
        return next(iter(one), (0, *[None] * (len(expressions) - 1)))

    def _count_rows(self) -> Func:
        each = self._collect(self.rows.order_by().values_list(Value(1)), IntegerField())
        return Func(
            ArraySubquery(each[: self.max_total]), function="cardinality", output_field=IntegerField()
        )

    def _find_earliest(self, stop: int) -> Subquery:
        """A time since which there are `stop` rows or more; null if that is unknown.

        It is the time of number `stop` among the newest of each athlete. With one row of each of 5,000
        athletes, 50 athletes have a row since the 50th newest of these, and few have many.
        """
        athletes = max(1, len(self.athlete_ids))
        newest = self.rows.order_by(f"-{self.time_column}").values_list(self.time_column)
        of_each = min(stop, max(-(-4 * stop // athletes), self.candidates // athletes))
        times = self._collect(newest, self.rows.model._meta.get_field(self.time_column), of_each)
        return Subquery(times.order_by("-element")[stop - 1 : stop])

    def _collect(self, column: Any, field: Any, limit: int | None = None) -> QuerySet[Any, Any]:
        """The values of one column, athlete by athlete, at most `limit` of each.

        A sub-select for each athlete: no estimate can lead PostgreSQL away from the index.
        """
        of_athlete = column.filter(athlete_id=OuterRef("pk"))[:limit]
        athletes = Athlete.objects.order_by().filter(AnyOf("pk", self.athlete_ids))
        unnested = _Unnest(ArraySubquery(of_athlete), output_field=field)
        return athletes.annotate(element=unnested).values_list("element")


class NewestRowsPagination(StrictPagination):
    """For lists of `NewestRows`."""

    total_description = (
        f"All rows; {MAX_TOTAL:,} if there are as many or more. Pages after those have rows as well."
    )

    def read_keys(self, queryset: NewestRows, limit: int) -> list[Any]:
        return super().read_keys(queryset.select_all(), limit)

    def read_rows(self, queryset: NewestRows, keys: Sequence[Any]) -> list[Any]:
        return super().read_rows(queryset.select_all(), keys)

    def read_page(self, queryset: NewestRows, start: int, stop: int) -> tuple[int, list[Any]]:
        return queryset.read_page(start, stop)
