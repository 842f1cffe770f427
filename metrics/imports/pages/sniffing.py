"""Whether a chosen file is stored at once, or becomes an import. The content says it, not the name. Pure."""

from __future__ import annotations

import re

from metrics.files.read import ZIP_MAGIC

HEAD_BYTES = 4_096
RECORDING_TAGS = re.compile(rb"<gpx|<TrainingCenterDatabase", re.IGNORECASE)
SEPARATORS = re.compile(rb"[,;\t]")
TABLE_SEPARATORS = 2  # in the first line of a table, at least


def is_for_import(head: bytes) -> bool:
    """Archives, tables, JSON and XML that is no recording. `head`: the first HEAD_BYTES of the file."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(ZIP_MAGIC) or text.startswith((b"{", b"[")):
        return True
    if text.startswith(b"<"):
        return not RECORDING_TAGS.search(text)
    first_line = text.splitlines()[0] if text else b""
    return b"\0" not in head and len(SEPARATORS.findall(first_line)) >= TABLE_SEPARATORS
