"""What differs between two drafts."""

from __future__ import annotations

from hypothesis import given

from coaching.plans.drafts.differences import list_differences
from coaching.plans.drafts.draft import (
    DraftContent,
    DraftSession,
    PlanDraft,
    add_sessions,
    build_draft,
    remove_draft_session,
)
from tests.coaching.plans.drafts.test_draft import EASY, LONG, build_three_weeks, plan_drafts


def test_changed_new_and_gone_sessions_are_listed_in_order():
    before = build_draft(2, [DraftSession(1, 1, EASY), DraftSession(2, 7, LONG)])
    after = build_draft(2, [DraftSession(1, 1, LONG), DraftSession(1, 3, EASY)])
    found = [
        (row.week, row.weekday, _read(row.before), _read(row.after))
        for row in list_differences(before, after)
    ]
    assert found == [(1, 1, EASY, LONG), (1, 3, None, EASY), (2, 7, LONG, None)]


def test_second_session_of_a_day_is_a_place_of_its_own():
    before = build_three_weeks()
    (row,) = list_differences(before, add_sessions(before, [DraftSession(1, 2, LONG)]))
    assert (row.before, _read(row.after)) == (None, LONG)


@given(plan_drafts())
def test_equal_drafts_do_not_differ_and_a_removed_session_does(draft: PlanDraft):
    assert list_differences(draft, draft) == []
    for session in draft.sessions:
        assert session.session_id
        (row,) = list_differences(draft, remove_draft_session(draft, session.session_id))
        assert (row.before, row.after) == (session, None)


@given(plan_drafts(), plan_drafts())
def test_differences_are_the_same_in_both_directions(one: PlanDraft, other: PlanDraft):
    there, back = list_differences(one, other), list_differences(other, one)
    assert [(row.before, row.after) for row in there] == [(row.after, row.before) for row in back]


def _read(session: DraftSession | None) -> DraftContent | None:
    return session.content if session else None
