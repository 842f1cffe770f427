"""Read the recordings of a FIT, GPX or TCX file, plain or gzipped."""

from __future__ import annotations

from metrics.files.fit.container import FIT_SIGNATURE
from metrics.files.fit.reader import read_fit
from metrics.files.xml.gpx import read_gpx
from metrics.files.xml.stream import read_root_name
from metrics.files.xml.tcx import read_tcx
from metrics.recording import Recording

from .errors import MAX_FILE_BYTES, NOT_AN_ACTIVITY, UNREADABLE_FILE, FileError, file_too_large_error
from .gzip_stream import GZIP_MAGIC, gunzip
from .plausibility import correct_implausible_totals

ZIP_MAGIC = b"PK\x03\x04"
UNPACK_ADVICE = "send it as an import, on the page for uploads or with POST /api/v1/imports."


def read_recordings(
    data: bytes, filename: str = "", *, accept_partial: bool = False
) -> tuple[Recording, ...]:
    """The activities of a file, in order of time. The content decides the format; `filename` does not.

    With `accept_partial`, an incomplete recording is accepted and gets the warning `partial_recording`.
    Raises FileError (UNREADABLE_FILE, NOT_AN_ACTIVITY, NO_TIME, PARTIAL_RECORDING, FILE_TOO_LARGE).
    """
    if len(data) > MAX_FILE_BYTES:
        raise file_too_large_error()
    damaged = False
    if data.startswith(GZIP_MAGIC):
        data, damaged = gunzip(data)
    recordings = [
        correct_implausible_totals(recording)
        for recording in _read_plain(data, filename or "The file", accept_partial)
    ]
    with_duration = tuple(recording for recording in recordings if recording.totals.duration_s > 0)
    if not with_duration:
        raise FileError(NOT_AN_ACTIVITY, "The recording has no duration.")
    if damaged:
        return tuple(recording.with_warning("damaged_file") for recording in with_duration)
    return with_duration


def _read_plain(data: bytes, name: str, accept_partial: bool) -> tuple[Recording, ...]:
    if data[8:12] == FIT_SIGNATURE:
        return read_fit(data, accept_partial=accept_partial)
    match read_root_name(data).lower():
        case "gpx":
            return read_gpx(data, accept_partial=accept_partial)
        case "trainingcenterdatabase":
            return read_tcx(data, accept_partial=accept_partial)
    if data.startswith(ZIP_MAGIC):
        raise FileError(UNREADABLE_FILE, f"{name} is a ZIP archive: {UNPACK_ADVICE}")
    raise FileError(UNREADABLE_FILE, f"{name} isn't a FIT, GPX or TCX file.")
