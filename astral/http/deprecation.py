"""Calls and parameters that will go away: headers for programs, and `deprecated` in the schema.

`Deprecation` is the header of RFC 9745, `Sunset` that of RFC 8594. docs/guides/developers.md has the policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.http import http_date

LEAST_NOTICE = timedelta(days=180)
POLICY_ADDRESS = "/api/docs"  # its introduction has the policy


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Deprecated since a day. From the day `sunset` on it may be gone; None while that is open.

    `instead`: what to use, such as "Use GET /api/v1/races."
    """

    since: date
    instead: str
    sunset: date | None = None
    address: str = POLICY_ADDRESS

    def __post_init__(self) -> None:
        if self.sunset and self.sunset - self.since < LEAST_NOTICE:
            raise ValueError(f"There are at least {LEAST_NOTICE.days} days from a deprecation to its end.")

    @property
    def sentence(self) -> str:
        ending = f", gone from {self.sunset}" if self.sunset else ""
        return f"Deprecated since {self.since}{ending}. {self.instead}"


def build_headers(deprecations: Sequence[Deprecation]) -> dict[str, str]:
    """The headers of an answer: the earliest of its days. Without deprecations there are none."""
    if not deprecations:
        return {}
    first = min(deprecations, key=lambda one: one.since)
    headers = {
        "Deprecation": f"@{_find_timestamp(first.since)}",
        "Link": ", ".join(
            f'<{address}>; rel="deprecation"; type="text/html"'
            for address in dict.fromkeys(one.address for one in deprecations)
        ),
    }
    if sunsets := [one.sunset for one in deprecations if one.sunset]:
        headers["Sunset"] = http_date(_find_timestamp(min(sunsets)))
    return headers


def _find_timestamp(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
