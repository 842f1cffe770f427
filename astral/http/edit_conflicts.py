"""A form knows what its row looked like when it was shown: what somebody else changed meanwhile is not overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import orjson

FORM_VERSION_FIELD = "as_seen"
EDIT_CONFLICT_MESSAGE = "Somebody changed this meanwhile. Here is how it is now."


def form_version(said: Mapping[str, str]) -> str:
    """The same for the same words."""
    return sha256(orjson.dumps(dict(said), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def has_edit_conflict(given: str, said: Mapping[str, str]) -> bool:
    """Whether `given`, where a form sent it, is of other words than the row has now."""
    return bool(given) and given != form_version(said)
