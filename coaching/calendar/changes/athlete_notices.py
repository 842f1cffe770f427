"""Tell athletes that somebody else changed their calendar. The caller holds their locks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from athletes.models import User
from athletes.models.notices import NoticeKind
from athletes.notices.writing import NewNotice, tell_people
from athletes.rights import Category
from coaching.models import CalendarChange

CATEGORIES = (Category.GOALS_AND_PLANS,)


def tell_athletes(changes: Iterable[CalendarChange], actor: User | None, now: datetime) -> None:
    """`actor`: who made the changes just now; None for an API key. One statement; none for one's own."""
    told = [
        (change.athlete_id, NewNotice(NoticeKind.CALENDAR_CHANGE, change.athlete_id, change.pk, CATEGORIES))
        for change in changes
        if actor is None or actor.pk != change.athlete_id
    ]
    if told:
        tell_people(told, now)
