"""Find a time zone by the name of its city."""

from __future__ import annotations

from functools import cache

from astral.http.fields import list_zone_names
from athletes.search import normalize_search_text

# Other names of the list are countries, offsets and old abbreviations.
AREAS = frozenset(
    {
        "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian",
        "Pacific",
    }
)  # fmt: skip


def find_time_zone(text: str) -> str:
    """The IANA name for a name or a city in any case; unknown text is returned unchanged.

    `Tokyo` → `Asia/Tokyo`; `sao paulo` → `America/Sao_Paulo`.
    """
    return _index_zones().get(_normalize_name(text), text)


@cache
def _index_zones() -> dict[str, str]:
    """Sorted by length: of two names with one city the longest is current, and both are the same zone."""
    names = sorted(list_zone_names(), key=lambda name: (len(name), name))
    cities = {
        _normalize_name(name.rpartition("/")[2]): name for name in names if name.partition("/")[0] in AREAS
    }
    return cities | {_normalize_name(name): name for name in names}


def _normalize_name(text: str) -> str:
    return " ".join(normalize_search_text(text).replace("_", " ").split())
