"""Weeks of a draft: what each change keeps, and what it refuses."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.models import Plan
from coaching.plans import serializers
from coaching.plans.drafts import draft as drafts
from coaching.plans.drafts.draft import (
    DraftContent,
    DraftError,
    DraftSession,
    PlanDraft,
    add_sessions,
    add_week,
    build_draft,
    copy_week,
    delete_week,
    move_week,
    remove_draft_session,
    replace_session,
)
from coaching.plans.drafts.scaling import scale_distance, scale_duration, scale_session
from coaching.plans.drafts.totals import compute_week_totals

EASY, LONG = DraftContent(duration_s=3_600.0, zone=1), DraftContent(distance_m=24_000.0)
contents = st.builds(DraftContent, duration_s=st.integers(1, 300).map(lambda minutes: 60.0 * minutes))


@st.composite
def plan_drafts(draw: st.DrawFn) -> PlanDraft:
    total_weeks = draw(st.integers(1, 6))
    places = draw(st.sets(st.tuples(st.integers(1, total_weeks), st.integers(1, 7))))
    return build_draft(
        total_weeks, [DraftSession(week, day, draw(contents), uuid4()) for week, day in sorted(places)]
    )


def build_three_weeks() -> PlanDraft:
    places = [(1, 2, EASY), (1, 7, LONG), (3, 1, EASY)]
    return build_draft(3, [DraftSession(*place, uuid4()) for place in places])


def list_places(draft: PlanDraft) -> list[tuple[int, int]]:
    return [(session.week, session.weekday) for session in draft.sessions]


def test_week_is_added_repeated_and_copied():
    draft = build_three_weeks()
    assert add_week(draft).total_weeks == 4
    repeated = copy_week(draft, 1, 4)
    assert list_places(repeated) == [(1, 2), (1, 7), (3, 1), (4, 2), (4, 7)]
    assert [session.session_id for session in repeated.in_week(4)] == [None, None]
    assert list_places(copy_week(draft, 1, 3)) == [(1, 2), (1, 7), (3, 2), (3, 7)]
    assert copy_week(draft, 2, 2) == draft


def test_week_is_moved_and_deleted():
    draft = build_three_weeks()
    assert list_places(move_week(draft, 3, 1)) == [(1, 1), (2, 2), (2, 7)]
    assert list_places(move_week(draft, 1, 3)) == [(2, 1), (3, 2), (3, 7)]
    deleted = delete_week(draft, 1)
    assert (deleted.total_weeks, list_places(deleted)) == (2, [(2, 1)])
    assert delete_week(PlanDraft(1, draft.in_week(1)), 1) == PlanDraft(1)


def test_session_is_added_changed_moved_and_removed():
    draft = build_three_weeks()
    first = draft.sessions[0]
    again = DraftSession(1, 2, LONG)
    assert add_sessions(draft, [again]).sessions[:2] == (first, again)
    longer = DraftSession(1, 2, LONG, first.session_id)
    assert replace_session(draft, longer).sessions[0] == longer
    moved = DraftSession(2, 5, EASY, first.session_id)
    assert list_places(replace_session(draft, moved)) == [(1, 7), (2, 5), (3, 1)]
    assert list_places(remove_draft_session(draft, first.session_id)) == [(1, 7), (3, 1)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda draft: copy_week(draft, 4, 1), "There is no week 4: the plan has 3 weeks."),
        (lambda draft: copy_week(draft, 1, 5), "There is no week 5: the plan has 4 weeks."),
        (lambda draft: move_week(draft, 0, 1), "There is no week 0"),
        (lambda draft: delete_week(draft, 9), "There is no week 9"),
        (lambda draft: add_sessions(draft, [DraftSession(4, 1, EASY)]), "There is no week 4"),
        (lambda draft: add_sessions(draft, [DraftSession(1, 2, EASY)] * 4), "A day has at most 4 sessions."),
        (lambda draft: remove_draft_session(draft, uuid4()), "This session is not in the plan any more."),
        (lambda draft: remove_draft_session(draft, None), "This session is not in the plan any more."),
        (lambda draft: add_week(PlanDraft(104)), "A plan has at most 104 weeks."),
    ],
)
def test_impossible_change_is_refused_with_a_sentence(change, sentence: str):
    with pytest.raises(DraftError, match=sentence):
        change(build_three_weeks())


def test_drafts_have_the_limits_of_the_api():
    assert drafts.MAX_WEEKS == Plan.MAX_WEEKS
    assert drafts.MAX_SESSIONS_PER_DAY == serializers.MAX_SESSIONS_PER_DAY
    assert drafts.MAX_SESSIONS == serializers.MAX_SESSIONS_PER_PLAN


@given(plan_drafts(), st.data())
def test_moving_a_week_keeps_every_week_and_can_be_undone(draft: PlanDraft, data: st.DataObject):
    weeks = st.integers(1, draft.total_weeks)
    source, target = data.draw(weeks), data.draw(weeks)
    moved = move_week(draft, source, target)

    def list_weeks(of: PlanDraft) -> Counter[tuple[object, ...]]:
        return Counter(
            tuple((session.weekday, session.content) for session in of.in_week(week))
            for week in range(1, of.total_weeks + 1)
        )

    assert list_weeks(moved) == list_weeks(draft)
    assert [session.content for session in moved.in_week(target)] == [
        session.content for session in draft.in_week(source)
    ]
    assert move_week(moved, target, source) == draft


@given(plan_drafts(), st.data())
def test_repeated_week_has_the_totals_of_its_source_and_deleting_it_undoes_it(
    draft: PlanDraft, data: st.DataObject
):
    source = data.draw(st.integers(1, draft.total_weeks))
    repeated = copy_week(draft, source, draft.total_weeks + 1)
    totals = compute_week_totals(repeated)
    assert (totals[-1].load, totals[-1].duration_s) == (
        totals[source - 1].load,
        totals[source - 1].duration_s,
    )
    assert delete_week(repeated, repeated.total_weeks) == draft


@given(st.integers(1, 80_000).map(float), st.sampled_from([0.5, 0.9, 1.0, 1.1, 1.5]))
def test_scaled_length_is_on_the_right_side_and_near(length: float, factor: float):
    for scale, highest in ((scale_duration, 86_400.0), (scale_distance, 500_000.0)):
        scaled = scale(length, factor)
        assert 0 < scaled <= highest
        assert scaled >= min(length, highest) if factor >= 1 else scaled <= length
        assert abs(scaled - min(length * factor, highest)) <= max(0.26 * length, 50)


def test_plus_ten_per_cent_gives_lengths_that_a_coach_would_write():
    assert [scale_duration(60.0 * minutes, 1.1) / 60 for minutes in (20, 30, 45, 60, 90)] == [
        22,
        35,
        50,
        65,
        100,
    ]
    assert [scale_distance(1_000.0 * km, 1.1) / 1_000 for km in (0.4, 1, 8, 24)] == [0.45, 1.1, 9, 26.5]
    assert scale_duration(20, 1.1) == 20


def test_scaled_intervals_keep_their_pauses_and_repetitions():
    steps = [
        {"kind": "warmup", "duration": 900.0, "target": None},
        {"kind": "repeat", "times": 6, "steps": [
            {"kind": "work", "distance": 1_000.0, "target": {"zone": 4}},
            {"kind": "recovery", "duration": 90.0, "target": None},
        ]},
    ]  # fmt: skip
    scaled = scale_session(DraftContent(duration_s=3_600.0, steps=steps, load=50.0), 1.1)
    warm_up, repeat = scaled.steps
    assert (warm_up["duration"], repeat["times"], scaled.load) == (1_020.0, 6, 55)
    assert [repeat["steps"][0]["distance"], repeat["steps"][1]["duration"]] == [1_100.0, 90.0]
    assert steps[0]["duration"] == 900.0


def test_totals_estimate_what_the_sessions_leave_open():
    steps = [
        {"kind": "warmup", "duration": 1_200.0, "target": None},
        {"kind": "repeat", "times": 3, "steps": [
            {"kind": "work", "duration": 600.0, "target": {"zone": 3}},
            {"kind": "recovery", "duration": 200.0, "target": None},
        ]},
    ]  # fmt: skip
    run = DraftContent(duration_s=3_600.0, steps=steps, load=70.0)
    sessions = [
        DraftSession(1, 1, run),
        DraftSession(1, 2, DraftContent(sport="rest")),
        DraftSession(1, 3, DraftContent(sport="bike", duration_s=3_600.0, load=40.0)),
        DraftSession(2, 1, DraftContent(distance_m=12_000.0, zone=1)),
    ]
    first, second, third = compute_week_totals(build_draft(3, sessions))
    assert (first.session_count, first.duration_s, first.load) == (2, 7_200.0, 110.0)
    assert first.easy_percent == pytest.approx(50.0)
    assert first.distance_m == pytest.approx(1_800 / 300 * 1_000 + 1_800 / 300 * 1_000 * 0.8)
    assert second.duration_s == pytest.approx(4_500.0)
    assert second.distance_m == 12_000.0
    assert second.easy_percent == 100.0
    assert (third.session_count, third.load, third.easy_percent) == (0, 0.0, None)
