"""Answers to requests that never reach Django: too long, too late or malformed."""

from __future__ import annotations

import json
from http import HTTPStatus
from uuid import uuid4

SENTENCES = {
    400: ("BAD_REQUEST", "The request is not valid."),
    408: ("REQUEST_TIMEOUT", "The request took too long to arrive."),
    414: ("URI_TOO_LONG", "The address is too long."),
    417: ("EXPECTATION_FAILED", "The server cannot do what the header Expect asks for."),
    431: ("HEADERS_TOO_LARGE", "The headers of the request are too large."),
    500: ("SERVER_ERROR", "Something went wrong on our side; the server's log has the request id."),
    501: ("NOT_IMPLEMENTED", "The server does not know this transfer coding."),
}
# The same as those of Django's answers, except that this answer loads nothing.
HEADERS = {
    "Content-Type": "application/json",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "Connection": "close",
}


def build_refusal(status: int, request_id: str) -> bytes:
    """The whole answer, in the one error shape."""
    code, sentence = SENTENCES[status]
    body = json.dumps({"error": sentence, "details": {"code": code}}).encode()
    headers = HEADERS | {"X-Request-ID": request_id, "Content-Length": str(len(body))}
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def make_request_id() -> str:
    return uuid4().hex
