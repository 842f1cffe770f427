"""Properties 1-7 and 11 of FORMULAS §12."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.recording import Pause
from metrics.science.grade import grade_factor
from metrics.science.measurement import measure
from metrics.science.pace import METRES_PER_MILE, pace
from metrics.science.thresholds import Thresholds
from metrics.science.vdot import race_time, vdot
from tests.metrics.science.recorded import build_steady_stream, build_test_samples, build_test_totals

RUNNER = Thresholds(threshold_mps=4.0)
quick = settings(max_examples=50, deadline=None)
speeds = st.floats(1.0, 7.0)
paces_of_a_run = st.lists(st.tuples(speeds, st.integers(20, 300)), min_size=2, max_size=8)


def measure_run(t, d, pauses=(), **columns):
    samples = build_test_samples(t, distance_m=d, **columns)
    return measure(samples, pauses, build_test_totals(float(t[-1] - t[0])), "run", RUNNER)


def build_distance(blocks):
    """Cumulative metres at 1 Hz of (speed, seconds) blocks."""
    speed, seconds = zip(*blocks, strict=True)
    return np.concatenate(([0.0], np.cumsum(np.repeat(speed, seconds))))


@quick
@given(speed=speeds, first=st.integers(60, 3000), second=st.integers(60, 3000))
def test_splitting_a_constant_run_keeps_its_load(speed, first, second):
    undivided_load = measure_run(*build_steady_stream(speed, first + second)).load.value
    parts = [measure_run(*build_steady_stream(speed, seconds)).load.value for seconds in (first, second)]
    assert sum(parts) == pytest.approx(undivided_load, rel=1e-9)


@quick
@given(period=st.integers(120, 1200), amplitude=st.floats(0.0, 0.8), base=st.floats(2.2, 4.5))
def test_sampling_every_five_seconds_changes_the_load_by_less_than_one_percent(period, amplitude, base):
    t = np.arange(0, 3601.0)
    d = base * t - amplitude * period / (2 * np.pi) * np.cos(2 * np.pi * t / period)
    assert measure_run(t[::5], d[::5]).load.value == pytest.approx(measure_run(t, d).load.value, rel=0.01)


@quick
@given(blocks=paces_of_a_run, length=st.integers(1, 20_000), data=st.data())
def test_a_pause_changes_neither_load_nor_zones(blocks, length, data):
    d = build_distance(blocks)
    t = np.arange(len(d), dtype=float)
    at = data.draw(st.integers(1, len(d) - 2))
    later = np.concatenate((t[: at + 1], t[at:] + length))
    metres = np.concatenate((d[: at + 1], d[at:]))
    unpaused, paused = measure_run(t, d), measure_run(later, metres, (Pause(float(at), float(at + length)),))
    assert paused.load.value == pytest.approx(unpaused.load.value, rel=1e-9)
    assert paused.load.method == unpaused.load.method
    assert paused.zone_s == unpaused.zone_s


@quick
@given(blocks=paces_of_a_run, altitude=st.floats(-400, 5000))
def test_constant_altitude_gives_a_graded_load_equal_to_the_flat_load(blocks, altitude):
    d = build_distance(blocks)
    flat, level = (
        measure_run(range(len(d)), d),
        measure_run(range(len(d)), d, altitude_m=np.full(len(d), altitude)),
    )
    assert (flat.load.method, level.load.method) == ("pace_stream", "pace_grade_stream")
    assert level.load.value == pytest.approx(flat.load.value, rel=1e-12)


@given(first=st.floats(-0.18, 0.45), second=st.floats(-0.18, 0.45))
def test_the_grade_factor_rises_from_minus_18_percent(first, second):
    low, high = sorted((first, second))
    assert grade_factor(low) <= grade_factor(high)


def test_the_cheapest_gradient_is_minus_18_1_percent():
    gradients = np.linspace(-0.45, 0.45, 9001)
    factors = grade_factor(gradients)
    assert gradients[factors.argmin()] == pytest.approx(-0.181, abs=0.0005)
    assert 3.6 * factors.min() == pytest.approx(1.781, abs=0.0005)


@quick
@given(value=st.floats(20, 85), distance=st.sampled_from([1500, 5000, 10000, 21097.5, 42195]))
def test_race_time_is_the_inverse_of_vdot(value, distance):
    seconds = race_time(value, distance)
    vdot_again = vdot(distance, seconds)
    if vdot_again is not None:  # outside 3.5-300 minutes there is no VDOT
        assert vdot_again == pytest.approx(value, abs=1e-6)
        assert race_time(vdot_again, distance) == pytest.approx(seconds, abs=0.01)


@given(distance=st.floats(1500, 42195), seconds=st.floats(300, 17_000), longer=st.floats(1, 900))
def test_vdot_falls_with_time(distance, seconds, longer):
    fast, slow = vdot(distance, seconds), vdot(distance, seconds + longer)
    if fast is not None and slow is not None:
        assert slow < fast


@given(speed=st.floats(0.5, 8.0))
def test_a_pace_is_the_same_speed_in_any_unit(speed):
    per_km = pace(speed)
    assert per_km is not None
    per_mile = per_km * METRES_PER_MILE / 1000
    assert METRES_PER_MILE / per_mile == pytest.approx(speed, rel=1e-12)


@quick
@given(
    data=st.data(),
    size=st.integers(0, 60),
    sport=st.sampled_from(["run", "walk", "hike", "bike", "swim", "workout"]),
)
def test_any_recording_is_measured_with_finite_numbers(data, size, sport):
    numbers = st.lists(st.floats(width=32), min_size=size, max_size=size)
    columns = {
        name: data.draw(numbers) for name in ("distance_m", "altitude_m", "heart_rate_bpm", "speed_mps")
    }
    samples = build_test_samples(data.draw(numbers), **columns)
    total = data.draw(st.floats())
    result = measure(
        samples, (), build_test_totals(total, distance_m=total, avg_hr_bpm=total), sport, RUNNER, total
    )
    seconds = (*(result.class_s or ()), *(result.zone_s or ()), *(result.hr_zone_s or ()), result.moving_s)
    assert np.isfinite(seconds).all()
    assert result.load.value is None or result.load.value >= 0
    assert all(np.isfinite([e.duration_s, e.start_s]).all() for e in result.best_efforts)
