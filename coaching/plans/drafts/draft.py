"""A plan as values, and changes of its weeks. Each function returns a new draft."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

MAX_WEEKS, MAX_SESSIONS_PER_DAY, MAX_SESSIONS = 104, 4, 1_456


class DraftError(ValueError):
    """The change is impossible. The text says why, for the person who wants it."""


@dataclass(frozen=True, slots=True)
class DraftContent:
    """What a session asks for: columns of a `PlanSession` without its place."""

    sport: str = "run"
    title: str = ""
    description: str = ""
    duration_s: float | None = None
    distance_m: float | None = None
    load: float | None = None
    zone: int | None = None
    steps: Sequence[dict[str, Any]] = ()
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class DraftSession:
    """A session on a weekday (1–7) of a week (from 1). `session_id` is None before it is stored."""

    week: int
    weekday: int
    content: DraftContent
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """`sessions`: by week and weekday, and in their order on one day."""

    total_weeks: int
    sessions: tuple[DraftSession, ...] = ()

    def in_week(self, week: int) -> tuple[DraftSession, ...]:
        return tuple(session for session in self.sessions if session.week == week)


def build_draft(total_weeks: int, sessions: Iterable[DraftSession]) -> PlanDraft:
    """Sort the sessions by day. Raises DraftError if the plan, or one of its days, has too many."""
    ordered = tuple(sorted(sessions, key=lambda session: (session.week, session.weekday)))
    if total_weeks > MAX_WEEKS:
        raise DraftError(f"A plan has at most {MAX_WEEKS} weeks.")
    if len(ordered) > MAX_SESSIONS:
        raise DraftError(f"A plan has at most {MAX_SESSIONS:,} sessions.")
    counts: dict[tuple[int, int], int] = {}
    for session in ordered:
        place = (session.week, session.weekday)
        counts[place] = counts.get(place, 0) + 1
        if counts[place] > MAX_SESSIONS_PER_DAY:
            raise DraftError(f"A day has at most {MAX_SESSIONS_PER_DAY} sessions.")
    return PlanDraft(total_weeks, ordered)


def add_week(draft: PlanDraft) -> PlanDraft:
    """An empty week at the end."""
    return build_draft(draft.total_weeks + 1, draft.sessions)


def copy_week(
    draft: PlanDraft,
    source: int,
    target: int,
    change: Callable[[DraftContent], DraftContent] = lambda content: content,
) -> PlanDraft:
    """Replace the sessions of week `target` by those of `source`; the week after the last is a new one.

    `change` makes other sessions of the copied ones.
    """
    _check_week(source, draft.total_weeks)
    _check_week(target, draft.total_weeks + 1)
    if source == target:
        return draft
    others = [session for session in draft.sessions if session.week != target]
    copies = [
        DraftSession(target, session.weekday, change(session.content)) for session in draft.in_week(source)
    ]
    return build_draft(max(draft.total_weeks, target), [*others, *copies])


def move_week(draft: PlanDraft, source: int, target: int) -> PlanDraft:
    """Put week `source` in the place of `target`. The weeks between them move by one."""
    for week in (source, target):
        _check_week(week, draft.total_weeks)
    order = [week for week in range(1, draft.total_weeks + 1) if week != source]
    order.insert(target - 1, source)
    places = {week: place for place, week in enumerate(order, start=1)}
    return build_draft(
        draft.total_weeks, [replace(session, week=places[session.week]) for session in draft.sessions]
    )


def delete_week(draft: PlanDraft, week: int) -> PlanDraft:
    """Leave out a week with its sessions. Later weeks move forward. The last week that is left is emptied."""
    _check_week(week, draft.total_weeks)
    kept = [session for session in draft.sessions if session.week != week]
    moved = [replace(session, week=session.week - 1) if session.week > week else session for session in kept]
    return build_draft(max(1, draft.total_weeks - 1), moved)


def add_sessions(draft: PlanDraft, sessions: Iterable[DraftSession]) -> PlanDraft:
    """Add sessions after those of the same days."""
    added = list(sessions)
    for session in added:
        _check_week(session.week, draft.total_weeks)
    return build_draft(draft.total_weeks, [*draft.sessions, *added])


def replace_session(draft: PlanDraft, session: DraftSession) -> PlanDraft:
    """Change a stored session. On another day it comes after the sessions of that day."""
    old = find_session(draft, session.session_id)
    _check_week(session.week, draft.total_weeks)
    if (old.week, old.weekday) == (session.week, session.weekday):
        return replace(draft, sessions=tuple(session if row is old else row for row in draft.sessions))
    return add_sessions(remove_draft_session(draft, session.session_id), [session])


def remove_draft_session(draft: PlanDraft, session_id: UUID | None) -> PlanDraft:
    old = find_session(draft, session_id)
    return replace(draft, sessions=tuple(row for row in draft.sessions if row is not old))


def find_session(draft: PlanDraft, session_id: UUID | None) -> DraftSession:
    """Raises DraftError if it is not there (any more)."""
    for session in draft.sessions:
        if session.session_id is not None and session.session_id == session_id:
            return session
    raise DraftError("This session is not in the plan any more.")


def _check_week(week: int, last: int) -> None:
    if not 1 <= week <= last:
        raise DraftError(f"There is no week {week}: the plan has {last} week{'' if last == 1 else 's'}.")
