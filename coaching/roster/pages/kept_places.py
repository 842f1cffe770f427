"""Athletes who keep their place in the queue after their signals were acknowledged, without JavaScript.

The address of the page names them: a second click in the same spot then hits the same athlete.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from astral.http.fields import IdField, TextField, WholeNumberField
from athletes.models import User
from coaching.roster.roster import RosterAthlete

MAX_KEPT_PLACES = 20  # more would make the address too long
MAX_KEPT_LENGTH = 700
MAX_POSITION = 200


class KeptPlace(NamedTuple):
    """The place of an athlete in the queue; `position` counts from 0."""

    position: int
    user_id: UUID


class KeptPlacesField(TextField):
    """Text such as `0.usr_…,3.usr_…` as a list of `KeptPlace`."""

    def to_internal_value(self, data: str) -> list[KeptPlace]:  # type: ignore[override]
        places = super().to_internal_value(data).split(",")
        if len(places) > MAX_KEPT_PLACES:
            self.fail("max_length", max_length=self.max_length)
        return [_parse_place(place) for place in places]


def _parse_place(place: str) -> KeptPlace:
    position, _, user_id = place.partition(".")
    return KeptPlace(
        WholeNumberField(min_value=0, max_value=MAX_POSITION).run_validation(position),
        IdField(User.prefix).run_validation(user_id),
    )


def format_kept_places(places: Sequence[KeptPlace], new: KeptPlace) -> str:
    """The places with a new one. An athlete has one place; the oldest places are dropped."""
    others = [place for place in places if place.user_id != new.user_id]
    kept = [*others, new][-MAX_KEPT_PLACES:]
    return ",".join(f"{place.position}.{User(pk=place.user_id).public_id}" for place in kept)


def order_by_kept_places(
    waiting: Iterable[RosterAthlete], kept: Iterable[RosterAthlete], places: Sequence[KeptPlace]
) -> list[RosterAthlete]:
    """The waiting athletes in their order, and the kept ones in their places."""
    position_by_id = {place.user_id: place.position for place in places}
    kept_by_id = {athlete.summary.person.user_id: athlete for athlete in kept}
    ordered = [athlete for athlete in waiting if athlete.summary.person.user_id not in kept_by_id]
    for pk in sorted(kept_by_id, key=lambda pk: position_by_id[pk]):
        ordered.insert(position_by_id[pk], kept_by_id[pk])
    return ordered
