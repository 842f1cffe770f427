"""Reference cases of FORMULAS §10: bands, compliance, matching, week and plan progress."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.science.compliance import (
    DoneActivity,
    PlannedSession,
    amount_ratio,
    build_outcomes,
    compliance_band,
    due_amounts,
    execution_ratio,
    find_unplanned_activities,
    match_sessions,
    plan_progress,
    planned_time_s,
    session_compliance,
    volume_compliance,
    week_progress,
)

MONDAY = date(2026, 11, 16)
FOUR_SESSIONS = [(60, 58), (45, 0), (90, 120), (40, 22)]


def get_day(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


def session(name: str, day: int, minutes: float | None = 60, **more) -> PlannedSession:
    return PlannedSession(name, get_day(day), duration_s=minutes and 60 * minutes, **more)


def activity(name: str, day: int, minutes: float = 60, **more) -> DoneActivity:
    return DoneActivity(name, get_day(day), duration_s=60 * minutes, **more)


@pytest.mark.parametrize(
    ("planned", "actual", "colour"),
    [
        (60, 48, "green"),
        (60, 72, "green"),
        (100, 79, "yellow"),
        (100, 150, "yellow"),
        (100, 151, "orange"),
        (100, 49.99, "orange"),
        (100, 0, "missed"),
    ],
)
def test_compliance_band(planned, actual, colour):
    assert compliance_band(planned, actual) == colour


def test_volume_compliance_caps_each_session_at_its_plan():
    assert volume_compliance(FOUR_SESSIONS) == pytest.approx(72.340426, abs=1e-5)


def test_execution_ratio_counts_excess():
    assert execution_ratio(FOUR_SESSIONS) == pytest.approx(0.851, abs=0.0005)


def test_session_compliance_counts_half_a_session_as_done():
    assert session_compliance(FOUR_SESSIONS) == 0.75
    assert session_compliance([(60, 30), (60, 29)]) == 0.5


@pytest.mark.parametrize("figure", [volume_compliance, execution_ratio, session_compliance])
def test_compliance_figures_are_none_without_sessions(figure):
    assert figure([]) is None


@given(st.lists(st.tuples(st.floats(1, 500), st.floats(0, 2000)), min_size=1))
def test_volume_compliance_is_at_most_100(sessions):
    percent = volume_compliance(sessions)
    assert percent is not None
    assert 0 <= percent <= 100 + 1e-9


def test_matching_prefers_the_same_day():
    matched = match_sessions([session("s", 2)], [activity("same day", 2, 20), activity("better", 3, 60)])
    assert matched == {"s": "same day"}


def test_matching_pairs_the_closest_amounts_first():
    plan = [session("long", 2, 120), session("short", 2, 30)]
    done = [activity("jog", 2, 28), activity("big", 2, 100)]
    assert match_sessions(plan, done) == {"long": "big", "short": "jog"}


def test_matching_allows_one_day_early_or_late():
    plan = [session("a", 1), session("b", 4), session("c", 6)]
    done = [activity("early", 0), activity("late", 5), activity("too far", 8)]
    assert match_sessions(plan, done) == {"a": "early", "b": "late"}


def test_matching_needs_the_same_sport():
    assert match_sessions([session("s", 1)], [activity("ride", 1, sport="bike")]) == {}


def test_activity_matches_at_most_one_session():
    assert match_sessions([session("a", 1), session("b", 1)], [activity("x", 1)]) == {"a": "x"}


def test_manual_link_wins_across_days_and_sports():
    plan, done = [session("a", 1), session("b", 5)], [activity("x", 1), activity("ride", 2, 45, sport="bike")]
    assert match_sessions(plan, done, {"a": "ride"}) == {"a": "ride"}
    assert match_sessions(plan, done, {"b": "x"}) == {"b": "x"}


def test_link_to_a_missing_activity_is_ignored():
    assert match_sessions([session("a", 1)], [activity("x", 1)], {"a": "deleted"}) == {"a": "x"}


def test_amount_ratio_uses_time_else_distance_else_load():
    both = DoneActivity("x", MONDAY, duration_s=3000, distance_m=9000, load=40)
    assert amount_ratio(PlannedSession("s", MONDAY, duration_s=3600, distance_m=9000), both) == 3000 / 3600
    assert amount_ratio(PlannedSession("s", MONDAY, distance_m=10000, load=10), both) == 0.9
    assert amount_ratio(PlannedSession("s", MONDAY, load=80), both) == 0.5
    assert (
        amount_ratio(PlannedSession("s", MONDAY, distance_m=10000), DoneActivity("t", MONDAY, duration_s=9))
        is None
    )


def test_linked_activity_without_amount_counts_as_planned():
    plan = [PlannedSession("s", MONDAY, distance_m=10000)]
    assert build_outcomes(plan, [activity("treadmill", 0)], {"s": "treadmill"})[0].ratio == 1.0


def test_session_is_due_after_its_day_or_once_done():
    past, today, ahead = build_outcomes([session("a", 0), session("b", 1), session("c", 2)], [])
    assert [outcome.is_due(get_day(1)) for outcome in (past, today, ahead)] == [True, False, False]
    assert build_outcomes([session("b", 1)], [activity("x", 1)])[0].is_due(get_day(1))


def test_status_has_no_colour_before_a_session_is_due():
    plan = [session("a", 0), session("b", 1), session("c", 2), session("rest", 3, is_rest=True)]
    outcomes = build_outcomes(plan, [activity("x", 0, 40)])
    assert [outcome.status(get_day(1)) for outcome in outcomes] == ["yellow", "planned", "planned", "rest"]
    assert [outcome.status(get_day(5)) for outcome in outcomes] == ["yellow", "missed", "missed", "rest"]


def test_run_on_a_rest_day_is_unplanned():
    plan, done = [session("rest", 0, is_rest=True), session("a", 1)], [activity("x", 0), activity("y", 1)]
    outcomes = build_outcomes(plan, done)
    assert [extra.activity_id for extra in find_unplanned_activities(done, outcomes)] == ["x"]
    assert outcomes[0].activity is None


def test_sessions_in_different_units_are_weighted_by_time():
    assert planned_time_s(PlannedSession("s", MONDAY, duration_s=1800, distance_m=10000)) == 1800
    assert planned_time_s(PlannedSession("s", MONDAY, distance_m=10000)) == pytest.approx(3600)
    assert planned_time_s(PlannedSession("s", MONDAY, load=30)) == pytest.approx(1800)
    assert planned_time_s(PlannedSession("s", MONDAY)) == 3600


def test_week_progress_counts_planned_sessions_only():
    plan = [
        session("a", 0, load=50),
        session("b", 2, load=60),
        session("c", 4, load=70),
        session("next", 7, load=99),
    ]
    done = [
        activity("x", 0, 48, load=45),
        activity("extra", 1, 200, load=150, sport="bike"),
        activity("y", 2, load=61),
    ]
    week = week_progress(build_outcomes(plan, done), get_day(3))
    assert (week.sessions_completed, week.sessions_planned) == (2, 3)
    assert (week.load_done, week.load_planned) == (106, 180)
    assert week.compliance == pytest.approx(90)


def test_week_progress_of_an_empty_week_has_no_compliance():
    assert week_progress([], MONDAY).compliance is None


def test_due_amounts_omit_future_sessions():
    outcomes = build_outcomes([session("a", 0), session("b", 3)], [activity("x", 0, 30)])
    assert due_amounts(outcomes, get_day(2)) == [(3600, 1800)]


@pytest.mark.parametrize(
    ("today", "current", "completed"),
    [
        (date(2026, 10, 1), 1, 0),
        (date(2026, 10, 5), 1, 0),
        (date(2026, 10, 11), 1, 0),
        (date(2026, 10, 12), 2, 1),
        (date(2026, 11, 22), 7, 6),
        (date(2027, 5, 1), 16, 16),
    ],
)
def test_plan_progress_counts_weeks_from_the_first_monday(today, current, completed):
    progress = plan_progress(date(2026, 10, 7), 16, today)
    assert (progress.current_week, progress.completed_weeks) == (current, completed)
    assert progress.total_weeks == 16
