"""The one error shape for every status under /api/:

{"error": "<one plain sentence>", "details": {"code": "<MACHINE_WORD>", "field": "<parameter>"}}
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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

from astral.http.error_pages import FORM_EXPIRED, FORM_EXPIRED_TITLE, render_error_page

log = structlog.get_logger("astral.http.errors")

ERROR_SENTENCES = {
    400: ("BAD_REQUEST", "The request could not be understood."),
    401: ("NOT_AUTHENTICATED", "Sign in first: send Authorization: Bearer <token>."),
    403: ("PERMISSION_DENIED", "You may not see or do this."),
    404: ("NOT_FOUND", "There is nothing at this address."),
    405: ("METHOD_NOT_ALLOWED", "This address does not take that method."),
    411: ("LENGTH_REQUIRED", "Send the body with its Content-Length."),
    413: ("TOO_LARGE", "The request is larger than this call takes."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "This call takes a body of another type."),
    429: ("TOO_MANY_ATTEMPTS", "Too many attempts; try again later."),
    500: ("SERVER_ERROR", "Something went wrong on our side; the request id finds it in the log."),
    503: ("UNAVAILABLE", "The database cannot be reached at the moment; try again shortly."),
}
RETRY_AFTER_S = 5
ERRORS_IN_SENTENCE = 3  # faults in the sentence
MAX_ERRORS = 1_000  # faults in `details.errors`


class ApiError(exceptions.APIException):
    """An expected refusal with a code of its own, such as 400 UNREADABLE_FILE or 404 NO_DATA."""

    def __init__(self, code: str, sentence: str, status_code: int = 400, **details: Any) -> None:
        super().__init__(sentence, code)
        self.status_code = status_code
        self.details = {"code": code, **details}


class NoData(ApiError):
    """A person you may see has nothing in the range that this question counts."""

    def __init__(self) -> None:
        super().__init__(
            "NO_DATA", "There is no data for this person in this range.", status.HTTP_404_NOT_FOUND
        )


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field of a question."""

    field: str
    code: str
    message: str

    @property
    def text(self) -> str:
        """With the field before it; a name that nobody knows may be any text, and the message quotes it."""
        return (
            f"{self.field}: {self.message}" if self.field and self.code != "UNKNOWN_FIELD" else self.message
        )


def build_error_body(sentence: str, code: str, **details: Any) -> dict[str, Any]:
    return {"error": sentence, "details": {"code": code, **details}}


def build_status_error_body(status_code: int) -> dict[str, Any]:
    code, sentence = ERROR_SENTENCES.get(status_code, ERROR_SENTENCES[500 if status_code >= 500 else 400])
    return build_error_body(sentence, code)


def flatten_field_errors(detail: Any, field: str = "") -> Iterator[FieldError]:
    """Flatten what a serializer or filter set found wrong, in its order."""
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
    found = list(flatten_field_errors(detail)) or [FieldError("", "INVALID", "The request is not valid.")]
    if len(found) == 1:
        fault = found[0]
        return build_error_body(
            summarize_field_errors(found), fault.code, **({"field": fault.field} if fault.field else {})
        )
    errors = [{"field": f.field, "code": f.code, "message": f.message} for f in found[:MAX_ERRORS]]
    return build_error_body(summarize_field_errors(found), "VALIDATION_ERROR", errors=errors)


def summarize_field_errors(found: Sequence[FieldError]) -> str:
    """The first faults in one sentence, and how many more there are."""
    first = [fault.text for fault in found[:ERRORS_IN_SENTENCE]]
    more = [f"and {len(found) - ERRORS_IN_SENTENCE} more"] if len(found) > ERRORS_IN_SENTENCE else []
    return "; ".join([message.rstrip(".") for message in first] + more) + "."


def build_exception_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER: everything a view can raise, in the one shape."""
    if isinstance(error, ApiError):
        headers = {"WWW-Authenticate": "Bearer"} if error.status_code == 401 else None
        return Response(
            {"error": str(error.detail), "details": error.details}, error.status_code, headers=headers
        )
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
        log.error("database_unreachable", error=type(error).__name__)
        return Response(build_status_error_body(503), 503, headers={"Retry-After": str(RETRY_AFTER_S)})
    return None


def _was_deleted_meanwhile(error: Exception) -> bool:
    """Whether it was deleted while it was being changed: Django found no row to update, or PostgreSQL none to point to.

    The first has no class of its own in Django 5, and no cause.
    """
    unaffected = type(error) is DatabaseError and error.__cause__ is None
    return (
        unaffected
        or isinstance(error, ObjectDoesNotExist)
        or isinstance(error.__cause__, ForeignKeyViolation)
    )


def describe_wrong_media_type(media_types: Iterable[str]) -> str:
    """What 415 says."""
    return f"Send the body as {' or '.join(media_types) or 'application/json'}, and say so in Content-Type."


def _build_drf_error_response(
    error: exceptions.APIException, parsers: Iterable[type[BaseParser]]
) -> Response:
    code, sentence = ERROR_SENTENCES.get(error.status_code, ERROR_SENTENCES[500])
    own = str(getattr(error.detail, "code", "")).upper()
    if isinstance(error, exceptions.ParseError | exceptions.AuthenticationFailed):
        code, sentence = own, str(error.detail)
    if isinstance(error, exceptions.UnsupportedMediaType):
        sentence = describe_wrong_media_type(parser.media_type or "" for parser in parsers)
    if own == "PARSE_ERROR":  # REST framework's own sentence quotes the parser
        sentence = "The body is not what its content type says."
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Response(build_error_body(sentence, code), error.status_code, headers=headers)


def is_api_request(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or request.path == "/api"


def build_json_error_response(status_code: int) -> JsonResponse:
    answer = JsonResponse(build_status_error_body(status_code), status=status_code)
    if status_code == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


# Django's own handlers, for what happens outside a DRF view (urls.py names them).


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
    """500; 503 where the reason is a database that cannot be reached, also in middleware (a session being stored)."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        log.error("database_unreachable")
        return _build_error_response(request, 503)
    return _build_error_response(request, 500)


def _build_error_response(request: HttpRequest, status_code: int) -> HttpResponseBase:
    if is_api_request(request):
        return build_json_error_response(status_code)
    headers = {"Retry-After": str(RETRY_AFTER_S)} if status_code == 503 else None
    return render_error_page(request, status_code, ERROR_SENTENCES[status_code][1], headers=headers)
