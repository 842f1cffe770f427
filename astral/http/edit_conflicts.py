"""Edit conflicts: a form does not overwrite what another person changed after it was shown."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import orjson

FORM_VERSION_FIELD = "as_seen"
EDIT_CONFLICT_MESSAGE = "Somebody changed this in the meantime. Here are the current values."


def form_version(values: Mapping[str, str]) -> str:
    """A hash of the form's values."""
    return sha256(orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def has_edit_conflict(sent_version: str, values: Mapping[str, str]) -> bool:
    """Whether the form was shown with other values than the row has now. False if no version was sent."""
    return bool(sent_version) and sent_version != form_version(values)
