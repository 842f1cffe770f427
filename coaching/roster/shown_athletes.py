"""Which athletes a roster shows, for the access log: read from the answer itself, once in each process."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple
from uuid import UUID

import orjson

from astral.caching import CachedAnswer
from astral.ids import decode
from athletes.looks.collector import WHOLE_ATHLETE, AthletesByCategories, format_athlete_ids
from athletes.models import User

MOST_ROSTERS = 500  # of 200 athletes: 8 kB each


class ShownAthletes(NamedTuple):
    """The athletes of one answer, by the categories that it shows, and when the answer was stored."""

    athletes: AthletesByCategories
    stored_at: int


_by_digest: dict[str, ShownAthletes] = {}
_lock = Lock()


class RosterReader:
    """Finds out whom the roster of one cache key shows. Without `shown`, it has to read the answer."""

    def __init__(self, digest: str) -> None:
        self.digest, self.shown = digest, _by_digest.get(digest)

    def read_answer(self, answer: CachedAnswer) -> None:
        """Read the answer, unless it is the one that was read before: parsing takes some milliseconds."""
        if self.shown and answer.stored_at and self.shown.stored_at == answer.stored_at:
            return
        self.shown = ShownAthletes(parse_shown_athletes(answer.body), answer.stored_at)
        with _lock:
            _by_digest[self.digest] = self.shown
            while len(_by_digest) > MOST_ROSTERS:
                del _by_digest[next(iter(_by_digest))]


def parse_shown_athletes(body: bytes) -> AthletesByCategories:
    groups: dict[tuple[str, ...], list[UUID]] = {}
    for athlete in orjson.loads(body)["data"]["athletes"]:
        shown = tuple(name for name in WHOLE_ATHLETE if name not in athlete["withheld"])
        groups.setdefault(shown, []).append(decode(User.prefix, athlete["user_id"]))
    return {shown: format_athlete_ids(sorted(ids)) for shown, ids in groups.items()}
