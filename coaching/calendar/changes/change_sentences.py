"""One change of a calendar as a sentence without its author."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from astral.dates.local_time import format_date
from coaching.models import CalendarChange

Kind = CalendarChange.Kind
# What somebody did, and what somebody wants to do.
ONE_SESSION_VERBS: Mapping[str, tuple[str, str]] = {
    Kind.ADD: ("added", "add"),
    Kind.CHANGE: ("changed", "change"),
    Kind.MOVE: ("moved", "move"),
    Kind.SKIP: ("skipped", "skip"),
    Kind.UNSKIP: ("planned again", "plan again"),
    Kind.REMOVE: ("deleted", "delete"),
    Kind.SHIFT: ("moved", "move"),
    Kind.COPY_WEEK: ("copied", "copy"),
    Kind.PLAN_CHANGED: ("changed with the plan", "change with the plan"),
    Kind.UNDO: ("undid a change of", "undo a change of"),
}


def describe_change(change: CalendarChange, *, is_wish: bool = False) -> str:
    """moved “Tempo” from Thu 11 Jun 2026 to Fri 12 Jun 2026; moved 12 sessions. `is_wish`: move …."""
    verb = ONE_SESSION_VERBS[change.kind][is_wish]
    if len(change.rows) != 1:
        return f"{verb} {len(change.rows)} sessions"
    before, after = change.rows[0]["before"], change.rows[0]["after"]
    title = f"“{after['title'] or after['sport'].capitalize()}”"
    there = _format_day(after)
    if before and before["day"] != after["day"]:
        return f"{verb} {title} from {_format_day(before)} to {there}"
    return f"{verb} {title} on {there}"


def _format_day(state: Mapping[str, Any]) -> str:
    return format_date(date.fromisoformat(state["day"]))
