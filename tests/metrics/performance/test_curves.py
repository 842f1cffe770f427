"""The pace-duration curve of a span of days: the best of its runs, in one statement."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from athletes.models import User
from metrics.performance.curves import DaySpan, find_critical_speed, load_run_curves
from tests.metrics.performance.curves import build_curve, create_curve_run
from tests.support.cast import NOON, Cast

TODAY = NOON.date()
ALL = DaySpan(None, TODAY)


def find_speeds(user: User, span: DaySpan = ALL, column: str = "level") -> dict[int, float]:
    best = load_run_curves(user.athlete, None).find_best(span, column)
    return {point.duration_s: point.speed_mps for point in best}


def test_the_best_speed_over_each_time_names_its_run(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
):
    slow = create_curve_run(cast.ada, 5, build_curve(7_200, 3.5))
    fast = create_curve_run(cast.ada, 40, build_curve(1_200, 4.5))
    create_curve_run(cast.ben, 1, build_curve(7_200, 5.0))
    with django_assert_num_queries(1):
        curves = load_run_curves(cast.ada.athlete, None)
    found = {point.duration_s: point for point in curves.find_best(ALL)}
    assert (found[1_200].activity_id, found[1_200].day) == (fast.pk, TODAY - timedelta(days=40))
    assert found[1_200].speed_mps == pytest.approx(4.5 + 200 / 1_200, abs=0.001)
    assert (found[7_200].activity_id, max(found)) == (slow.pk, 7_200)
    assert found[7_200].speed_mps == pytest.approx(3.5 + 200 / 7_200, abs=0.001)


def test_the_days_of_a_span_are_local_and_included(cast: Cast):
    # 00:30 of 8 June in Madrid.
    create_curve_run(cast.ada, 3 - 10.5 / 24, build_curve(600))
    for first, last, is_inside in ((7, 7, False), (8, 8, True), (7, 8, True), (9, 10, False)):
        assert bool(find_speeds(cast.ada, DaySpan(date(2026, 6, first), date(2026, 6, last)))) == is_inside


def test_the_graded_curve_is_of_the_runs_that_have_one(cast: Cast):
    create_curve_run(cast.ada, 2, build_curve(600, 4.5))
    create_curve_run(cast.ada, 1, build_curve(600, 3.0), graded_curve_mmps=build_curve(600, 3.2))
    assert find_speeds(cast.ada, column="graded")[600] == pytest.approx(3.2 + 200 / 600, abs=0.001)
    assert find_speeds(cast.ada)[600] == pytest.approx(4.5 + 200 / 600, abs=0.001)


def test_curves_of_other_sports_and_of_another_length_do_not_count(cast: Cast):
    create_curve_run(cast.ada, 1, build_curve(600), activity_type="bike")
    create_curve_run(cast.ada, 1, [4_000, 3_900])
    assert find_speeds(cast.ada) == {}


def test_critical_speed_rests_on_the_90_days_up_to_the_last(cast: Cast):
    create_curve_run(cast.ada, 100, build_curve(1_200, 5.0))
    create_curve_run(cast.ada, 89, build_curve(1_200, 4.2))
    curves = load_run_curves(cast.ada.athlete, None)
    found, efforts = find_critical_speed(curves, TODAY)
    assert found.speed_mps is not None
    assert found.speed_mps.value == pytest.approx(4.2, abs=0.01)
    assert [point.duration_s for point in efforts] == [120, 240, 420, 720, 1_200]
    assert find_critical_speed(curves, TODAY + timedelta(days=1))[0].reason == "too_few_efforts"
