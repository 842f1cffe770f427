"""Check that a text has no characters that hide or reorder other characters."""

from __future__ import annotations

import unicodedata

_CONTROL_CATEGORIES = {"Cc", "Cs"}
_DIRECTION_CONTROLS = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)  # they reorder other text


def is_plain_text(text: str) -> bool:
    """Whether the text has no control, direction or replacement characters and no lone surrogates."""
    return (
        "\ufffd" not in text
        and _DIRECTION_CONTROLS.isdisjoint(text)
        and not any(
            unicodedata.category(letter) in _CONTROL_CATEGORIES and letter not in "\n\t" for letter in text
        )
    )
