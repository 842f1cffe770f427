"""Which format a caller asks for. JSON unless CSV or NDJSON is named and preferred."""

from __future__ import annotations

from enum import StrEnum
from math import isfinite

JSON = "application/json"


class RowFormat(StrEnum):
    """A format with one row per line."""

    CSV = "text/csv"
    NDJSON = "application/x-ndjson"

    @property
    def ending(self) -> str:
        return self.name.lower()

    @property
    def content_type(self) -> str:
        return f"{self.value}; charset=utf-8" if self is RowFormat.CSV else self.value


def choose_row_format(accept: str) -> tuple[RowFormat | None, bool]:
    """The preferred row format, None for JSON; and whether JSON would do as well.

    A row format must be named: wildcards mean JSON, as browsers and clients send them with everything. What
    names none of the three gets JSON.
    """
    weights = parse_accept(accept)
    json = max((weights.get(name, 0.0) for name in (JSON, "application/*", "*/*")), default=0.0)
    if JSON in weights:
        json = weights[JSON]
    best = max(RowFormat, key=lambda one: weights.get(one.value, 0.0))
    wanted = weights.get(best.value, 0.0)
    return (best if wanted > json else None), json > 0


def parse_accept(accept: str) -> dict[str, float]:
    """The weight of each media type (RFC 9110 §12.5.1). A malformed weight is 0."""
    weights = {}
    for part in accept.split(","):
        name, *parameters = (text.strip().lower() for text in part.split(";"))
        given = [text.partition("=")[2].strip() for text in parameters if text.startswith("q")]
        weights[name] = _parse_weight(given[0]) if given else 1.0
    return weights


def _parse_weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return min(max(weight, 0.0), 1.0) if isfinite(weight) else 0.0
