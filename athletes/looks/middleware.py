"""Hands the looks of each request to the buffer, once the answer is known."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from astral.http.errors import is_api_request
from athletes.looks.buffer import look_buffer
from athletes.looks.collector import collect_looks


class AccessLogMiddleware:
    """Middleware. A stored answer and a 304 count like any other: the permission check notes the look."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with collect_looks("api" if is_api_request(request) else "page") as collector:
            answer = self.get_response(request)
        if looks := collector.list_looks(answer.status_code):
            look_buffer.append(looks)
        return answer
