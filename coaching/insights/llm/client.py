"""Send one request to a server with OpenAI's chat completions protocol. Does not use Django.

It uses the standard library: there is only one POST, and vendors' clients do not limit the total time and
size of an answer.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException, HTTPResponse
from typing import IO, Any
from urllib.error import HTTPError

MAX_ANSWER_BYTES = 64_000  # the request is for a few sentences
CHUNK_BYTES = 8_192


@dataclass(frozen=True, slots=True)
class LLMEndpoint:
    """The server, the model, and the time limit of one answer."""

    base_url: str
    model: str
    timeout_s: float
    api_key: str = field(default="", repr=False)


class LLMUnavailable(Exception):
    """The server gave no valid answer. The message is a short code for the log."""


class _NoRedirectHandler(urllib.request.HTTPRedirectHandler):
    """Follow no redirects: the key and the numbers go to the configured address only."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def chat(endpoint: LLMEndpoint, messages: Sequence[dict[str, str]]) -> str:
    """Return the stripped text of the answer. Raises LLMUnavailable."""
    give_up = time.monotonic() + endpoint.timeout_s
    try:
        with urllib.request.build_opener(_NoRedirectHandler).open(
            _build_request(endpoint, messages), timeout=endpoint.timeout_s
        ) as answer:
            body = _read_body(answer, give_up)
    except HTTPError as error:
        error.close()
        raise LLMUnavailable(f"status_{error.code}") from error
    except TimeoutError as error:
        raise LLMUnavailable("timeout") from error
    except (OSError, HTTPException) as error:  # urllib wraps a timeout of the connection
        is_timeout = isinstance(getattr(error, "reason", None), TimeoutError)
        raise LLMUnavailable("timeout" if is_timeout else "unreachable") from error
    return _parse_text(body)


def _build_request(endpoint: LLMEndpoint, messages: Sequence[dict[str, str]]) -> urllib.request.Request:
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "Astral"}
    if endpoint.api_key:
        headers["Authorization"] = f"Bearer {endpoint.api_key}"
    body = json.dumps({"model": endpoint.model, "messages": list(messages)}).encode()
    return urllib.request.Request(f"{endpoint.base_url.rstrip('/')}/chat/completions", body, headers)


def _read_body(answer: HTTPResponse, give_up: float) -> bytes:
    """Read in chunks, so that the time limit also holds for a server that sends slowly."""
    body = b""
    while piece := answer.read1(CHUNK_BYTES):
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise LLMUnavailable("huge")
        if time.monotonic() > give_up:
            raise LLMUnavailable("timeout")
    return body


def _parse_text(body: bytes) -> str:
    try:
        answer: Any = json.loads(body)
        text = answer["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise LLMUnavailable("not_the_protocol") from error
    if not isinstance(text, str):
        raise LLMUnavailable("not_the_protocol")
    return text.strip()
