"""Hands the looks of each request to the buffer, once the answer is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from astral.http.errors import is_api_request
from athletes.looks.buffer import look_buffer
from athletes.looks.collector import LookCollector, collect_looks, go_on_collecting


class AccessLogMiddleware:
    """Middleware. A stored answer and a 304 count like any other: the permission check notes the look.

    A list that is sent while it is read shows more athletes with each part.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with collect_looks("api" if is_api_request(request) else "page") as collector:
            answer = self.get_response(request)
        _hand_on(collector, answer.status_code)
        if isinstance(answer, StreamingHttpResponse) and not answer.is_async:
            pieces: Any = answer.streaming_content
            answer.streaming_content = _collect_while_sent(pieces, collector, answer.status_code)
        return answer


def _collect_while_sent(pieces: Iterable[bytes], collector: LookCollector, status: int) -> Iterator[bytes]:
    for piece in go_on_collecting(collector, pieces):
        _hand_on(collector, status)
        yield piece


def _hand_on(collector: LookCollector, status: int) -> None:
    if looks := collector.take_looks(status):
        look_buffer.append(looks)
