"""The error shape of every status under /api/:

{"error": "<one plain sentence>", "details": {"code": "<MACHINE_WORD>", "field": "<parameter>"}}
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

import structlog
from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from psycopg.errors import ForeignKeyViolation
from rest_framework import exceptions, status
from rest_framework.parsers import BaseParser
from rest_framework.response import Response

from astral.database.errors import is_disk_full, read_sqlstate, remember_disk_full
from astral.http.error_pages import FORM_EXPIRED, FORM_EXPIRED_TITLE, render_error_page
from astral.instruments import DATABASE_ERRORS

log = structlog.get_logger("astral.http.errors")

ERROR_SENTENCES = {
    400: ("BAD_REQUEST", "The request is not valid."),
    401: ("NOT_AUTHENTICATED", "Sign in first: send Authorization: Bearer <token>."),
    403: ("PERMISSION_DENIED", "You don't have access to this."),
    404: ("NOT_FOUND", "There is nothing at this address."),
    405: ("METHOD_NOT_ALLOWED", "This address does not allow this method."),
    406: ("NOT_ACCEPTABLE", "This call answers only with JSON: send Accept: application/json."),
    409: ("CONFLICT", "What is stored does not allow this."),
    411: ("LENGTH_REQUIRED", "Send the body with its Content-Length."),
    413: ("TOO_LARGE", "The request is too large for this call."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "This call needs a body of another type."),
    422: ("UNPROCESSABLE", "This key or value belongs to another call."),
    429: ("TOO_MANY_ATTEMPTS", "Too many attempts; try again later."),
    500: ("SERVER_ERROR", "Something went wrong on our side; the server's log has the request id."),
    503: ("UNAVAILABLE", "The database is not available; try again shortly."),
}
DISK_FULL_SENTENCE = "The server has no room to store this; try again later."
RETRY_AFTER_S = 5
ERRORS_IN_SENTENCE = 3  # the sentence names only the first errors
MAX_ERRORS = 1_000  # in `details.errors`


class ApiError(exceptions.APIException):
    """An expected error with its own code, such as 400 UNREADABLE_FILE or 404 NO_DATA.

    `retry_after`: when the same call may succeed.
    """

    retry_after: timedelta | None = None

    def __init__(self, code: str, sentence: str, status_code: int = 400, **details: Any) -> None:
        super().__init__(sentence, code)
        self.status_code = status_code
        self.details = {"code": code, **details}


class NoData(ApiError):
    """404: a visible athlete has no data in the range."""

    def __init__(self) -> None:
        super().__init__(
            "NO_DATA", "There is no data for this athlete in this range.", status.HTTP_404_NOT_FOUND
        )


@dataclass(frozen=True, slots=True)
class FieldError:
    """One error of one field."""

    field: str
    code: str
    message: str

    @property
    def text(self) -> str:
        """The message after the field's name. The message about an unknown field has the name already."""
        return (
            f"{self.field}: {self.message}" if self.field and self.code != "UNKNOWN_FIELD" else self.message
        )


def build_error_body(sentence: str, code: str, **details: Any) -> dict[str, Any]:
    return {"error": sentence, "details": {"code": code, **details}}


def build_status_error_body(status_code: int) -> dict[str, Any]:
    code, sentence = ERROR_SENTENCES.get(status_code, ERROR_SENTENCES[500 if status_code >= 500 else 400])
    return build_error_body(sentence, code)


def flatten_field_errors(detail: Any, field: str = "") -> Iterator[FieldError]:
    """The errors of a serializer or filter set as a flat list, in their order."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from flatten_field_errors(
                inner, field if name == "non_field_errors" else _join_field(field, str(name))
            )
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from flatten_field_errors(inner, _join_field(field, str(place)) if nested else field)
    else:
        yield FieldError(field, str(getattr(detail, "code", "invalid")).upper(), str(detail))


def _join_field(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name


def build_validation_error_body(detail: Any) -> dict[str, Any]:
    errors = list(flatten_field_errors(detail)) or [FieldError("", "INVALID", "The request is not valid.")]
    if len(errors) == 1:
        error = errors[0]
        return build_error_body(
            summarize_field_errors(errors), error.code, **({"field": error.field} if error.field else {})
        )
    listed = [{"field": e.field, "code": e.code, "message": e.message} for e in errors[:MAX_ERRORS]]
    return build_error_body(summarize_field_errors(errors), "VALIDATION_ERROR", errors=listed)


def summarize_field_errors(errors: Sequence[FieldError]) -> str:
    """The first errors in one sentence, and how many more there are."""
    first = [error.text for error in errors[:ERRORS_IN_SENTENCE]]
    more = [f"and {len(errors) - ERRORS_IN_SENTENCE} more"] if len(errors) > ERRORS_IN_SENTENCE else []
    return "; ".join([message.rstrip(".") for message in first] + more) + "."


def build_exception_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER: the error response for an exception of a view."""
    if isinstance(error, ApiError):
        return _build_api_error_response(error)
    if isinstance(error, exceptions.ValidationError):
        return Response(build_validation_error_body(error.detail), 400)
    if isinstance(error, exceptions.APIException):
        return _build_drf_error_response(error, getattr(context.get("view"), "parser_classes", ()))
    if isinstance(error, Http404) or _was_deleted_meanwhile(error):
        return Response(build_status_error_body(404), 404)
    if isinstance(error, PermissionDenied):
        return Response(build_status_error_body(403), 403)
    if isinstance(error, RequestDataTooBig):
        return Response(build_status_error_body(413), 413)
    if isinstance(error, RecursionError):
        return Response(build_error_body("The body is nested too deeply.", "INVALID_JSON"), 400)
    if isinstance(error, SuspiciousOperation | TooManyFieldsSent):
        return Response(build_status_error_body(400), 400)
    if isinstance(error, OperationalError | InterfaceError):
        sentence = report_database_error(error)
        body = build_error_body(sentence, ERROR_SENTENCES[503][0])
        return Response(body, 503, headers={"Retry-After": str(RETRY_AFTER_S)})
    return None


def _build_api_error_response(error: ApiError) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if error.status_code == 401 else {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(ceil(error.retry_after.total_seconds()))
    return Response(
        {"error": str(error.detail), "details": error.details}, error.status_code, headers=headers
    )


def report_database_error(error: BaseException | None) -> str:
    """Log that the database cannot be used, and remember a full disk. Returns the sentence of the 503."""
    log.error("database_unreachable", error=type(error).__name__, sqlstate=read_sqlstate(error))
    DATABASE_ERRORS.labels("disk_full" if is_disk_full(error) else "unreachable").inc()
    if not is_disk_full(error):
        return ERROR_SENTENCES[503][1]
    remember_disk_full()
    return DISK_FULL_SENTENCE


def _was_deleted_meanwhile(error: Exception) -> bool:
    """Whether the row was deleted during the change: nothing to update, or a foreign key without its row.

    Django 5 raises a plain DatabaseError without a cause if it finds no row to update.
    """
    nothing_updated = type(error) is DatabaseError and error.__cause__ is None
    return (
        nothing_updated
        or isinstance(error, ObjectDoesNotExist)
        or isinstance(error.__cause__, ForeignKeyViolation)
    )


def describe_wrong_media_type(media_types: Iterable[str]) -> str:
    """The sentence of a 415."""
    return f"Send the body as {' or '.join(media_types) or 'application/json'}, with that Content-Type."


def _build_drf_error_response(
    error: exceptions.APIException, parsers: Iterable[type[BaseParser]]
) -> Response:
    code, sentence = ERROR_SENTENCES.get(error.status_code, ERROR_SENTENCES[500])
    own_code = str(getattr(error.detail, "code", "")).upper()
    if isinstance(error, exceptions.ParseError | exceptions.AuthenticationFailed):
        code, sentence = own_code, str(error.detail)
    if isinstance(error, exceptions.UnsupportedMediaType):
        sentence = describe_wrong_media_type(parser.media_type or "" for parser in parsers)
    if own_code == "PARSE_ERROR":  # REST framework's own sentence quotes the parser
        sentence = "The body does not match its Content-Type."
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Response(build_error_body(sentence, code), error.status_code, headers=headers)


def get_page_sentence(status_code: int, sentence: str) -> str:
    """The sentence of an error page; empty for a plain 403 or 404, because the page's title says the same."""
    return "" if status_code in (403, 404) and sentence == ERROR_SENTENCES[status_code][1] else sentence


def is_api_request(request: HttpRequest) -> bool:
    """Whether a program called, so that errors are JSON. `/mcp` is the address for assistants."""
    return request.path.startswith("/api/") or request.path in ("/api", "/mcp")


def build_json_error_response(status_code: int, sentence: str = "") -> JsonResponse:
    code, usual_sentence = ERROR_SENTENCES[status_code]
    answer = JsonResponse(build_error_body(sentence or usual_sentence, code), status=status_code)
    if status_code == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


# Django's error handlers, for errors outside of DRF views (see urls.py).


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return _build_error_response(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return _build_error_response(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return _build_error_response(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    if is_api_request(request):
        return build_json_error_response(403)
    return render_error_page(request, 403, FORM_EXPIRED, title=FORM_EXPIRED_TITLE)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """500, or 503 if the database cannot be reached, such as when middleware stores a session."""
    error = sys.exception()
    if isinstance(error, OperationalError | InterfaceError):
        return _build_error_response(request, 503, report_database_error(error))
    return _build_error_response(request, 500)


def _build_error_response(request: HttpRequest, status_code: int, sentence: str = "") -> HttpResponseBase:
    if is_api_request(request):
        return build_json_error_response(status_code, sentence)
    headers = {"Retry-After": str(RETRY_AFTER_S)} if status_code == 503 else None
    sentence = get_page_sentence(status_code, sentence or ERROR_SENTENCES[status_code][1])
    return render_error_page(request, status_code, sentence, headers=headers)
