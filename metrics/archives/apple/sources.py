"""The sources of an export. Several devices and apps write the same day; their values are never summed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WATCH, WATCH_APP, PHONE, APP = range(4)
"""The order of preference. WATCH_APP: an app that names a watch as its device."""

MAX_SOURCES = 500
MAX_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    rank: int

    @property
    def device(self) -> str:
        """The name without its owner’s: “Anna’s Apple Watch” is an Apple Watch."""
        return {WATCH: "Apple Watch", PHONE: "iPhone"}.get(self.rank, self.name)


class SourceTable:
    """Numbers for sources. The names of too many share one number."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self._numbers: dict[tuple[str, int], int] = {}

    def find_number(self, attributes: Mapping[str, str]) -> int:
        """The number of the source of a record."""
        device = attributes.get("device", "")
        named = WATCH_APP if "Watch" in device else PHONE if "iPhone" in device else APP
        key = (attributes.get("sourceName", ""), named)
        number = self._numbers.get(key)
        return self._add(key) if number is None else number

    def _add(self, key: tuple[str, int]) -> int:
        if len(self.sources) >= MAX_SOURCES:
            return len(self.sources) - 1
        name, named = key
        lowered = name.lower()
        rank = WATCH if "watch" in lowered else PHONE if "iphone" in lowered and named == APP else named
        self._numbers[key] = len(self.sources)
        self.sources.append(Source(name[:MAX_NAME_LENGTH], rank))
        return len(self.sources) - 1
