"""Reference cases of FORMULAS §5.5, and the intervals of §5.7."""

import numpy as np
import pytest

from metrics.science.critical_speed import Estimate, TimedEffort, choose_efforts, critical_speed


def find_line(efforts) -> tuple[Estimate, Estimate]:
    """Critical speed and D′ of efforts that have both."""
    found = critical_speed(efforts)
    assert found.speed_mps
    assert found.d_prime_m
    return found.speed_mps, found.d_prime_m


@pytest.mark.parametrize(
    ("efforts", "speed_mps", "d_prime_m", "r_squared"),
    [
        ([(1200, 217.9555), (2400, 460.8704), (3600, 703.7854)], 4.94, 123.3, 1.0),  # Kordi 2019
        ([(1500, 300), (3000, 640), (5000, 1110)], 4.31695, 216.754, 0.999898),
        ([(1200, 225), (2400, 480), (3600, 740)], 4.66005, 155.410, 0.99997),
    ],
)
def test_critical_speed_of_the_reference_cases(efforts, speed_mps, d_prime_m, r_squared):
    timed = [TimedEffort(*effort) for effort in efforts]
    speed, d_prime = find_line(timed)
    assert (speed.value, d_prime.value, critical_speed(timed).r_squared) == pytest.approx(
        (speed_mps, d_prime_m, r_squared), abs=0.01
    )


def test_the_interval_is_that_of_students_t():
    """Against the textbook formula with numpy: three efforts leave one degree of freedom, t = 12.706."""
    efforts = [TimedEffort(1500, 300), TimedEffort(3000, 640), TimedEffort(5000, 1110)]
    times = np.array([effort.time_s for effort in efforts])
    distances = np.array([effort.distance_m for effort in efforts])
    design = np.column_stack([times, np.ones(3)])
    line, residual, *_ = np.linalg.lstsq(design, distances, rcond=None)
    errors = 12.706 * np.sqrt(np.diag(residual[0] * np.linalg.inv(design.T @ design)))
    for estimate, value, error in zip(find_line(efforts), line, errors, strict=True):
        assert (estimate.low, estimate.high) == pytest.approx((value - error, value + error), rel=1e-6)


def test_the_interval_holds_the_true_speed_about_95_times_of_100():
    random = np.random.default_rng(7)
    times = np.array([120.0, 240.0, 480.0, 1080.0])
    held = 0
    for _ in range(500):
        distances = 4.2 * times + 200 + random.normal(0, 8, len(times))
        speed, _ = find_line(map(TimedEffort, distances, times))
        held += speed.low <= 4.2 <= speed.high
    assert 0.92 <= held / 500 <= 0.98


@pytest.mark.parametrize(
    ("efforts", "reason"),
    [
        ([(1200, 225), (2400, 480)], "too_few_efforts"),
        ([(1200, 300), (1500, 380), (1700, 430)], "too_few_efforts"),  # too near to each other
        ([(500, 100), (1200, 225), (2400, 480), (9000, 2400)], "too_few_efforts"),  # 2 to 20 minutes only
        ([(1200, 225), (2400, 420), (3600, 1100)], "poor_fit"),
        ([(200, 150), (400, 300), (600, 460)], "implausible_speed"),
        ([(600, 150), (1200, 300), (2400, 600)], "implausible_d_prime"),  # one steady speed: D′ is 0
        ([(1400, 150), (2100, 325), (3600, 700)], "implausible_d_prime"),
    ],
)
def test_without_a_line_there_is_a_reason(efforts, reason):
    found = critical_speed(TimedEffort(*effort) for effort in efforts)
    assert (found.speed_mps, found.d_prime_m, found.reason) == (None, None, reason)


def test_efforts_are_chosen_from_the_shortest_on_with_clearly_different_distances():
    curve = [TimedEffort(5.0 * seconds, seconds) for seconds in (60, 120, 150, 180, 200, 270, 1200, 1500)]
    assert [effort.time_s for effort in choose_efforts(curve)] == [120, 180, 270, 1200]
