"""Changes as sentences."""

from __future__ import annotations

from typing import Any

import pytest

from coaching.calendar.changes.change_sentences import ONE_SESSION_VERBS, describe_change
from coaching.calendar.changes.neighbours import CalendarWarning
from coaching.calendar.pages.change_texts import describe_made_change
from coaching.models import CalendarChange
from tests.coaching.plan_fixtures import get_day

Kind = CalendarChange.Kind


def build_change(kind: Kind, *rows: tuple[int | None, int], title: str = "Tempo") -> CalendarChange:
    """A change with rows of (day before, day after), in days from today; None: it was not there."""

    def build_state(ahead: int | None) -> dict[str, Any] | None:
        return None if ahead is None else {"day": str(get_day(ahead)), "title": title, "sport": "run"}

    stored = [{"before": build_state(before), "after": build_state(after)} for before, after in rows]
    return CalendarChange(kind=kind, rows=stored)


def test_every_operation_has_verbs():
    assert set(ONE_SESSION_VERBS) == set(Kind)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (build_change(Kind.ADD, (None, 1)), "added “Tempo” on Thu 11 Jun 2026"),
        (build_change(Kind.CHANGE, (1, 1), title=""), "changed “Run” on Thu 11 Jun 2026"),
        (build_change(Kind.MOVE, (1, 2)), "moved “Tempo” from Thu 11 Jun 2026 to Fri 12 Jun 2026"),
        (
            build_change(Kind.UNDO, (2, 1)),
            "undid a change of “Tempo” from Fri 12 Jun 2026 to Thu 11 Jun 2026",
        ),
        (build_change(Kind.SHIFT, (1, 2), (2, 3)), "moved 2 sessions"),
        (build_change(Kind.COPY_WEEK), "copied 0 sessions"),
    ],
)
def test_sentence_names_the_session_and_its_days(change: CalendarChange, sentence: str):
    assert describe_change(change) == sentence


def test_wish_and_notice_have_the_same_session():
    change = build_change(Kind.SKIP, (1, 1))
    warning = CalendarWarning("SAME_DAY", get_day(1), f"{get_day(1)}: there are 2 sessions on this day.")
    assert describe_change(change, is_wish=True) == "skip “Tempo” on Thu 11 Jun 2026"
    assert describe_made_change(change, [warning]) == (
        "Skipped “Tempo” on Thu 11 Jun 2026. Thu 11 Jun 2026: there are 2 sessions on this day."
    )
