"""Read `export.xml` as a stream of elements: no DTD, no entities, no tree, little memory.

The DTD in front of the root is skipped and never parsed: Apple's own one was invalid in some versions of iOS.
So an entity is unknown, and never expanded. After damage, such as an invalid attribute of an app, reading
goes on with the next record.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol
from xml.parsers import expat

from metrics.files.errors import UNREADABLE_FILE, FileError

FEED_BYTES = 262_144
MAX_PROLOGUE_BYTES = 1_000_000
MAX_ELEMENT_BYTES = 1_000_000
"""Of one tag, comment or text without an end. The parser keeps it in memory."""
MAX_PARSER_BYTES = 8_000_000
"""A parser remembers every name. So a new one is made after so many bytes."""
MAX_PART_BYTES = 16_000_000
"""Of one element with all that is inside. Then it is left out as damaged."""
MAX_DEPTH = 20
MAX_DAMAGED_PLACES = 1_000_000

INVALID_LETTER = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
ROOT = re.compile(rb"<HealthData[\s>/]")
FAKE_ROOT = b"<HealthData>"
_NEXT_RECORD = re.compile(
    rb"<(?:Record|Workout|Correlation|ActivitySummary|ClinicalRecord|Audiogram|VisionPrescription)[\s>]"
    rb"|</HealthData\s*>"
)
_PART_STARTS = (b"<Record ", b"<Workout ", b"<ActivitySummary ", b"<Correlation ")


class ElementHandler(Protocol):
    def handle_start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        ...


@dataclass(frozen=True, slots=True)
class StreamDamage:
    """What could not be read: the number of damaged places, and where the file is cut, if it is."""

    places: int = 0
    cut_at_byte: int | None = None


def is_health_export(head: bytes) -> bool:
    """Whether the first bytes of a file are those of an `export.xml`, whatever its name is."""
    return ROOT.search(head) is not None


def read_export_stream(
    file: BinaryIO, handler: ElementHandler, advance: Callable[[int], None]
) -> StreamDamage:
    """Give all elements of the export to `handler`. `advance` gets the number of bytes read so far.

    Raises FileError (UNREADABLE_FILE) if this is no export, or if its elements are nested too deeply.
    """
    reader = _ExportReader(handler)
    read_bytes, chunk = _skip_prologue(file)
    try:
        while chunk and reader.damaged_places <= MAX_DAMAGED_PLACES:
            reader.feed(chunk)
            advance(read_bytes)
            chunk = file.read(FEED_BYTES)
            read_bytes += len(chunk)
    except (FileError, OSError):
        if reader.is_refused:
            raise
        return StreamDamage(reader.damaged_places, read_bytes)  # a damaged archive: the file ends here
    return StreamDamage(reader.damaged_places, None if reader.is_complete() else read_bytes)


def _skip_prologue(file: BinaryIO) -> tuple[int, bytes]:
    """The bytes read so far, and those from the root on."""
    head = b""
    while len(head) < MAX_PROLOGUE_BYTES and (piece := file.read(FEED_BYTES)):
        head += piece
        if found := ROOT.search(head):
            return len(head), head[found.start() :]
    raise FileError(UNREADABLE_FILE, "The file is no export of Apple Health.")


class _ExportReader:
    """It makes a new parser after damage, and now and then."""

    def __init__(self, handler: ElementHandler) -> None:
        self.damaged_places = 0
        self.is_refused = False
        self._handle_start = handler.handle_start
        self._depth = 0
        self._parser: expat.XMLParserType | None = None
        self._start_parser(b"")

    def is_complete(self) -> bool:
        """Whether the file ended with its root."""
        try:
            return self._parser is not None and self._parser.Parse(b"", True) == 1
        except expat.ExpatError:
            return False

    def feed(self, chunk: bytes) -> None:
        position = 0
        if self._fed_bytes > MAX_PARSER_BYTES:
            position = self._replace_parser(chunk)
        while position < len(chunk):
            if self._parser is None:
                found = _NEXT_RECORD.search(chunk, position)
                if found is None:
                    return
                position = found.start()
                self._start_parser(FAKE_ROOT)
            position = self._parse(chunk, position, len(chunk))

    def _parse(self, chunk: bytes, start: int, end: int) -> int:
        """Parse a part of a chunk. Returns the place behind it, or behind the damage."""
        parser, fed_bytes = self._parser, self._fed_bytes
        assert parser is not None
        self._fed_bytes += end - start
        try:
            parser.Parse(memoryview(chunk)[start:end], False)
            if self._fed_bytes - parser.CurrentByteIndex <= MAX_ELEMENT_BYTES:
                return end
            behind = end
        except expat.ExpatError as error:
            # An invalid letter may begin the next record. Other errors name the start of a tag.
            is_letter = error.code == INVALID_LETTER
            behind = start + max(parser.ErrorByteIndex - fed_bytes + (0 if is_letter else 1), 1)
        self._give_up_parser()
        return behind

    def _replace_parser(self, chunk: bytes) -> int:
        """Change the parser in front of the chunk's last record, unless that is inside another element.

        Returns the place up to which the chunk is read.
        """
        if self._fed_bytes > MAX_PART_BYTES:
            self._give_up_parser()
        place = max(chunk.rfind(start) for start in _PART_STARTS)
        if place < 0 or self._parser is None:
            return 0
        behind = self._parse(chunk, 0, place)
        if behind == place and self._depth == 1 and self._parser is not None:
            self._start_parser(FAKE_ROOT)
        return behind

    def _give_up_parser(self) -> None:
        """Go on with the next record."""
        self._parser = None
        self._fed_bytes = 0
        self.damaged_places += 1

    def _start_parser(self, beginning: bytes) -> None:
        parser = expat.ParserCreate("UTF-8")
        parser.buffer_text = True
        self._parser, self._fed_bytes, self._depth = parser, len(beginning), 0
        parser.EndElementHandler = self._end
        if beginning:
            parser.Parse(beginning, False)
            self._depth = 1
        parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse("The XML is nested too deeply.")
        self._handle_start(name, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1

    def _refuse(self, message: str) -> None:
        self.is_refused = True
        raise FileError(UNREADABLE_FILE, message)
