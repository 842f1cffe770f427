"""Pages compared: two renderings of the same differ in the token of their forms."""

from __future__ import annotations

import re

FORM_TOKEN_PATTERN = re.compile(
    rb'value="\w{64}"'
)  # another one each time, on whatever has a form or a sign-out


def remove_form_token(content: bytes) -> bytes:
    return FORM_TOKEN_PATTERN.sub(b"", content)
