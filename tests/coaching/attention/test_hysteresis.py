"""An evaluation of 28 past days gives the same result as a state stored each day. No input breaks it."""

from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.attention import (
    AbsencePeriod,
    PersonalBest,
    ProfileFacts,
    RaceGoal,
    Run,
    SignalInputs,
    SignalRule,
    ThresholdSpeed,
    evaluate_signals,
)
from coaching.attention.day import Day
from coaching.attention.day_index import DayIndex
from coaching.attention.evaluate import evaluate_signal
from coaching.attention.signal import ActiveSignal, Finding, Report
from coaching.science.compliance import DoneActivity, PlannedSession, build_outcomes
from metrics.science.hrv import hrv_series
from metrics.science.load_series import load_series
from metrics.science.recovery import form_for_recovery, recovery_series
from metrics.science.resting_hr import resting_hr_series
from metrics.science.week import week_series
from tests.coaching.attention.scenes import AS_OF, TODAY, get_date_ago

FOUND = Finding("info", lambda: Report("Something.", {"value": 1, "n": 1}))


def replay_stored_state(pattern: list[bool]) -> int | None:
    """Return how many days ago the signal began, updated day by day. `pattern`: findings, today first."""
    since, misses = None, 0
    for days_ago, holds in reversed(list(enumerate(pattern))):
        if holds:
            since, misses = (days_ago if since is None else since), 0
        else:
            misses += 1
            since = None if misses == 2 else since
    return since


@given(st.lists(st.booleans(), min_size=28, max_size=28))
def test_evaluating_past_days_gives_the_same_since_as_stored_state(pattern):
    signal = SignalRule("ANY", "data", "", "", "", (), lambda day: FOUND if pattern[day.ago] else None)
    calendar = DayIndex(SignalInputs(), AS_OF)
    found = evaluate_signal(signal, [Day(calendar, days_ago) for days_ago in range(28)])
    since = replay_stored_state(pattern)
    assert (found.since if isinstance(found, ActiveSignal) else None) == (
        None if since is None else get_date_ago(since)
    )


SHARE = st.floats(0, 3)


@st.composite
def draw_inputs(draw) -> SignalInputs:
    """Draw any valid inputs: columns of any length with any gaps, lists in day order."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    days, wellness = draw(st.integers(0, 250)), draw(st.integers(0, 120))
    gaps = draw(st.floats(0, 1))

    def column(low: float, high: float, length: int):
        values = rng.uniform(low, high, length)
        values[rng.random(length) < gaps] = np.nan
        return values

    daily = np.nan_to_num(column(0, draw(st.sampled_from([30, 300])), days))
    load, hrv = load_series(daily), hrv_series(column(20, 90, wellness))
    rhr = resting_hr_series(column(40, 70, wellness))
    form = np.append(np.full(120, np.nan), form_for_recovery(load))[-wellness:] if wellness else np.empty(0)
    run_days = sorted(rng.integers(-1, 90, draw(st.integers(0, 40))).tolist(), reverse=True)
    planned = [
        PlannedSession(
            f"s{number}",
            get_date_ago(int(day)),
            duration_s=draw(st.sampled_from([None, 3600.0])),
            distance_m=draw(st.sampled_from([None, 12000.0, 40000.0])),
            load=draw(st.sampled_from([None, 60.0])),
            is_easy=number % 2 == 0,
            is_key=number % 3 == 0,
            is_rest=number % 5 == 0,
        )
        for number, day in enumerate(rng.integers(-12, 60, draw(st.integers(0, 12))))
    ]
    done = [
        DoneActivity(
            f"a{day}",
            get_date_ago(day),
            duration_s=draw(SHARE) * 3600,
            load=50,
            above_z1_share=draw(SHARE) / 3,
        )
        for day in run_days[:12]
        if day >= 0
    ]
    return SignalInputs(
        load=load,
        weeks=week_series(daily),
        rough_load=daily * draw(st.floats(0, 1)),
        hrv=hrv,
        resting_hr=rhr,
        recovery=recovery_series(hrv.acute_z, rhr.day_z, np.full(wellness, np.nan), form),
        vo2max=column(40, 60, wellness),
        vo2max_readings=column(40, 60, wellness),
        vdot=column(40, 60, wellness),
        runs=tuple(
            Run(
                get_date_ago(day),
                float(rng.uniform(0, 45000)),
                day % 7 == 0,
                900,
                3600,
                float(rng.uniform(2, 6)),
                day % 2 == 0,
            )
            for day in run_days
        ),
        sessions=build_outcomes(planned, done),
        races=tuple(
            RaceGoal(get_date_ago(-draw(st.integers(-3, 45))), 42195.0, draw(st.sampled_from("ABC")))
            for _ in "ab"
        ),
        absences=tuple(
            AbsencePeriod(get_date_ago(first), get_date_ago(first - 5))
            for first in draw(st.lists(st.integers(-3, 40), max_size=2))
        ),
        thresholds=(ThresholdSpeed(get_date_ago(draw(st.integers(-5, 300))), 4.0),),
        personal_bests=(PersonalBest(get_date_ago(draw(st.integers(-5, 60))), "5 km", 1200.0),),
        profile=ProfileFacts(pace_on=draw(st.sampled_from([None, get_date_ago(5), get_date_ago(200)]))),
        is_connected=draw(st.booleans()),
        last_sync_at=draw(
            st.sampled_from([None, AS_OF, AS_OF - timedelta(days=5), AS_OF + timedelta(hours=1)])
        ),
    )


@settings(max_examples=150, deadline=None)
@given(draw_inputs())
def test_signals_are_finite_and_within_28_days_for_any_inputs(inputs):
    evaluation = evaluate_signals(inputs, AS_OF)
    codes = {found.code for found in evaluation.active_signals}
    assert codes.isdisjoint(skip.code for skip in evaluation.skipped)
    assert len(codes) == len(evaluation.active_signals)
    for found in evaluation.active_signals:
        assert get_date_ago(27) <= found.since <= found.observed_on <= TODAY
        assert found.confidence in (1.0, 0.7, 0.6)
        numbers = [value for value in found.evidence.values() if isinstance(value, int | float)]
        assert np.isfinite(numbers).all(), found
        assert "nan" not in found.message
        assert "inf" not in found.message
