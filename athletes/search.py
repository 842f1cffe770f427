"""The search key: what a person is found by, lower case and without accents.

Kept in a column with a trigram index, because PostgreSQL's unaccent() is not immutable and so refuses an index.
"""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not take apart into a base letter and an accent.
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
