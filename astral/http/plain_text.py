"""Check that a text has no characters that hide or reorder other characters."""

from __future__ import annotations

import unicodedata

_CONTROL_CATEGORIES = {"Cc", "Cs"}
_DIRECTION_CONTROLS = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)  # they reorder other text
_HIDDEN_CATEGORIES = {"Cf", "Zl", "Zp"}  # formats, such as zero-width spaces, and separators of lines
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters that show nothing
_JOINERS = frozenset("\u200c\u200d")
_EMOJI_CATEGORIES = {"So", "Sk"}  # emoji and their skin tones
_EMOJI_STYLE = "\ufe0f"
# Scripts whose spelling needs joiners. Unicode's names of their letters begin with these words.
_JOINING_SCRIPTS = (
    "ARABIC", "SYRIAC", "MONGOLIAN", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL",
    "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "TIBETAN", "MYANMAR", "KHMER",
)  # fmt: skip


def is_plain_text(text: str) -> bool:
    """Whether the text has no control, direction or replacement characters and no lone surrogates."""
    return (
        "\ufffd" not in text
        and _DIRECTION_CONTROLS.isdisjoint(text)
        and not any(
            unicodedata.category(letter) in _CONTROL_CATEGORIES and letter not in "\n\t" for letter in text
        )
    )


def is_plain_name(text: str) -> bool:
    """Whether it is plain text, and every character can be seen: two names must not look the same.

    Joiners are allowed inside of emoji and of words in scripts that need them.
    """
    if not is_plain_text(text):
        return False
    if text.isascii():
        return True
    return all(
        not _is_hidden(letter) or (letter in _JOINERS and _has_joined_neighbours(text, place))
        for place, letter in enumerate(text)
    )


def _is_hidden(letter: str) -> bool:
    return unicodedata.category(letter) in _HIDDEN_CATEGORIES or letter in _BLANK_LETTERS


def _has_joined_neighbours(text: str, place: int) -> bool:
    neighbours = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
    return len(neighbours) == 2 and all(_can_be_joined(letter) for letter in neighbours)


def _can_be_joined(letter: str) -> bool:
    is_emoji = unicodedata.category(letter) in _EMOJI_CATEGORIES or letter == _EMOJI_STYLE
    return is_emoji or unicodedata.name(letter, "").startswith(_JOINING_SCRIPTS)
