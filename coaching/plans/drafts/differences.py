"""What differs between two drafts of a plan."""

from __future__ import annotations

from dataclasses import dataclass

from coaching.plans.drafts.draft import DraftSession, PlanDraft

SessionPlace = tuple[int, int, int]  # week, weekday, number on the day from 0


@dataclass(frozen=True, slots=True)
class SessionDifference:
    """One place of a plan. `before` is None for a new session, `after` for one that is gone."""

    week: int
    weekday: int
    before: DraftSession | None
    after: DraftSession | None


def list_differences(before: PlanDraft, after: PlanDraft) -> list[SessionDifference]:
    """The places whose sessions ask for something else, in order."""
    old, new = _index_sessions(before), _index_sessions(after)
    pairs = [(place, old.get(place), new.get(place)) for place in sorted(old.keys() | new.keys())]
    return [
        SessionDifference(place[0], place[1], was, now)
        for place, was, now in pairs
        if was is None or now is None or was.content != now.content
    ]


def _index_sessions(draft: PlanDraft) -> dict[SessionPlace, DraftSession]:
    found: dict[SessionPlace, DraftSession] = {}
    counts: dict[tuple[int, int], int] = {}
    for session in draft.sessions:
        day = (session.week, session.weekday)
        number = counts.get(day, 0)
        counts[day] = number + 1
        found[*day, number] = session
    return found
