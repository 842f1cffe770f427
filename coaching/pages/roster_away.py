"""Who of a roster is away today, in words."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from coaching.away import away
from coaching.seen import Seen

CATEGORY = "goals_and_plans"  # absences are of it


def away_words(athletes: Iterable[Seen]) -> dict[UUID, str]:
    """Ill since 22 Nov, end open; nobody who withholds it: one statement, none for nobody."""
    days = {one.person.user_id: one.today for one in athletes if CATEGORY not in one.withheld}
    return {pk: one.words(days[pk]) for pk, one in away(days).items()}
