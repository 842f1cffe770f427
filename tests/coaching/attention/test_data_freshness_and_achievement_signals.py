"""Data signals and achievements: each rule fires, stays silent just below its limit, and skips without data.

The limits are those of FORMULAS §8.
"""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from coaching.attention import PersonalBest, ProfileFacts, SignalInputs
from metrics.science.hrv import hrv_series
from metrics.science.resting_hr import resting_hr_series
from tests.coaching.attention.scenes import (
    AS_OF,
    build_hrv_inputs,
    build_load_inputs,
    build_plan_outcomes,
    build_runs,
    evaluate_severity,
    find_active_signal,
    get_date_ago,
)


def synced(hours_ago: float, connected: bool = True) -> SignalInputs:
    return SignalInputs(is_connected=connected, last_sync_at=AS_OF - timedelta(hours=hours_ago))


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (synced(73), "info"),
        (synced(72), None),
        (synced(169), "warning"),
        (synced(168), "info"),
        (synced(999, connected=False), "skip: not_connected"),
        (SignalInputs(is_connected=True), "skip: not_connected"),
    ],
)
def test_sync_stale(inputs, verdict):
    assert evaluate_severity("SYNC_STALE", inputs) == verdict


def measured(days: int, then_silent: int = 4) -> SignalInputs:
    """Return `days` readings in 28 days, then `then_silent` days without. HRV and heart rate alternate."""
    is_measured = np.zeros(28, dtype=bool)
    is_measured[:days] = True
    even = np.arange(28) % 2 == 0
    silence = np.full(then_silent, np.nan)
    return SignalInputs(
        hrv=hrv_series(np.append(np.where(is_measured & even, 60.0, np.nan), silence)),
        resting_hr=resting_hr_series(np.append(np.where(is_measured & ~even, 50.0, np.nan), silence)),
    )


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (measured(16), "info"),
        (measured(28), "info"),
        (measured(28, then_silent=3), None),
        (measured(15), "skip: measures_rarely"),
    ],
)
def test_wellness_gap(inputs, verdict):
    assert evaluate_severity("WELLNESS_GAP", inputs) == verdict


def profile(hours: float = 200, **facts) -> SignalInputs:
    return replace(synced(hours), profile=ProfileFacts(**facts))


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (SignalInputs(), "info"),
        (profile(hours=10, timezone_confirmed=True), "info"),
        (profile(hours=10, timezone_confirmed=True, pace_on=get_date_ago(30)), None),
        (replace(profile(hr_on=get_date_ago(9), timezone_confirmed=True), last_sync_at=AS_OF), None),
        (
            profile(
                hours=10,
                timezone_confirmed=True,
                pace_on=get_date_ago(9),
                sources=("estimated", "race", "race"),
            ),
            "info",
        ),
        (profile(pace_on=get_date_ago(90), vdot_on=get_date_ago(9), last_entry_on=get_date_ago(7)), None),
        (profile(pace_on=get_date_ago(91), vdot_on=get_date_ago(9), last_entry_on=get_date_ago(7)), "info"),
        (profile(pace_on=get_date_ago(90), vdot_on=get_date_ago(9), last_entry_on=get_date_ago(8)), "info"),
    ],
)
def test_profile_incomplete(inputs, verdict):
    assert evaluate_severity("PROFILE_INCOMPLETE", inputs) == verdict


@pytest.mark.parametrize(
    "inputs",
    [
        profile(hours=10, timezone_confirmed=True, pace_on=get_date_ago(0)),
        profile(pace_on=get_date_ago(9), vdot_on=get_date_ago(9), last_entry_on=get_date_ago(0)),
        replace(profile(hr_on=get_date_ago(0), timezone_confirmed=True), last_sync_at=AS_OF),
    ],
)
def test_profile_incomplete_ends_on_the_day_the_profile_is_completed(inputs):
    assert find_active_signal("PROFILE_INCOMPLETE", inputs) is None


def test_new_value_that_does_not_complete_the_profile_keeps_since():
    found = find_active_signal("PROFILE_INCOMPLETE", profile(pace_on=get_date_ago(0)))
    assert (found.since, found.observed_on) == (get_date_ago(27), get_date_ago(0))


@pytest.mark.parametrize("days_ago", [0, 5, 30])
def test_profile_incomplete_is_not_older_than_the_account(days_ago: int):
    found = find_active_signal("PROFILE_INCOMPLETE", profile(joined_on=get_date_ago(days_ago)))
    assert found.since == get_date_ago(min(days_ago, 27))


def test_message_of_profile_incomplete_lists_the_missing_parts():
    found = find_active_signal("PROFILE_INCOMPLETE", profile(hours=10, pace_on=get_date_ago(300)))
    assert found.evidence["value"] == pytest.approx(31)
    assert found.message.endswith(
        "31 of 100; missing: heart rate zones, VDOT, a confirmed time zone, chosen units."
    )


@pytest.mark.parametrize(
    ("days", "verdict"), [((13, 2), "info"), ((14, 2), None), ((2,), None), ((5, 4, 3), "info"), ((), None)]
)
def test_data_suspect(days, verdict):
    suspect = build_runs(*((day, 9) for day in days), is_suspect=True)
    good = build_runs((12, 9), (6, 9))
    scene = SignalInputs(runs=tuple(sorted((*suspect, *good), key=lambda run: run.day)))
    assert evaluate_severity("DATA_SUSPECT", scene) == verdict


@pytest.mark.parametrize(
    ("days", "verdict"), [((6,), "positive"), ((7,), None), ((30, 2), "positive"), ((), None)]
)
def test_new_pb(days, verdict):
    bests = tuple(PersonalBest(get_date_ago(day), "5 km", 1199.6) for day in days)
    assert evaluate_severity("NEW_PB", SignalInputs(personal_bests=bests)) == verdict


def test_message_of_new_pb_contains_the_time():
    assert find_active_signal(
        "NEW_PB", SignalInputs(personal_bests=(PersonalBest(get_date_ago(1), "5 km", 1199.6),))
    ).message.endswith("20:00.")


@pytest.mark.parametrize(
    ("column", "verdict"),
    [
        ([50.0] * 42 + [51.0], "positive"),
        ([50.0] * 42 + [50.99], None),
        ([50.0] * 41 + [52.0], "skip: no_vdot"),
        ([50.0] * 42 + [np.nan], "skip: no_vdot"),
    ],
)
def test_vdot_up(column, verdict):
    assert evaluate_severity("VDOT_UP", SignalInputs(vdot=np.array(column))) == verdict


@pytest.mark.parametrize(
    ("sessions", "verdict"),
    [
        (build_plan_outcomes((27, 1), (20, 0.9), (13, 1), (1, 1)), "positive"),
        (build_plan_outcomes((27, 1), (20, 0.89), (13, 1), (1, 1)), None),
        (build_plan_outcomes((27, 1), (20, 3), (19, 0), (13, 1), (1, 1)), None),
        (build_plan_outcomes((27, 0.5), (20, 1), (13, 1), (1, 1)), None),
        (build_plan_outcomes((27, 1), (13, 1), (1, 1)), "skip: few_due_sessions"),
        (build_plan_outcomes((27, 1), (20, 1), (13, 1), (0, 0)), "skip: few_due_sessions"),
    ],
)
def test_consistent(sessions, verdict):
    assert evaluate_severity("CONSISTENT", SignalInputs(sessions=sessions)) == verdict


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (build_load_inputs(*[50] * 180), "positive"),
        (build_load_inputs(*[50] * 180, 0), None),
        (build_load_inputs(*[50] * 179), "skip: short_history"),
        (build_load_inputs(*[90] * 60, *[50] * 179), None),
    ],
)
def test_fitness_peak(inputs, verdict):
    assert evaluate_severity("FITNESS_PEAK", inputs) == verdict


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (build_hrv_inputs(*[50] * 7, *[64] * 6), "positive"),
        (build_hrv_inputs(*[50] * 7, *[60] * 4), None),
        (build_hrv_inputs(*[55] * 7, *[64] * 6), None),
        (build_hrv_inputs(*[50] * 7, *[64] * 14), None),
        (build_hrv_inputs(*[50] * 7, *[64] * 6, usual=[50, 72] * 7), "skip: no_mature_hrv_baseline"),
    ],
)
def test_hrv_recovered(inputs, verdict):
    assert evaluate_severity("HRV_RECOVERED", inputs) == verdict
