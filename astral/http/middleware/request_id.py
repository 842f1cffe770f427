"""The request id: taken from the caller if valid, sent back, and added to every log line of the request."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase
from uuid_utils.compat import uuid7

from astral.http.middleware.caller import describe_caller
from astral.logs import forget_events_of_request

_VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
log = structlog.get_logger("astral.request")


class RequestLogMiddleware:
    """Middleware: it logs one `request` line per response, with its status, time and caller.

    It does not log the query string, because names and e-mail addresses may be in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        request_id = _read_request_id(request)
        forget_events_of_request()
        with structlog.contextvars.bound_contextvars(request_id=request_id, about=None):
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                ms=milliseconds,
                **describe_caller(request),
            )
        return response


def _read_request_id(request: HttpRequest) -> str:
    sent_id = request.headers.get("X-Request-ID", "")
    return sent_id if _VALID_REQUEST_ID.fullmatch(sent_id) else uuid7().hex
