"""Read many rows in pages by key. A page is one short statement, so nothing is held open between two.

Use it instead of `iterator()` of a queryset: behind pgbouncer, its cursor on the server is lost between two
transactions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

RowT = TypeVar("RowT")


def read_pages(
    rows: QuerySet[Any, RowT],
    columns: Sequence[str],
    read_key: Callable[[RowT], Sequence[Any]],
    page_size: int,
) -> Iterator[list[RowT]]:
    """All rows in pages, ordered by these columns, which together are unique and never null.

    `read_key` gives their values in a row. One statement for each page, and one more if the last is full.
    """
    ordered = rows.order_by(*columns)
    page = list(ordered[:page_size])
    while page:
        yield page
        if len(page) < page_size:
            return
        page = list(ordered.filter(_build_later(columns, read_key(page[-1])))[:page_size])


def read_rows(
    rows: QuerySet[Any, RowT],
    columns: Sequence[str],
    read_key: Callable[[RowT], Sequence[Any]],
    page_size: int,
) -> Iterator[RowT]:
    """The rows of `read_pages`, one by one."""
    for page in read_pages(rows, columns, read_key, page_size):
        yield from page


def _build_later(columns: Sequence[str], key: Sequence[Any]) -> Q:
    """Rows after this key. The first condition is for the index."""
    later = Q(**{f"{columns[0]}__gte": key[0]})
    after = Q()
    for place, column in enumerate(columns):
        equal = dict(zip(columns[:place], key[:place], strict=True))
        after |= Q(**equal, **{f"{column}__gt": key[place]})
    return later & after
