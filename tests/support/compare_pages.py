"""Compare pages without what may differ: CSRF tokens, and white space around tags."""

from __future__ import annotations

import re

FORM_TOKEN_PATTERN = re.compile(rb'value="\w{64}"')  # differs each time


def remove_form_token(content: bytes) -> bytes:
    return FORM_TOKEN_PATTERN.sub(b"", content)


def collapse_white_space(page: str) -> str:
    """One space for every run of white space, and none between two tags or before the end of a tag."""
    page = re.sub(r"\s+", " ", page)
    return page.replace(" >", ">").replace("> <", "><")
