"""Answers of the API are private: no shared cache may store them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from astral.http.errors import is_api_request

VARY = ("Authorization", "Cookie", "X-API-Key", "Accept")  # what an answer depends on besides its address


class PrivateAnswersMiddleware:
    """Middleware: `Cache-Control: private, no-store` and `Vary` on every answer under /api/.

    It also covers refusals and errors. A view that sets its own Cache-Control keeps it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if is_api_request(request):
            answer.headers.setdefault("Cache-Control", "private, no-store")
            patch_vary_headers(answer, VARY)
        return answer
