"""The forecast of fitness, fatigue and form continues the past with the planned loads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from athletes.models import Athlete
from athletes.rights import EVERYTHING
from coaching.profile.load_forecast import LoadForecast, forecast_load
from coaching.profile.progress import load_progress_series
from metrics.science import load_series
from tests.coaching.plan_fixtures import (
    HOUR,
    TODAY,
    create_absence,
    create_test_plan,
    follow_plan,
    get_day,
    list_daily_sessions,
)
from tests.support.cast import NOON, Cast, create_run

DAILY_LOAD = 40.0
HISTORY_D = 300


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ada(cast: Cast) -> Athlete:
    """Ada ran on every day before today."""
    for back in range(1, HISTORY_D + 1):
        create_run(cast.ada, NOON - timedelta(days=back), training_load=DAILY_LOAD)
    return cast.ada.athlete


def forecast(athlete: Athlete, days_ahead: int = 60, races: Sequence[date] = ()) -> LoadForecast:
    training = load_progress_series(athlete, 5, NOON, EVERYTHING).training
    assert training is not None
    return forecast_load(athlete, training, NOON, days_ahead, races)


def plan_sessions(cast: Cast, *, load: float = 60.0) -> None:
    """A session for each of the 26 days from today to the end of four weeks that began on Monday."""
    follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions(duration_s=HOUR, load=load)))


def test_forecast_equals_the_averages_of_past_and_planned_loads(cast: Cast, ada: Athlete):
    plan_sessions(cast)
    found = forecast(ada)
    assert (found.days[0], found.days[-1], len(found.days)) == (get_day(1), get_day(25), 25)
    assert set(found.load) == {60.0}
    loads = np.array([DAILY_LOAD] * HISTORY_D + [60.0] * 26)
    assert found.fitness == pytest.approx(load_series.fitness(loads)[-25:], abs=0.11)
    assert found.fatigue == pytest.approx(load_series.fatigue(loads)[-25:], abs=0.11)
    assert found.form == pytest.approx(load_series.form(loads)[-25:], abs=0.11)


def test_today_counts_what_is_done_or_planned_whichever_is_more(cast: Cast, ada: Athlete):
    plan_sessions(cast)
    before = forecast(ada)
    create_run(cast.ada, NOON, training_load=50.0)
    assert forecast(ada) == before
    create_run(cast.ada, NOON, training_load=100.0)
    assert forecast(ada).fitness[0] > before.fitness[0]


def test_days_of_an_absence_have_no_load(cast: Cast, ada: Athlete):
    plan_sessions(cast)
    create_absence(cast.ada, 2, 4)
    assert forecast(ada).load[:5] == [60.0, 0.0, 0.0, 0.0, 60.0]
    create_absence(cast.ada, 1, None)
    assert forecast(ada) == LoadForecast()


def test_forecast_ends_with_the_plan_or_a_race_soon_after_it(cast: Cast, ada: Athlete):
    plan_sessions(cast)
    assert forecast(ada, races=[get_day(28)]).days[-1] == get_day(28)
    assert forecast(ada, races=[get_day(28)]).load[-3:] == [0.0, 0.0, 0.0]
    assert forecast(ada, races=[get_day(40)]).days[-1] == get_day(25)
    assert forecast(ada, days_ahead=10, races=[get_day(11)]).days[-1] == get_day(10)


def test_without_a_plan_or_training_there_is_no_forecast(
    cast: Cast, ada: Athlete, django_assert_num_queries: DjangoAssertNumQueries
):
    training = load_progress_series(ada, 5, NOON, EVERYTHING).training
    assert training is not None
    with django_assert_num_queries(1):
        assert forecast_load(ada, training, NOON, 60, [TODAY]) == LoadForecast()
    ben = cast.ben.athlete
    nothing = load_progress_series(ben, 5, NOON, EVERYTHING).training
    assert nothing is not None
    with django_assert_num_queries(0):
        assert forecast_load(ben, nothing, NOON, 60, []) == LoadForecast()
