"""Load signals: each rule fires, stays silent just below its limit, and skips without data (FORMULAS §8)."""

import numpy as np
import pytest

from coaching.attention import Run, SignalInputs
from coaching.science.compliance import PlannedSession, build_outcomes
from tests.coaching.attention.scenes import (
    build_load_inputs,
    build_regular_runs,
    build_runs,
    evaluate_severity,
    find_active_signal,
    get_date_ago,
)

LONGEST_18 = build_runs((26, 10), (24, 18), (22, 12), (12, 14), (10, 8))


def with_run(km: float, days_ago: int = 2, is_race: bool = False) -> SignalInputs:
    return SignalInputs(runs=(*LONGEST_18, Run(get_date_ago(days_ago), 1000 * km, is_race=is_race)))


def planned_run(km: float, in_days: int, runs=LONGEST_18) -> SignalInputs:
    session = PlannedSession("s", get_date_ago(-in_days), distance_m=1000 * km)
    return SignalInputs(runs=runs, sessions=build_outcomes([session], []))


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (with_run(20.5), "warning"),
        (with_run(19.5), None),
        (with_run(40), "critical"),
        (with_run(19.8), None),
        (with_run(20), "warning"),
        (with_run(36), "warning"),
        (with_run(36.5), "critical"),
        (with_run(40, is_race=True), "info"),
        (with_run(40, days_ago=6), "critical"),
        (with_run(40, days_ago=7), "skip: few_runs"),
        (SignalInputs(runs=build_runs((20, 10), (18, 10), (16, 10), (2, 40))), "skip: few_runs"),
        (SignalInputs(runs=build_runs((20, 2), (18, 2), (16, 2), (14, 2), (2, 4.9))), None),
        (SignalInputs(runs=build_runs((20, 2), (18, 2), (16, 2), (14, 2), (2, 5))), "critical"),
        (SignalInputs(runs=build_runs((20, 5), (18, 5), (16, 5), (14, 5), (2, 5.99))), None),
        (SignalInputs(runs=build_runs((20, 5), (18, 5), (16, 5), (14, 5), (2, 6))), "warning"),
    ],
)
def test_session_spike(inputs, verdict):
    assert evaluate_severity("SESSION_SPIKE", inputs) == verdict


def test_spike_is_compared_with_the_30_days_before_the_run():
    spike = find_active_signal("SESSION_SPIKE", with_run(20.5))
    assert spike.evidence["value"] == pytest.approx(20.5 / 18, abs=0.001)
    assert spike.evidence["baseline"] == 18000
    # The spike was 2 days ago. The 25 km of 33 days ago are more than 30 days older and do not count.
    too_old = SignalInputs(runs=(*build_runs((33, 25)), *with_run(20.5).runs))
    assert find_active_signal("SESSION_SPIKE", too_old).evidence["baseline"] == 18000
    recent = SignalInputs(runs=(*build_runs((32, 25)), *with_run(20.5).runs))
    assert evaluate_severity("SESSION_SPIKE", recent) is None


def test_spike_of_a_long_run_outweighs_a_race():
    scene = SignalInputs(
        runs=(*LONGEST_18, Run(get_date_ago(5), 21097.5, is_race=True), Run(get_date_ago(1), 25000))
    )
    assert find_active_signal("SESSION_SPIKE", scene).severity == "warning"


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (planned_run(20, 3), "info"),
        (planned_run(19.8, 3), None),
        (planned_run(24, 7), "warning"),
        (planned_run(23.4, 7), "info"),
        (planned_run(23.5, 7), "warning"),
        (planned_run(24, 8), "skip: nothing_planned"),
        (planned_run(24, 3, runs=LONGEST_18[:3]), "skip: few_runs"),
    ],
)
def test_planned_spike(inputs, verdict):
    assert evaluate_severity("PLANNED_SPIKE", inputs) == verdict


def jump(week: float, before: float = 300) -> list[float]:
    return [before / 7] * 28 + [week / 7] * 7


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (build_load_inputs(*jump(420)), "info"),
        (build_load_inputs(*jump(480)), "warning"),
        (build_load_inputs(*jump(390)), "info"),
        (build_load_inputs(*jump(389)), None),
        (build_load_inputs(*jump(450)), "warning"),
        (build_load_inputs(*jump(445)), "info"),
        (build_load_inputs(*jump(150, before=100)), "warning"),
        (build_load_inputs(*jump(3000)), "warning"),
        (build_load_inputs(*jump(480)[1:]), "skip: short_history"),
        (build_load_inputs(*jump(480, before=99)), "skip: low_load"),
    ],
)
def test_load_jump(inputs, verdict):
    assert evaluate_severity("LOAD_JUMP", inputs) == verdict


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (build_load_inputs(*[75.5] * 42), "info"),
        (build_load_inputs(*[74.5] * 42), None),
        (build_load_inputs(*[121] * 42), "warning"),
        (build_load_inputs(*[119] * 42), "info"),
        (build_load_inputs(*[121] * 41), "skip: short_history"),
    ],
)
def test_ramp_high(inputs, verdict):
    assert evaluate_severity("RAMP_HIGH", inputs) == verdict


VARIED_WEEK = [50, 0, 80, 60, 0, 120, 30]


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (build_load_inputs(*[60] * 7), "info"),
        (build_load_inputs(*VARIED_WEEK), None),
        (build_load_inputs(*[153.5] * 3, *[46.5] * 3, 100), "info"),
        (build_load_inputs(*[154.5] * 3, *[45.5] * 3, 100), None),
        (build_load_inputs(*[28.5] * 7), None),
        (build_load_inputs(*[28.6] * 7), "info"),
        (build_load_inputs(*VARIED_WEEK * 4, *[41] * 7), None),
        (build_load_inputs(*VARIED_WEEK * 4, *[42] * 7), "info"),
        (build_load_inputs(*[60] * 6), "skip: short_history"),
        (build_load_inputs(*VARIED_WEEK * 12, *[60] * 7), "warning"),
        (build_load_inputs(*VARIED_WEEK * 11, *[60] * 7), "info"),
        (build_load_inputs(*[60] * 7 * 27), "info"),
    ],
)
def test_monotony_high(inputs, verdict):
    assert evaluate_severity("MONOTONY_HIGH", inputs) == verdict


def test_strain_limit_is_the_95th_percentile_of_the_athletes_weeks():
    found = find_active_signal("MONOTONY_HIGH", build_load_inputs(*VARIED_WEEK * 26, *[60] * 7))
    assert found.evidence["strain_limit"] == pytest.approx(411.2863, abs=0.001)
    assert found.evidence["strain"] == pytest.approx(4200)
    growing = [load for load in range(1, 31) for _ in range(7)]
    found = find_active_signal("MONOTONY_HIGH", build_load_inputs(*growing, *[60] * 7))
    assert found.evidence["strain_limit"] == pytest.approx(70 * np.percentile(range(5, 31), 95))


@pytest.mark.parametrize(("rough", "confidence"), [(0.5, 1.0), (0.51, 0.7)])
def test_mostly_rough_loads_lower_the_confidence(rough, confidence):
    days = np.array(jump(480))
    signal = find_active_signal("LOAD_JUMP", build_load_inputs(*days, rough_load=days * rough))
    assert signal.confidence == confidence


def test_messages_do_not_mention_injury():
    scene = build_load_inputs(*jump(480), runs=(*LONGEST_18, *build_regular_runs(km=30, first=5)))
    for code in ("LOAD_JUMP", "SESSION_SPIKE"):
        assert "injur" not in find_active_signal(code, scene).message.lower()
