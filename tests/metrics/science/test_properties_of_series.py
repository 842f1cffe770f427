"""Properties 8 and 9 of FORMULAS §12, and of the rolling windows under them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from metrics.science.data_quality import data_quality
from metrics.science.load_series import ewma, fatigue, fitness
from metrics.science.recovery import recovery
from metrics.science.rolling import lag, rolling_spread, rolling_sum
from metrics.science.week import monotony

LOADS = st.lists(st.floats(0, 600), min_size=1, max_size=300)
READINGS = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 3), st.integers(1, 90)),
    elements=st.one_of(st.floats(3, 6), st.just(np.nan)),
)
Z = st.floats(-6, 6)
MAYBE_Z = st.one_of(st.none(), Z)
STEP = st.floats(0, 4)
HOURS = st.one_of(st.none(), st.floats(0, 14))
PERCENT = st.one_of(st.none(), st.floats(-120, 120))
AGE = st.one_of(st.none(), st.integers(0, 4000))


@given(st.floats(0, 600), st.sampled_from([7, 42]))
def test_a_constant_load_becomes_its_own_average(load, tau):
    assert ewma([load] * 20 * tau, tau)[-1] == pytest.approx(load, rel=1e-6)


@given(LOADS)
def test_fitness_and_fatigue_stay_between_zero_and_the_highest_load(loads):
    for series in (fitness(loads), fatigue(loads)):
        assert series.min() >= 0
        assert series.max() <= max(loads) * (1 + 1e-12)


@given(LOADS, st.floats(0, 600))
def test_a_later_load_changes_no_earlier_day(loads, tomorrow):
    assert fitness([*loads, tomorrow])[:-1] == pytest.approx(fitness(loads))


@given(st.lists(st.one_of(st.just(0.0), st.floats(1, 600)), min_size=7, max_size=60))
def test_monotony_is_at_most_10_and_none_only_without_training(loads):
    value = monotony(loads)
    assert (value is None) == (max(loads[-7:]) == 0)
    assert value is None or 0 < value <= 10


def score(hrv, rhr, sleep, form):
    return recovery(hrv, rhr, sleep, form)


@given(Z, MAYBE_Z, HOURS, PERCENT, STEP)
def test_recovery_never_falls_when_hrv_rises(hrv, rhr, sleep, form, step):
    assert score(hrv + step, rhr, sleep, form) >= score(hrv, rhr, sleep, form)


@given(MAYBE_Z, Z, HOURS, PERCENT, STEP)
def test_recovery_never_rises_when_resting_hr_rises(hrv, rhr, sleep, form, step):
    assert score(hrv, rhr + step, sleep, form) <= score(hrv, rhr, sleep, form)


@given(Z, MAYBE_Z, st.floats(0, 14), PERCENT, STEP)
def test_recovery_never_falls_when_sleep_gets_longer(hrv, rhr, sleep, form, step):
    assert score(hrv, rhr, sleep + step, form) >= score(hrv, rhr, sleep, form)


@given(Z, MAYBE_Z, HOURS, st.floats(-120, 120), STEP)
def test_recovery_never_falls_when_form_rises(hrv, rhr, sleep, form, step):
    assert score(hrv, rhr, sleep, form + step) >= score(hrv, rhr, sleep, form)


@given(MAYBE_Z, MAYBE_Z, HOURS, PERCENT)
def test_recovery_is_a_whole_number_from_0_to_100_or_none(hrv, rhr, sleep, form):
    value = recovery(hrv, rhr, sleep, form)
    assert (value is None) == (hrv is None and rhr is None)
    assert value is None or (isinstance(value, int) and 0 <= value <= 100)


@given(
    AGE,
    AGE,
    AGE,
    st.sampled_from(["fresh", "recent", "stale", "none"]),
    st.booleans(),
    st.booleans(),
    st.tuples(*[st.sampled_from(["measured", "race", "coach", "estimated", "default"])] * 3),
)
def test_data_quality_lies_between_0_and_100(pace, heart, vdot, sync, timezone, units, sources):
    assert 0 <= data_quality(pace, heart, vdot, sync, timezone, units, sources) <= 100


@given(READINGS, st.integers(1, 70))
def test_rolling_windows_equal_numpy_for_each_window(readings, days):
    spread = rolling_spread(readings, days)
    for athlete, athlete_readings in enumerate(readings):
        for day in range(len(athlete_readings)):
            window = athlete_readings[max(0, day - days + 1) : day + 1]
            window = window[np.isfinite(window)]
            assert spread.n[athlete, day] == window.size
            if window.size:
                assert spread.mean[athlete, day] == pytest.approx(window.mean())
            if window.size > 1:
                assert spread.sd[athlete, day] == pytest.approx(window.std(ddof=1), abs=1e-6)
            assert np.isnan(spread.sd[athlete, day]) == (window.size < 2)


@given(st.lists(st.floats(0, 600), min_size=1, max_size=60), st.integers(1, 70))
def test_a_rolling_sum_counts_days_before_the_column_as_zero(loads, days):
    sums = rolling_sum(np.array(loads), days)
    assert sums[-1] == pytest.approx(sum(loads[-days:]), abs=1e-6)


@given(st.lists(st.floats(0, 9), min_size=1, max_size=20), st.integers(0, 30))
def test_a_lagged_column_shows_the_earlier_day(values, days):
    lagged = lag(np.array(values), days, before=-1.0)
    assert lagged.tolist() == [-1.0] * min(days, len(values)) + values[: max(0, len(values) - days)]
