"""Reference cases of FORMULAS §6.1. A matrix of athletes must give the same values as each athlete."""

from datetime import date

import numpy as np
import pytest

from metrics.science.load_series import (
    alpha,
    daily_loads,
    ewma,
    fatigue,
    fitness,
    form,
    form_next,
    is_warming_up,
    load_series,
    project,
    ramp,
)

WEEKS = [50, 0, 80, 60, 0, 120, 30] * 6


@pytest.mark.parametrize(
    ("value", "expected", "tolerance"),
    [
        (alpha(7), 0.1331221, 1e-6),
        (alpha(7) - alpha(42), 0.109594, 1e-6),
        (alpha(42, "lin"), 0.0238095, 1e-6),
        (alpha(42, "span"), 0.0465116, 1e-6),
        (fitness([100] + [0] * 41)[0], 2.352831, 1e-5),
        (fatigue([100] + [0] * 41)[7], 4.897288, 1e-5),
        (fitness([50] * 42)[-1], 31.606028, 1e-5),
        (fatigue([50] * 7)[-1], 31.606028, 1e-5),
        (ewma([50] * 42, 42, "lin")[-1], 31.827202, 1e-5),
        (fitness(WEEKS)[-1], 30.915784, 1e-5),
        (form_next(WEEKS), -19.398585, 1e-5),
        (ramp(WEEKS), 3.263085, 1e-5),
        (ewma(WEEKS, 42, "lin")[-1], 31.134691, 1e-5),
    ],
)
def test_load_averages(value, expected, tolerance):
    assert value == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize(
    ("tau", "expected"),
    [
        (42, [5, 9, 13, 17, 21, 25, 28, 27, 26, 25, 23, 22, 21, 20]),
        (7, [25, 44, 58, 68, 76, 82, 87, 65, 49, 37, 27, 21, 15, 12]),
    ],
)
def test_the_span_kind_equals_runalyze(tau, expected):
    assert [round(x) for x in ewma([100] * 7 + [0] * 7, tau, "span")] == expected


def test_a_week_without_taper_leaves_form_low():
    assert list(project(60, 75, [70] * 7)) == pytest.approx([61.53518, 71.83940, -10.30421], abs=1e-4)


def test_a_projection_over_known_days_equals_the_series():
    ahead = [70, 0, 40]
    full = [*WEEKS, *ahead]
    projected = project(fitness(WEEKS)[-1], fatigue(WEEKS)[-1], ahead)
    assert list(projected) == pytest.approx([fitness(full)[-1], fatigue(full)[-1], form_next(full)])


def test_form_is_yesterdays_balance_and_zero_on_the_first_morning():
    mornings = form(WEEKS)
    assert mornings[0] == 0
    assert mornings[-1] == pytest.approx(form_next(WEEKS[:-1]))


def test_ramp_counts_from_zero_before_the_history():
    assert ramp([50] * 5) == pytest.approx(fitness([50] * 5)[-1])


def test_without_history_fitness_is_empty_and_form_is_0():
    assert fitness([]).size == 0
    assert form_next([]) == 0
    assert ramp([]) == 0


def test_fitness_computed_in_blocks_equals_the_recurrence_by_day():
    loads = np.random.default_rng(3).gamma(2, 40, 1000)
    state, plain = 0.0, []
    for load in loads:
        state += (load - state) * alpha(42)
        plain.append(state)
    assert fitness(loads) == pytest.approx(plain, rel=1e-12)


def test_a_matrix_of_athletes_gives_the_values_of_each_athlete():
    loads = np.random.default_rng(4).gamma(2, 40, (5, 130))
    roster = load_series(loads)
    for athlete, athlete_loads in enumerate(loads):
        assert roster.row(athlete).fitness == pytest.approx(fitness(athlete_loads))
        assert roster.row(athlete).form == pytest.approx(form(athlete_loads))
        assert roster.row(athlete).ramp[-1] == pytest.approx(ramp(athlete_loads))


def test_a_roster_without_athletes_or_days_is_empty():
    assert load_series(np.empty((0, 10))).fitness.shape == (0, 10)
    assert load_series(np.empty((3, 0))).fitness.shape == (3, 0)


def test_form_percent_is_nan_below_a_fitness_of_10():
    series = load_series([60] * 60)
    known = np.isfinite(series.form_pct)
    assert not known[:8].any()
    assert known[-1]
    assert series.form_pct[-1] == pytest.approx(100 * series.form[-1] / series.fitness[-2])


def test_fitness_warms_up_for_42_days():
    assert is_warming_up(41)
    assert not is_warming_up(42)


def test_history_begins_with_the_first_activity_of_each_athlete():
    series = load_series([[0, 0, 5], [1, 1, 1]], history_d=[1, 3])
    assert series.history_d.tolist() == [[0, 0, 1], [1, 2, 3]]


def test_the_load_of_a_day_is_the_sum_of_its_activities():
    loads = [
        (date(2026, 3, 2), 40.0),
        (date(2026, 3, 4), 30.0),
        (date(2026, 3, 2), 5.0),
        (date(2026, 3, 9), 9.0),
    ]
    assert daily_loads(loads, date(2026, 3, 1), date(2026, 3, 4)).tolist() == [0, 45, 0, 30]
