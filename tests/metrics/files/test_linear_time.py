"""Expressions that see input need time in proportion to its length."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from astral.logs import redact_personal_data
from metrics.files.xml.stream import has_complete_end, read_root_name

LENGTH = 16_384
MAX_CPU_S = 0.1
PIECES = [
    "<!DOCTYPE", "<!DOCTYPE a [", "<!DOCTYPE a []", "<!DOCTYPE>", "<?", "<?a?>", "<!--", "<!-- -->", "<",
    "</", "<a:", "<a", "</gpx ", "</a", "<trkpt", " ", "\n", "]", "[", ">", "a", "a.", "1", "1,", "1.", "-",
    "usr_0", "0-", "@", "a@", "DETAIL:", "run", "half ", "half marathon ", "vo2 ", "one hundred ", ":",
    "1:",
]  # fmt: skip


def redact(text: str) -> None:
    redact_personal_data(None, "", {"event": text})


READERS: dict[str, Callable[[str], object]] = {
    "root name": lambda text: read_root_name(text.encode()),
    "complete end": lambda text: has_complete_end(text.encode(), "gpx", "trkpt", 0),
    "log line": redact,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("piece", PIECES)
def test_sixteen_kilobytes_of_one_piece_are_read_at_once(reader: str, piece: str):
    for text in (piece * (LENGTH // len(piece)), piece + " " * LENGTH, piece + "a" * LENGTH):
        started = time.process_time()
        READERS[reader](text)
        assert time.process_time() - started < MAX_CPU_S


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("<?xml version='1.0'?><gpx>", "gpx"),
        ("<!-- <b> --><!DOCTYPE gpx [ <!ELEMENT x> ]><ns:gpx>", "gpx"),
        ("<!DOCTYPE gpx>\n<gpx>", "gpx"),
        ("<!DOCTYPE gpx ", ""),
        ("<!-- never closed <gpx>", ""),
        ("\ufeff<TrainingCenterDatabase xmlns='x'>", "TrainingCenterDatabase"),
        ("no markup", ""),
        ("", ""),
    ],
)
def test_the_root_name_is_the_first_element(head: str, name: str):
    assert read_root_name(head.encode()) == name
