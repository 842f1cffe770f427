"""The search key of a user: names and e-mail in lower case without accents.

It is a column with a trigram index, because an index cannot use PostgreSQL's unaccent(), which is not
immutable.
"""

from __future__ import annotations

import unicodedata

# NFKD does not split these letters into a base letter and an accent.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def normalize_search_text(text: str) -> str:
    """`Ångström Łucja` → `angstrom lucja`."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(_LETTERS)


def build_search_key(*parts: str) -> str:
    return normalize_search_text(" ".join(part for part in parts if part))
