"""From the bytes of a file to its recordings, whatever its name says: FIT, GPX or TCX, plain or gzip."""

from __future__ import annotations

from metrics.files.fit.container import SIGNATURE
from metrics.files.fit.reader import read_fit
from metrics.files.xml.gpx import read_gpx
from metrics.files.xml.stream import root_name
from metrics.files.xml.tcx import read_tcx
from metrics.recording import Recording

from .errors import MAX_FILE_BYTES, NOT_AN_ACTIVITY, UNREADABLE_FILE, FileRefused, too_large
from .gzip_stream import GZIP_MAGIC, gunzip
from .plausibility import plausible

ZIP_MAGIC = b"PK\x03\x04"
UNPACK = "unpack it and send the files in it; manage.py ingest_files reads whole archives."


def read(data: bytes, filename: str = "", *, accept_partial: bool = False) -> tuple[Recording, ...]:
    """The activities of a recorded file, in order of time. Its content decides the format, not `filename`.

    `accept_partial` takes a recording that breaks off as it is, with the warning `partial_recording`.
    Raises FileRefused (UNREADABLE_FILE, NOT_AN_ACTIVITY, NO_TIME, PARTIAL_RECORDING, FILE_TOO_LARGE).
    """
    if len(data) > MAX_FILE_BYTES:
        raise too_large()
    damaged = False
    if data.startswith(GZIP_MAGIC):
        data, damaged = gunzip(data)
    recordings = [plausible(one) for one in _read_plain(data, filename or "The file", accept_partial)]
    lasting = tuple(recording for recording in recordings if recording.totals.duration_s > 0)
    if not lasting:
        raise FileRefused(NOT_AN_ACTIVITY, "The recording has no duration.")
    return tuple(recording.warned("damaged_file") for recording in lasting) if damaged else lasting


def _read_plain(data: bytes, name: str, accept_partial: bool) -> tuple[Recording, ...]:
    if data[8:12] == SIGNATURE:
        return read_fit(data, accept_partial=accept_partial)
    match root_name(data).lower():
        case "gpx":
            return read_gpx(data, accept_partial=accept_partial)
        case "trainingcenterdatabase":
            return read_tcx(data, accept_partial=accept_partial)
    if data.startswith(ZIP_MAGIC):
        raise FileRefused(UNREADABLE_FILE, f"{name} is a ZIP archive: {UNPACK}")
    raise FileRefused(UNREADABLE_FILE, f"{name} is no FIT, GPX or TCX file.")
