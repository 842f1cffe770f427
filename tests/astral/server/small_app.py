"""A WSGI application for tests of the server: it answers with what it got."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

LARGE_ANSWER = b"x" * 8_000_000


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/large":
        body = LARGE_ANSWER
    elif path == "/unread":
        body = b"unread"
    elif path == "/file":
        start_response("200 OK", [("Content-Length", str(os.path.getsize(__file__)))])
        file: Iterable[bytes] = environ["wsgi.file_wrapper"](open(__file__, "rb"))  # noqa: SIM115
        return file
    else:
        body = b"%d bytes" % len(environ["wsgi.input"].read())
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
