"""Read XML as a stream of elements. It is safe: no DTD, no entities, no network, no tree in memory.

The parser continues after damage, so that a complete activity can still be read. The caller checks with
`has_complete_end` if something is missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import cast

import numpy as np
from lxml import etree

from metrics.files.errors import MAX_RECORDS, UNREADABLE_FILE, FileError, too_many_records_error

MAX_DEPTH = 100
MAX_TAG_BYTES = 1_000_000
FEED_BYTES = 65_536
XML_SPACE = b"\xef\xbb\xbf \t\r\n"
"""Blanks and the bytes of a byte-order mark."""

_ELEMENT_START = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
MAX_COUNTS = {"names": 2_000, "activities": 500, "laps": 20_000, "points": MAX_RECORDS}


class XmlTarget:
    """An lxml parser target that uses local names. Subclasses override `handle_start` and `handle_end`.

    `path` has the local names of the open elements. `text` is the text of the element that ends now.
    """

    def __init__(self) -> None:
        self.path: list[str] = []
        self.text = ""
        self._parts: list[str] = []
        self._names: dict[str | bytes, str] = {}
        self._counts: Counter[str] = Counter()

    def handle_start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins. It is not in `path` yet."""

    def handle_end(self, name: str) -> None:
        """An element ends. It is no longer in `path`."""

    def count(self, name: str) -> None:
        """Count one more of `name`. Raises FileError (FILE_TOO_LARGE) above MAX_COUNTS."""
        self._counts[name] += 1
        if self._counts[name] > MAX_COUNTS[name]:
            raise too_many_records_error()

    def start(self, tag: str | bytes, attrib: dict[str | bytes, str | bytes]) -> None:
        name = self._names.get(tag)
        if name is None:
            self.count("names")
            name = self._names[tag] = re.split("[}:]", str(tag))[-1]
        if len(self.path) >= MAX_DEPTH:
            raise FileError(UNREADABLE_FILE, "The XML is nested too deeply.")
        self.handle_start(name, cast(dict[str, str], attrib))
        self.path.append(name)
        self._parts.clear()

    def end(self, tag: str | bytes) -> None:
        name = self.path.pop()
        self.text = "".join(self._parts).strip()
        self._parts.clear()
        self.handle_end(name)

    def data(self, data: str | bytes) -> None:
        self._parts.append(str(data))

    def comment(self, text: str | bytes) -> None:
        """lxml requires this method."""

    def doctype(self, *_: str | None) -> None:
        raise FileError(UNREADABLE_FILE, "XML with a document type definition isn't accepted.")

    def close(self) -> None:
        """lxml requires this method."""


def parse_xml(data: bytes, target: XmlTarget) -> bool:
    """Parse `data` into `target`. Returns whether the XML was well-formed to its end.

    Raises FileError (UNREADABLE_FILE) for a DTD, deep nesting, or data that is not XML.
    """
    if find_longest_gap(data) > MAX_TAG_BYTES:
        raise FileError(UNREADABLE_FILE, "The XML contains an element that is too long.")
    data = data.lstrip(XML_SPACE)  # every TCX file of a Strava export begins with ten spaces
    parser = etree.XMLParser(
        target=target,
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    try:
        for start in range(0, len(data), FEED_BYTES):
            parser.feed(data[start : start + FEED_BYTES])
        parser.close()
    except (etree.LxmlError, UnicodeError, LookupError) as error:
        raise FileError(UNREADABLE_FILE, "The XML cannot be read.") from error
    return not len(parser.feed_error_log)


def find_longest_gap(data: bytes) -> int:
    """The most bytes without a ">". A very long tag would attack the parser's memory."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord(">"))
    return int(np.diff(ends, prepend=-1, append=len(data)).max())


def read_root_name(data: bytes) -> str:
    """The local name of the first element. "" if there is none in the first 16 kB."""
    head = data[:16_384]
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = head.decode("utf-16" if wide else "latin-1", "replace")
    position = text.find("<")
    while position >= 0:
        if found := _ELEMENT_START.match(text, position):
            return found[1]
        position = text.find("<", _skip_markup(text, position))
    return ""


def _skip_markup(text: str, start: int) -> int:
    """The position after a comment, an instruction or a document type; after the `<` for anything else.

    Each character is passed once: a regular expression over all kinds took seconds for 16 kB of blanks.
    """
    for opening, closing in (("<!--", "-->"), ("<?", "?>")):
        if text.startswith(opening, start):
            return _end_of(text, closing, start)
    if text.startswith("<!DOCTYPE", start):
        subset, end = text.find("[", start), _end_of(text, ">", start)
        return _end_of(text, ">", _end_of(text, "]", subset)) if start < subset < end else end
    return start + 1


def _end_of(text: str, closing: str, start: int) -> int:
    found = text.find(closing, start)
    return len(text) if found < 0 else found + len(closing)


def has_complete_end(data: bytes, closing: str, point: str, points_read: int) -> bool:
    """Whether damaged XML has a complete activity: it ends after the last point, and every point was read."""
    ends = [match.start() for match in re.finditer(rb"</(?:\w+:)?%s\s*>" % closing.encode(), data)]
    points = [match.start() for match in re.finditer(rb"<(?:\w+:)?%s\b" % point.encode(), data)]
    return bool(ends) and (not points or ends[-1] > points[-1]) and points_read >= len(points)
