"""Runs the handler of a list or series, and streams its rows as CSV or NDJSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import orjson
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.renderers import dumps
from astral.http.tables.columns import Table
from astral.http.tables.csv_text import encode_csv
from astral.http.tables.media_types import RowFormat
from astral.http.tables.whole_list import WholeList

Handler = Callable[..., Any]
Rows = Iterable[Mapping[str, Any]]
ROWS_PER_PAGE = 200
MOST_PAGES = 500
KEPT_HEADERS = ("ETag", "Cache-Control", "X-Cache", "Age")


def answer_rows(
    handler: Handler, view: Any, table: Table, form: RowFormat, request: Request, **address: str
) -> HttpResponseBase:
    """The rows of this list or series. The first part is read at once: its errors are JSON with a status.

    A list has all of its rows, at most `whole_list.MOST_ROWS`, unless the caller asks for a page.
    """
    is_whole = {"page", "page_size"}.isdisjoint(request.query_params)
    has_pages_inside = is_whole and table.is_paged_inside
    _set_known_etags(request, "" if has_pages_inside else _strip_etags(request, form))
    if has_pages_inside:
        _ask_for_page(request, 1)
    view.whole_list = WholeList() if is_whole and not table.is_paged_inside else None

    first: HttpResponseBase = handler(request, **address)
    kept = {name: first.headers[name] for name in KEPT_HEADERS if name in first.headers}
    if has_pages_inside:
        kept.pop("ETag", None)  # it is of the first page
    elif "ETag" in kept:
        kept["ETag"] = kept["ETag"].removesuffix('"') + f'-{form.ending}"'
    if first.status_code != 200:
        for name, value in kept.items():
            first.headers[name] = value
        return first
    data = _read_data(first)
    if has_pages_inside:
        further = _read_pages(handler, request, address, data["pagination"]["total_pages"])
    else:
        further = _read_parts(handler, view.whole_list, request, address)
    rows = chain.from_iterable(table.find_rows(part) for part in chain([data], further))
    match = request._request.resolver_match
    kept["Content-Disposition"] = f'attachment; filename="{match.url_name if match else ""}.{form.ending}"'
    return StreamingHttpResponse(_encode(form, table, rows), content_type=form.content_type, headers=kept)


def _read_data(answer: Any) -> Any:
    """The `data` of an answer, as JSON has it."""
    return orjson.loads(dumps(answer.data) if isinstance(answer, Response) else answer.content)["data"]


def _read_parts(
    handler: Handler, whole: WholeList | None, request: Request, address: Mapping[str, str]
) -> Iterator[Any]:
    while whole and not whole.is_over:
        yield _read_data(handler(request, **address))


def _read_pages(
    handler: Handler, request: Request, address: Mapping[str, str], total_pages: int
) -> Iterator[Any]:
    for number in range(2, min(total_pages, MOST_PAGES) + 1):
        _ask_for_page(request, number)
        yield _read_data(handler(request, **address))


def _ask_for_page(request: Request, number: int) -> None:
    query: Any = request._request.GET.copy()
    query["page"], query["page_size"] = str(number), str(ROWS_PER_PAGE)
    request._request.GET = query


def _encode(form: RowFormat, table: Table, rows: Rows) -> Iterator[str] | Iterator[bytes]:
    if form is RowFormat.NDJSON:
        return (dumps(row) + b"\n" for row in rows)
    return encode_csv(chain([table.header], (table.build_cells(row) for row in rows)), mark="")


def _set_known_etags(request: Request, etags: str) -> None:
    request.META["HTTP_IF_NONE_MATCH"] = etags
    vars(request._request).pop("headers", None)  # Django keeps them once they were read


def _strip_etags(request: Request, form: RowFormat) -> str:
    """The ETags of this format as the handler knows them. Those of other formats match nothing."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    ending = f'-{form.ending}"'
    return ", ".join(f'{etag.removesuffix(ending)}"' for etag in known if etag.endswith(ending))
