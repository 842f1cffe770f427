"""Race signals: each rule fires, stays silent just below its limit, and skips without data (FORMULAS §8)."""

from dataclasses import replace

import numpy as np
import pytest

from coaching.attention import RaceGoal, SignalInputs
from coaching.science.compliance import DoneActivity, PlannedSession, build_outcomes
from metrics.science.load_series import project
from metrics.science.week import week_series
from tests.coaching.attention.scenes import (
    build_load_balance,
    build_load_inputs,
    build_regular_runs,
    build_runs,
    evaluate_severity,
    find_active_signal,
    get_date_ago,
)

TAPER = (50, 40, 40, 30, 30, 20)


def race(in_days: int, km: float = 42.195, priority: str = "A") -> RaceGoal:
    return RaceGoal(get_date_ago(-in_days), 1000 * km, priority)


def planned(*daily_loads: float):
    """Return one session on each of the next days."""
    return build_outcomes(
        [
            PlannedSession(f"s{day}", get_date_ago(-day), load=load)
            for day, load in enumerate(daily_loads, start=1)
        ],
        [],
    )


def before_race(in_days: int, daily_loads=(), priority: str = "A", fitness=60, fatigue=75, today=70, days=50):
    return SignalInputs(
        load=build_load_balance(fitness, fatigue, load_today=today, days=days),
        weeks=week_series(np.full(days, 70.0)),
        sessions=planned(*daily_loads),
        races=(race(in_days, priority=priority),),
    )


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (before_race(7, [70] * 6), "warning"),
        (before_race(7, TAPER), None),
        (before_race(10, [70] * 9), None),
        (before_race(10, [80] * 9), "warning"),
        (before_race(5, [150] * 4), "critical"),
        (before_race(6, [150] * 5), "warning"),
        (before_race(5, [80] * 4), "warning"),
        (before_race(7, [70] * 6, priority="B"), "warning"),
        (before_race(7, [70] * 6, priority="C"), "skip: no_race_near"),
        (before_race(11, [150] * 10), "skip: no_race_near"),
        (before_race(7, [150] * 6, days=41), "skip: short_history"),
        (before_race(7, [150] * 6, fitness=15), "warning"),
        (before_race(7, [150] * 6, fitness=14.9), "skip: low_fitness"),
        (before_race(0, fitness=60, fatigue=71), "warning"),
        (before_race(0, fitness=60, fatigue=70), None),
    ],
)
def test_race_form_low(inputs, verdict):
    assert evaluate_severity("RACE_FORM_LOW", inputs) == verdict


def test_projected_form_equals_the_reference_case():
    found = find_active_signal("RACE_FORM_LOW", before_race(7, [70] * 6))
    assert found.evidence["value"] == pytest.approx(-10.30421, abs=1e-4)
    assert found.message == "Form on the morning of the race, in 7 days, is projected at -10."


def test_projection_assumes_half_the_usual_load_without_a_plan():
    found = find_active_signal("RACE_FORM_LOW", before_race(7, fitness=60, fatigue=160))
    assert found.evidence["value"] == pytest.approx(project(60, 160, [70, *[35] * 6]).form)


def test_projection_includes_todays_open_sessions():
    scene = before_race(3, [70, 70], fitness=60, fatigue=70, today=0)
    today = build_outcomes([PlannedSession("today", get_date_ago(0), load=90)], [])
    signal = find_active_signal("RACE_FORM_LOW", replace(scene, sessions=(*today, *scene.sessions)))
    assert evaluate_severity("RACE_FORM_LOW", scene) is None
    assert signal.evidence["value"] == pytest.approx(project(60, 70, [90, 70, 70]).form)


def test_past_race_gives_no_signal():
    past = replace(before_race(0, fitness=60, fatigue=90), races=(race(-1),))
    assert evaluate_severity("RACE_FORM_LOW", past) == "skip: no_race_near"
    assert evaluate_severity("RACE_FORM_LOW", past, days_ago=1) == "skip: no_race_near"
    assert find_active_signal("RACE_FORM_LOW", past) is None


USUAL_DAYS = [50] * 40  # 350 a week; 90 % of it is 315


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (build_load_inputs(*USUAL_DAYS, races=(race(7),), sessions=planned(*[44.2] * 6)), "info"),
        (build_load_inputs(*USUAL_DAYS, races=(race(7),), sessions=planned(*[44.1] * 6)), None),
        (build_load_inputs(*USUAL_DAYS, races=(race(1),)), "info"),
        (build_load_inputs(*USUAL_DAYS[:-7], *[20] * 7, races=(race(1),)), None),
        (build_load_inputs(*USUAL_DAYS, races=(race(0),)), "info"),
        (build_load_inputs(*USUAL_DAYS, races=(race(8),), sessions=planned(*[90] * 6)), "skip: no_race_near"),
        (build_load_inputs(*USUAL_DAYS[:7], races=(race(1),)), "skip: no_four_week_average"),
    ],
)
def test_taper_missing(inputs, verdict):
    assert evaluate_severity("TAPER_MISSING", inputs) == verdict


def test_open_session_of_today_counts_in_the_race_week():
    today = PlannedSession("today", get_date_ago(0), load=60)
    tired = build_load_inputs(
        *USUAL_DAYS[:-1], 0, races=(race(7),), sessions=(*build_outcomes([today], []), *planned(*[43] * 6))
    )
    assert evaluate_severity("TAPER_MISSING", tired) == "info"
    done = build_outcomes([today], [DoneActivity("x", get_date_ago(0), load=30)])
    rested = build_load_inputs(*USUAL_DAYS[:-1], 30, races=(race(7),), sessions=(*done, *planned(*[43] * 6)))
    assert evaluate_severity("TAPER_MISSING", rested) is None


def prepared(longest_km: float, *races: RaceGoal, days: int = 60) -> SignalInputs:
    return build_load_inputs(
        *[50] * days, runs=(*build_runs((41, longest_km)), *build_regular_runs(km=8, first=30)), races=races
    )


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (prepared(21, race(20)), "warning"),
        (prepared(21.1, race(20)), None),
        (prepared(21, race(14)), "warning"),
        (prepared(21, race(42)), "warning"),
        (prepared(21, race(13)), "skip: no_long_race_ahead"),
        (prepared(21, race(43)), "skip: no_long_race_ahead"),
        (prepared(10.5, race(20, km=21.0975)), "warning"),
        (prepared(10.6, race(20, km=21.0975)), None),
        (prepared(4, race(20, km=10)), "skip: no_long_race_ahead"),
        (prepared(4, race(20, km=20.9)), "skip: no_long_race_ahead"),
        (prepared(10, race(20, km=21)), "warning"),
        (prepared(21, race(20), days=28), "warning"),
        (prepared(21, race(20), days=27), "skip: short_history"),
        (prepared(15, race(20, km=21.0975), race(30)), "warning"),
    ],
)
def test_race_underprepared(inputs, verdict):
    assert evaluate_severity("RACE_UNDERPREPARED", inputs) == verdict
