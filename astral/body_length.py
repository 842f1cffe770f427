"""A body without a length: Django reads none of it and would answer as if nothing had been sent."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from astral.errors import SENTENCES, is_api, json_answer


class BodyLength:
    """Middleware: 411 for a request with `Transfer-Encoding`. A proxy that buffers sends a length by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "Transfer-Encoding" not in request.headers:
            return self.get_response(request)
        return json_answer(411) if is_api(request) else HttpResponse(SENTENCES[411][1], status=411)
