"""Adherence signals: each rule fires, stays silent below its limit, and skips without data (FORMULAS §8)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coaching.attention import AbsencePeriod, SignalInputs
from tests.coaching.attention.scenes import (
    AS_OF,
    build_load_inputs,
    build_plan_outcomes,
    build_regular_runs,
    build_runs,
    evaluate_severity,
    find_active_signal,
    get_date_ago,
)


def idle(days: int, every: int = 2, synced_h: float = 1, **more) -> SignalInputs:
    """Return inputs without a run for `days` days, after a run every `every` days."""
    runs = build_regular_runs(first=days + 27, last=days, step=every)
    return SignalInputs(runs=runs, last_sync_at=AS_OF - timedelta(hours=synced_h), **more)


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (idle(5), "warning"),
        (idle(4), None),
        (idle(13), "warning"),
        (idle(14), "critical"),
        (idle(7, every=3), None),
        (idle(8, every=3), "warning"),
        (idle(4, every=1), None),
        (idle(5, every=1), "warning"),
        (idle(5, synced_h=48.5), "skip: not_synced"),
        (replace(idle(5), runs=build_runs((11, 8), (9, 8), (7, 8), (5, 8))), "warning"),
        (replace(idle(30), runs=build_runs((57, 8), (34, 8), (32, 8), (30, 8))), "critical"),
        (replace(idle(30), runs=build_runs((58, 8), (34, 8), (32, 8), (30, 8))), "skip: few_runs"),
        (idle(5, synced_h=48), "warning"),
        (idle(5, synced_h=49), "skip: not_synced"),
        (replace(idle(5), last_sync_at=None), "skip: not_synced"),
        (replace(idle(5), runs=build_runs((9, 8), (7, 8), (5, 8))), "skip: few_runs"),
        (replace(idle(5), runs=()), "skip: few_runs"),
        (idle(5, sessions=build_plan_outcomes((9, 1), (7, 1))), "skip: nothing_was_planned"),
        (idle(5, sessions=build_plan_outcomes((9, 1), (3, 0))), "warning"),
        (idle(5, sessions=build_plan_outcomes((9, 1), (3, 0), is_rest=True)), "warning"),
    ],
)
def test_inactivity(inputs, verdict):
    assert evaluate_severity("INACTIVITY", inputs) == verdict


def test_days_of_an_absence_do_not_count_as_inactive():
    holiday = (AbsencePeriod(get_date_ago(9), get_date_ago(3)),)
    assert evaluate_severity("INACTIVITY", idle(10)) == "warning"
    assert evaluate_severity("INACTIVITY", idle(10, absences=holiday)) is None
    assert evaluate_severity("INACTIVITY", idle(12, absences=holiday)) == "warning"


@pytest.mark.parametrize(
    ("sessions", "verdict"),
    [
        (build_plan_outcomes((10, 1), (8, 1), (4, 0), (2, 0)), "warning"),
        (build_plan_outcomes((10, 1), (8, 1), (4, 0.4), (2, 0)), None),
        (build_plan_outcomes((10, 1), (8, 0.5), (4, 0), (2, 0)), "critical"),
        (build_plan_outcomes((10, 1), (8, 0.6), (4, 0), (2, 0)), "warning"),
        (build_plan_outcomes((10, 1), (8, 0.59), (4, 0), (2, 0)), "critical"),
        (build_plan_outcomes((13, 1), (8, 0), (4, 0), (2, 0)), "critical"),
        (build_plan_outcomes((10, 5), (8, 1), (4, 0), (2, 0)), "warning"),
        (build_plan_outcomes((10, 1), (8, 0), (2, 0)), "skip: few_due_sessions"),
        (build_plan_outcomes((10, 1), (8, 0), (2, 0), (0, 0)), "skip: few_due_sessions"),
        (build_plan_outcomes((14, 1), (8, 0), (4, 0), (2, 0)), "skip: few_due_sessions"),
    ],
)
def test_compliance_low(sessions, verdict):
    assert evaluate_severity("COMPLIANCE_LOW", SignalInputs(sessions=sessions)) == verdict


def test_sessions_in_an_absence_are_not_due():
    sessions = build_plan_outcomes((10, 1), (8, 1), (7, 1), (6, 1), (4, 0), (3, 0), (2, 0))
    inputs = SignalInputs(sessions=sessions)
    assert evaluate_severity("COMPLIANCE_LOW", inputs) == "warning"
    three_days_away = replace(inputs, absences=(AbsencePeriod(get_date_ago(4), get_date_ago(2)),))
    assert evaluate_severity("COMPLIANCE_LOW", three_days_away) is None
    assert evaluate_severity("SESSIONS_MISSED", inputs) == "warning"
    one_day_away = replace(inputs, absences=(AbsencePeriod(get_date_ago(4), get_date_ago(4)),))
    assert evaluate_severity("SESSIONS_MISSED", one_day_away) is None


def with_key_sessions(*sessions: tuple[int, float]):
    """Return five easy sessions that were done, and these key sessions, by day."""
    easy = build_plan_outcomes((11, 1), (9, 1), (6, 1), (3, 1), (1, 1))
    key = build_plan_outcomes(*sessions, is_key=True)
    return tuple(sorted((*easy, *key), key=lambda outcome: outcome.session.day))


@pytest.mark.parametrize(
    ("sessions", "verdict"),
    [
        (build_plan_outcomes((6, 1), (4, 0), (3, 0), (2, 0)), "warning"),
        (build_plan_outcomes((6, 1), (4, 0), (3, 1), (2, 0), (1, 0)), None),
        (build_plan_outcomes((6, 1), (3, 0), (2, 0), (0, 0)), None),
        (with_key_sessions((7, 0), (4, 0)), "warning"),
        (with_key_sessions((7, 0), (4, 1)), None),
        (with_key_sessions((13, 0), (4, 0)), "warning"),
        (with_key_sessions((14, 0), (4, 0)), None),
        (build_plan_outcomes((16, 0), (15, 0), (14, 0)), "skip: no_active_plan"),
        ((), "skip: no_active_plan"),
    ],
)
def test_sessions_missed(sessions, verdict):
    assert evaluate_severity("SESSIONS_MISSED", SignalInputs(sessions=sessions)) == verdict


@pytest.mark.parametrize(
    ("done", "planned", "verdict"),
    [
        (260, 50, "info"),
        (258, 50, None),
        (300, 50, "warning"),
        (299, 50, "info"),
        (300, 25, "warning"),
        (300, 24.9, "skip: little_planned_load"),
    ],
)
def test_plan_exceeded(done, planned, verdict):
    scene = build_load_inputs(
        *[done / 7] * 7, sessions=build_plan_outcomes((7, 1), (6, 1), (5, 1), (3, 1), (1, 1), load=planned)
    )
    assert evaluate_severity("PLAN_EXCEEDED", scene) == verdict


def test_evidence_of_compliance_counts_sessions():
    low = find_active_signal(
        "COMPLIANCE_LOW", SignalInputs(sessions=build_plan_outcomes((10, 1), (8, 1), (4, 0), (2, 0)))
    )
    assert low.evidence == {"value": 50, "threshold": 60, "completed": 2, "n": 4}
    assert low.message == "50 % of the planned volume was done in the last 14 days (2 of 4 sessions)."
