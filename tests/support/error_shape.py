"""Assertions about the error shape, used for every error in the tests."""

from __future__ import annotations

import re
from typing import Any

_DETAIL_KEYS = {
    "code", "field", "errors", "readable", "challenge", "session", "sessions", "version", "overlaps",
}  # fmt: skip
_CODE_PATTERN = re.compile(r"[A-Z][A-Z0-9_]*")
_INTERNAL_TEXTS = (
    "Traceback",
    'File "',
    "Error(",
    "<class",
    "<html",
    "psycopg",
    "SELECT ",
    "/site-packages/",
)


def assert_error(response: Any, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    """Assert that the response is this error in the common shape. Returns its details."""
    text = response.content.decode()
    assert response.status_code == status, text
    assert response.headers["Content-Type"] == "application/json"
    body = response.json()
    assert body.keys() == {"error", "details"}, text
    assert_sentence(body["error"])
    details: dict[str, Any] = body["details"]
    assert details.keys() <= _DETAIL_KEYS, text
    assert details["code"] == code, text
    assert _CODE_PATTERN.fullmatch(code)
    assert details.get("field") == field, text
    for fault in details.get("errors", []):
        assert fault.keys() == {"field", "code", "message"}
        assert _CODE_PATTERN.fullmatch(fault["code"])
        assert_sentence(fault["message"])
    assert not [inside for inside in _INTERNAL_TEXTS if inside in text], text
    if status == 401:
        assert response.headers["WWW-Authenticate"] == "Bearer"
    if status in (429, 503):
        assert int(response.headers["Retry-After"]) > 0
    return details


def assert_sentence(text: str) -> None:
    """Assert that the text is one printable line that ends with a full stop."""
    assert text.endswith("."), text
    assert text == text.strip()
    assert "\n" not in text
    assert text.isprintable()
