"""Tell what a file is by its first bytes: a recording, or something that Astral does not read."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from metrics.files.file_extension import EXTENSION_BY_ROOT
from metrics.files.fit.container import FIT_HEADER, FIT_SIGNATURE
from metrics.files.gzip_stream import GZIP_MAGIC
from metrics.files.xml.stream import read_root_name

from .fit_file_id import read_fit_type

HEAD_BYTES = 16_384
ACTIVITY_TYPE = 4
RECORDING_ENDINGS = (".fit", ".gpx", ".tcx", ".fit.gz", ".gpx.gz", ".tcx.gz")

NO_RECORDED_TRACK = "It has no recorded track or activity, only a route or a course."
NOT_AN_ACTIVITY_REASON = "A watch wrote it, but not as a recording of an activity."


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that is not read. `plural` names several of them in a report."""

    code: str
    singular: str
    plural: str
    reason: str


def _define_fit_kind(code: str, singular: str, plural: str = "") -> FileKind:
    return FileKind(code, singular, plural or f"{singular}s", NOT_AN_ACTIVITY_REASON)


FIT_KINDS = {
    1: _define_fit_kind("DEVICE_FILE", "description of a device", "descriptions of devices"),
    2: _define_fit_kind("SETTINGS", "settings file"),
    3: _define_fit_kind("SETTINGS", "settings file"),
    5: _define_fit_kind("WORKOUT", "planned workout"),
    6: FileKind("COURSE", "course", "courses", NO_RECORDED_TRACK),
    7: _define_fit_kind("WORKOUT", "planned workout"),
    9: _define_fit_kind("WEIGHT", "weight measurement"),
    10: _define_fit_kind("TOTALS", "file of totals", "files of totals"),
    11: _define_fit_kind("SETTINGS", "settings file"),
    14: _define_fit_kind("BLOOD_PRESSURE", "blood pressure measurement"),
    15: _define_fit_kind("MONITORING", "monitoring file"),
    20: _define_fit_kind("TOTALS", "file of totals", "files of totals"),
    28: _define_fit_kind("MONITORING", "monitoring file"),
    32: _define_fit_kind("MONITORING", "monitoring file"),
    34: FileKind("COURSE", "course", "courses", NO_RECORDED_TRACK),
    35: FileKind("COURSE", "course", "courses", NO_RECORDED_TRACK),
    44: _define_fit_kind("METRICS", "metrics file"),
    49: _define_fit_kind("SLEEP", "sleep file"),
    68: _define_fit_kind("HRV_STATUS", "HRV status file"),
}
OTHER_FIT = _define_fit_kind("DEVICE_FILE", "other file of a watch", "other files of a watch")
COURSE = FIT_KINDS[6]

EMPTY = FileKind("EMPTY", "empty file", "empty files", "It has no bytes.")
NESTED_ZIP = FileKind(
    "NESTED_TOO_DEEP", "ZIP in a ZIP in a ZIP", "ZIPs in a ZIP in a ZIP", "Unpack it once and send it alone."
)
DAMAGED_ZIP = FileKind("UNREADABLE_FILE", "damaged ZIP", "damaged ZIPs", "It cannot be opened.")
OTHER = FileKind("UNKNOWN_FILE", "other file", "other files", "Astral does not know this kind of file.")

_MEDIA = "It is a picture or a film."
_TEXT = "It has no recording, and Astral does not know this table."
_ACTIVITY_FORMAT = "Astral reads FIT, GPX and TCX. Export the activity in one of these formats."
_ARCHIVE = "Unpack it and send its files, or pack them as a ZIP."
KINDS_BY_ENDING = {
    **dict.fromkeys(
        ("jpg", "jpeg", "png", "heic", "heif", "gif", "webp", "tif", "tiff", "bmp", "svg"),
        FileKind("PHOTO", "picture", "pictures", _MEDIA),
    ),
    **dict.fromkeys(("mp4", "mov", "avi", "m4v", "webm", "3gp"), FileKind("VIDEO", "film", "films", _MEDIA)),
    "pdf": FileKind("DOCUMENT", "PDF", "PDFs", "It is a document."),
    **dict.fromkeys(
        ("txt", "md", "rtf", "doc", "docx", "html", "htm", "log"),
        FileKind("DOCUMENT", "text", "texts", "It is a document."),
    ),
    **dict.fromkeys(
        ("csv", "tsv", "xls", "xlsx", "ods"), FileKind("UNKNOWN_TABLE", "other table", "other tables", _TEXT)
    ),
    "json": FileKind("UNKNOWN_JSON", "other JSON file", "other JSON files", _TEXT),
    "xml": FileKind("UNKNOWN_XML", "other XML file", "other XML files", _TEXT),
    **dict.fromkeys(
        ("kml", "kmz", "pwx", "hrm", "srm", "sml", "slf", "fitlog", "hst", "crs", "omd", "ghb", "ttbin"),
        FileKind(
            "OTHER_FORMAT", "activity in another format", "activities in another format", _ACTIVITY_FORMAT
        ),
    ),
    **dict.fromkeys(
        ("rar", "7z", "tar", "tgz", "bz2", "xz"),
        FileKind("OTHER_ARCHIVE", "archive of another kind", "archives of another kind", _ARCHIVE),
    ),
}

TABLE_CODES = frozenset({OTHER.code, "UNKNOWN_TABLE", "UNKNOWN_JSON", "DOCUMENT"})
"""Files with these codes may be tables of health data."""


def detect_unread_kind(path: str, head: bytes, size_bytes: int) -> FileKind | None:
    """The kind of a file that holds no recording. None: it may hold one; `read_recordings` decides.

    `head` has the first HEAD_BYTES of the file. A file with the name of a recording is always tried.
    """
    if not head:
        return EMPTY
    plain = inflate_head(head)
    if plain[8:12] == FIT_SIGNATURE:
        is_whole = plain is head and _measure_first_fit(plain) >= size_bytes  # it may be a chain
        file_type = read_fit_type(plain)
        is_other = is_whole and file_type not in (ACTIVITY_TYPE, None)
        return FIT_KINDS.get(file_type or 0, OTHER_FIT) if is_other else None
    if read_root_name(plain).lower() in EXTENSION_BY_ROOT:
        is_whole = plain is head and size_bytes <= len(head) and head.rstrip().endswith(b">")
        return COURSE if is_whole and not has_recording_element(plain) else None
    lowered = path.lower()
    if lowered.endswith(RECORDING_ENDINGS):
        return None
    if lowered.endswith(".zip"):
        return NESTED_ZIP if ".zip/" in lowered else DAMAGED_ZIP
    return KINDS_BY_ENDING.get(lowered.rpartition(".")[2], OTHER)


def inflate_head(head: bytes) -> bytes:
    """The first bytes of a file, inflated if it is gzipped."""
    if not head.startswith(GZIP_MAGIC):
        return head
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
    except zlib.error:
        return b""


def has_recording_element(data: bytes) -> bool:
    """Whether XML has a track (GPX) or an activity (TCX)."""
    return data[:2] in (b"\xff\xfe", b"\xfe\xff") or bool(_RECORDING_ELEMENT.search(data))


_RECORDING_ELEMENT = re.compile(rb"<(?:[\w.-]+:)?(?:trk|Activity)[\s>/]")


def _measure_first_fit(data: bytes) -> int:
    """The bytes of the first FIT file in a chain. An unclosed file is the last."""
    header_bytes, _, _, body_bytes, _ = FIT_HEADER.unpack_from(data)
    return int(header_bytes + body_bytes + 2) if body_bytes else 2**32
