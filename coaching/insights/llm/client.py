"""One question to a server that speaks the chat completions protocol of OpenAI; many do. Knows no Django.

The standard library does: it is one POST, and what matters here, an end to the time and to the size of an answer, no
client of a model's maker gives.
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

MAX_ANSWER_BYTES = 64_000  # of an answer; a few sentences are asked for
CHUNK_BYTES = 8_192


@dataclass(frozen=True, slots=True)
class LLMEndpoint:
    """Where, which model, and how long one answer may take."""

    base_url: str
    model: str
    timeout_s: float
    api_key: str = field(default="", repr=False)


class LLMUnavailable(Exception):
    """There is no answer, or none that a server of this kind gives; the message is a word for the log."""


class _NoRedirectHandler(urllib.request.HTTPRedirectHandler):
    """The key and the numbers go to the address that was set, and to no other."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def chat(endpoint: LLMEndpoint, messages: Sequence[dict[str, str]]) -> str:
    """The answer's text, stripped. Raises Unanswered."""
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
    except (OSError, HTTPException) as error:  # a timeout while connecting comes wrapped
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
    """Read in pieces, so that a server that drips comes to an end too."""
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
