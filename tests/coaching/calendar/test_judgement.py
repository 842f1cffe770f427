"""The rule that keeps how a session stood, against an oracle that looks at the calendar each midnight."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coaching.calendar.changes.operations import (
    NEW_SESSION,
    SessionChange,
    StoredSession,
    add_session,
    change_session,
    move_session,
    remove_session,
    skip_session,
    undo_changes,
    unskip_session,
)
from coaching.calendar.changes.session_state import SessionState, keep_judgement, parse_session_state

START = date(2026, 6, 8)
FIVE_DAYS = st.integers(0, 4).map(lambda ahead: START + timedelta(days=ahead))
STEPS = st.lists(
    st.tuples(
        st.integers(0, 1),  # days that pass before
        st.sampled_from(["add", "change", "move", "skip", "unskip", "remove", "undo"]),
        FIVE_DAYS,
        st.integers(0, 5),  # which session or change
    ),
    max_size=12,
)


class SmallCalendar:
    """A calendar in memory. `judged`: by session, what the oracle says compliance judges."""

    def __init__(self) -> None:
        self.today = START
        self.sessions: dict[str, StoredSession] = {}
        self.history: list[SessionChange] = []
        self.judged: dict[str, dict[str, Any]] = {}
        for number in range(2):
            self.apply(add_session(START + timedelta(days=1 + number), {"duration_s": 60.0}, 0))
        self.history.clear()

    def pass_day(self) -> None:
        """At midnight, the sessions of the new day are judged as they stand."""
        self.today += timedelta(days=1)
        for pk, session in self.sessions.items():
            if session.state.day == self.today:
                self.judged.setdefault(pk, session.state.to_judged_json())

    def apply(self, change: SessionChange) -> SessionChange:
        pk = change.session_id or str(len(self.sessions))
        made = replace(change, session_id=pk).made_on(self.today)
        self.sessions[pk] = StoredSession(pk, 1, made.after)
        if made.after.day <= self.today:  # a new session is too late; another one is judged where it is now
            stands = made.after.to_judged_json()
            self.judged.setdefault(
                pk, stands | {"is_planned": change.before is not None and stands["is_planned"]}
            )
        self.history.append(made)
        return made

    def step(self, days: int, verb: str, day: date, number: int) -> None:
        for _ in range(days):
            self.pass_day()
        if verb == "add":
            self.apply(add_session(day, {"duration_s": 60.0}, number))
            return
        if verb == "undo":
            if self.history and self.is_undoable(self.history[number % len(self.history)]):
                self.undo(self.history[number % len(self.history)])
            return
        session = self.sessions[str(number % len(self.sessions))]
        if session.state.columns["is_removed"]:
            return
        self.apply(
            {
                "change": lambda: change_session(session, {"duration_s": 60.0 * (1 + number)}),
                "move": lambda: move_session(session, day, number),
                "skip": lambda: skip_session(session, "x"),
                "unskip": lambda: unskip_session(session),
                "remove": lambda: remove_session(session),
            }[verb]()
        )

    def is_undoable(self, change: SessionChange) -> bool:
        return self.sessions[str(change.session_id)].state.equals(change.after)

    def undo(self, change: SessionChange) -> None:
        (undone,) = undo_changes([change])
        self.apply(replace(undone, before=self.sessions[str(change.session_id)].state))

    def show(self) -> dict[str, SessionState]:
        """What people see."""
        return {
            pk: replace(session.state, as_planned=None)
            for pk, session in self.sessions.items()
            if not session.state.columns["is_removed"]
        }


@given(STEPS)
def test_session_is_judged_once_as_it_stood_when_its_day_began(steps: Any):
    calendar = SmallCalendar()
    for step in steps:
        calendar.step(*step)
    for pk, session in calendar.sessions.items():
        if session.state.day > calendar.today and pk not in calendar.judged:
            assert session.state.as_planned is None
        else:
            judged = session.state.as_planned or session.state.to_judged_json()
            expected = calendar.judged[pk]
            assert judged["is_planned"] == expected["is_planned"]
            assert not judged["is_planned"] or judged == expected


@given(STEPS, st.lists(st.integers(0, 1), max_size=12))
def test_undoing_everything_in_reverse_gives_the_first_calendar(steps: Any, pauses: list[int]):
    calendar = SmallCalendar()
    first = calendar.show()
    for step in steps:
        calendar.step(*step)
    for place, change in enumerate(reversed(calendar.history.copy())):
        if place < len(pauses) and pauses[place]:
            calendar.pass_day()
        assert calendar.is_undoable(change)
        calendar.undo(change)
    assert calendar.show() == first


def test_undo_on_the_same_day_leaves_no_trace_in_the_judgement():
    calendar = SmallCalendar()
    calendar.pass_day()
    before = calendar.sessions["0"].state
    moved = calendar.apply(move_session(calendar.sessions["0"], START + timedelta(days=4), 0))
    assert moved.after.as_planned == before.to_judged_json()
    calendar.undo(moved)
    assert calendar.sessions["0"].state == before


def test_state_survives_json():
    state = SessionState(START, dict(NEW_SESSION), "x", {"is_planned": False})
    assert parse_session_state(state.to_json()) == state
    assert keep_judgement(None, state, START - timedelta(days=1)).as_planned is None
