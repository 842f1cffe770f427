"""What one request showed of which athletes, and what it refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Model

from athletes.rights import Category, Viewer

ACTING_DOOR = "acting"  # of staff who act as somebody
PROFILE = "profile"  # name, settings, thresholds, membership: nobody can withhold these from a club
WHOLE_ATHLETE = (PROFILE, Category.ACTIVITIES.value, Category.HEALTH.value, Category.GOALS_AND_PLANS.value)

Piece = TypeVar("Piece")
AthletesByCategories = Mapping[tuple[str, ...], str]


class Look(NamedTuple):
    """One viewer, one set of categories. `athletes`: an array literal of SQL, whose hash Python keeps.

    `row`: a refused row whose athlete is not known yet, with an empty `athletes`.
    """

    viewer_kind: str
    viewer: UUID | None
    organization: UUID | None
    door: str
    categories: tuple[str, ...]
    athletes: str
    is_refused: bool = False
    row: tuple[type[Model], UUID] | None = None


@dataclass(slots=True)
class LookCollector:
    """The looks of one request or one call of another door."""

    door: str
    shown: dict[tuple[Viewer, str, UUID], tuple[str, ...]] = field(default_factory=dict)
    shown_groups: list[Look] = field(default_factory=list)
    refused: list[Look] = field(default_factory=list)

    def add(self, viewer: Viewer, athlete_id: UUID, categories: Sequence[str], door: str = "") -> None:
        """Nobody's look at themselves is noted. Staff who act as somebody are others."""
        if athlete_id == viewer.pk and not viewer.acting:
            return
        key = (viewer, self._choose_door(viewer, door), athlete_id)
        before = self.shown.get(key, ())
        self.shown[key] = (*before, *(name for name in categories if name not in before))

    def remove(self, viewer: Viewer, athlete_id: UUID, categories: Collection[str], door: str = "") -> None:
        """The answer does not show these categories of the athlete after all."""
        key = (viewer, self._choose_door(viewer, door), athlete_id)
        if key in self.shown:
            self.shown[key] = tuple(name for name in self.shown[key] if name not in categories)

    def add_group(self, viewer: Viewer, athletes: AthletesByCategories, door: str = "") -> None:
        """Many athletes. The storage leaves out the viewer."""
        for categories, ids in athletes.items():
            self.shown_groups.append(
                Look(*viewer.log_identity, self._choose_door(viewer, door), categories, ids)
            )

    def _choose_door(self, viewer: Viewer, door: str) -> str:
        return ACTING_DOOR if viewer.acting else door or self.door

    def add_refused(
        self,
        viewer: Viewer,
        categories: tuple[str, ...],
        athlete_id: UUID | None = None,
        row: tuple[type[Model], UUID] | None = None,
        door: str = "",
    ) -> None:
        """With the athlete, or with a row of an athlete that the storage finds out later."""
        if athlete_id is not None and athlete_id == viewer.pk and not viewer.acting:
            return
        athletes = format_athlete_ids([athlete_id]) if athlete_id else ""
        self.refused.append(
            Look(*viewer.log_identity, self._choose_door(viewer, door), categories, athletes, True, row)
        )

    def list_looks(self, status: int) -> list[Look]:
        """The looks of an answer with this HTTP status. An answer that failed shows nothing."""
        if status in (403, 404):
            return self.refused
        if not (200 <= status < 300 or status == 304) or status == 204:
            return []
        return [*self.shown_groups, *self._group_shown()]

    def take_looks(self, status: int) -> list[Look]:
        """The looks so far; the collector is empty then."""
        looks = self.list_looks(status)
        self.shown, self.shown_groups, self.refused = {}, [], []
        return looks

    def _group_shown(self) -> Iterator[Look]:
        if len(self.shown) == 1:  # nearly always
            ((viewer, door, athlete_id), categories) = next(iter(self.shown.items()))
            yield Look(*viewer.log_identity, door, categories, format_athlete_ids([athlete_id]))
            return
        groups: dict[tuple[Viewer, str, tuple[str, ...]], list[UUID]] = {}
        for (viewer, door, athlete_id), categories in self.shown.items():
            groups.setdefault((viewer, door, categories), []).append(athlete_id)
        for (viewer, door, categories), ids in groups.items():
            yield Look(*viewer.log_identity, door, categories, format_athlete_ids(sorted(ids)))


_current: ContextVar[LookCollector | None] = ContextVar("look_collector", default=None)


def get_look_collector() -> LookCollector:
    """The collector of this request. Outside of one, a collector that nobody reads."""
    return _current.get() or LookCollector("")


@contextmanager
def collect_looks(door: str) -> Iterator[LookCollector]:
    """Collect the looks of this block. Afterwards give `list_looks` to the buffer."""
    collector = LookCollector(door)
    token = _current.set(collector)
    try:
        yield collector
    finally:
        _current.reset(token)


def go_on_collecting(collector: LookCollector, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces. What reads each of them finds this collector."""
    remaining = iter(pieces)
    while True:
        token = _current.set(collector)
        try:
            piece = next(remaining)
        except StopIteration:
            return
        finally:
            _current.reset(token)
        yield piece


def format_athlete_ids(athlete_ids: Sequence[UUID]) -> str:
    return "{" + ",".join(map(str, athlete_ids)) + "}"
