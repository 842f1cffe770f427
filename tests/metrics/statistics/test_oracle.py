"""Compare the four statistics with `oracle`, which computes them in a slow and simple way.

The suite makes 5,000 requests. `make test-random` makes 20,000 random ones.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
import time_machine
from django.db import transaction
from hypothesis import given, settings

from astral.http.errors import NoData
from astral.http.renderers import dumps
from metrics.health.stats_api import HealthMetricsView
from metrics.statistics.api import ActivityStatsView, FitnessStatsView, RunningStatsView
from metrics.statistics.view import StatisticsView
from tests.metrics.statistics import oracle
from tests.metrics.statistics.oracle_athletes import (
    LATE,
    ODD_ZONES,
    OracleAthlete,
    create_oracle_athlete,
    store_oracle_athlete,
)
from tests.metrics.statistics.oracle_requests import (
    RequestZone,
    activity_requests,
    fitness_requests,
    health_requests,
    running_requests,
)
from tests.support.cast import ApiClient

pytestmark = pytest.mark.django_db  # pytest-django also sets up the database for the module's fixture
EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "5000"))
SECOND = timedelta(seconds=1)
VIEWS = ("daily", "monthly", "yearly")


@pytest.fixture(scope="module")
def get_oracle_athlete(
    django_db_setup: None, django_db_blocker: Any
) -> Iterator[Callable[[int], OracleAthlete]]:
    """Store the athletes once for this module, and roll back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        athletes = [create_oracle_athlete(number, zones) for number, zones in enumerate(ODD_ZONES)]
        for athlete in athletes:
            store_oracle_athlete(athlete)

        # A function instead of a list, because a failing test would print the whole list.
        def get_by_row(row: int) -> OracleAthlete:
            return athletes[row]

        yield get_by_row
        transaction.set_rollback(True)


def compute_answer(
    view: type[StatisticsView], athlete: OracleAthlete, params: dict[str, Any], now: datetime = LATE
) -> Any:
    """The data of a view, as parsed JSON. None if there is no data."""
    try:
        return orjson.loads(dumps(view().compute_data(athlete.model, params, now)))
    except NoData:
        return None


def compute_expected_running(
    athlete: OracleAthlete, request_zone: RequestZone, params: dict[str, Any]
) -> Any:
    view, metric = params["granularity"], params["metric_type"]
    start, end = params["from_timestamp"], params["to_timestamp"]
    return oracle.compute_running_stats(
        athlete.activities, start, end, view, metric, request_zone.zone, request_zone.label
    )


def compute_expected_activity(
    athlete: OracleAthlete, request_zone: RequestZone, params: dict[str, Any]
) -> Any:
    first, last, sport = params["start_date"], params["end_date"], params.get("activity_type")
    return oracle.compute_activity_stats(
        athlete.activities, first, last, params["granularity"], sport, request_zone.zone, request_zone.label
    )


def compute_expected_health(athlete: OracleAthlete, params: dict[str, Any]) -> Any:
    return oracle.compute_health_metrics(
        athlete.health_days, params["start_date"], params["end_date"], params["granularity"]
    )


def run_share_of_examples(fraction: float) -> Callable[[Any], Any]:
    return settings(max_examples=round(EXAMPLES * fraction), database=None, print_blob=True)


@run_share_of_examples(0.2)
@given(running_requests())
def test_running_stats_equals_the_oracle(get_oracle_athlete, oracle_request):
    request_zone, params = oracle_request
    athlete = get_oracle_athlete(request_zone.row)
    expected = compute_expected_running(athlete, request_zone, params)
    assert compute_answer(RunningStatsView, athlete, params) == expected


@run_share_of_examples(0.2)
@given(running_requests())
def test_running_stats_of_short_ranges_near_a_clock_change_equals_the_oracle(
    get_oracle_athlete, oracle_request
):
    request_zone, params = oracle_request
    athlete = get_oracle_athlete(request_zone.row)
    start, end = params["from_timestamp"], params["to_timestamp"]
    params["to_timestamp"] = start + max(SECOND, (end - start) // 900 // SECOND * SECOND)
    expected = compute_expected_running(athlete, request_zone, params)
    assert compute_answer(RunningStatsView, athlete, params) == expected


@run_share_of_examples(0.2)
@given(activity_requests())
def test_activity_stats_equals_the_oracle(get_oracle_athlete, oracle_request):
    request_zone, params = oracle_request
    athlete = get_oracle_athlete(request_zone.row)
    expected = compute_expected_activity(athlete, request_zone, params)
    assert compute_answer(ActivityStatsView, athlete, params) == expected


@run_share_of_examples(0.12)
@given(fitness_requests())
def test_fitness_stats_equals_the_oracle(get_oracle_athlete, oracle_request):
    request_zone, now, days = oracle_request
    athlete = get_oracle_athlete(request_zone.row)
    expected = oracle.compute_fitness_stats(
        athlete.activities, oracle.get_local_day(now, request_zone.zone), days, request_zone.zone
    )
    assert compute_answer(FitnessStatsView, athlete, {"days": days}, now) == expected


@run_share_of_examples(0.12)
@given(health_requests())
def test_health_metrics_equals_the_oracle(get_oracle_athlete, oracle_request):
    row, params = oracle_request
    athlete = get_oracle_athlete(row)
    assert compute_answer(HealthMetricsView, athlete, params) == compute_expected_health(athlete, params)


@run_share_of_examples(0.1)
@given(running_requests())
def test_days_weeks_and_months_of_one_range_have_the_same_sums(get_oracle_athlete, oracle_request):
    request_zone, params = oracle_request
    athlete = get_oracle_athlete(request_zone.row)
    answers = [compute_answer(RunningStatsView, athlete, params | {"granularity": view}) for view in VIEWS]
    assert answers[0] is None or answers[0]["totals"] == answers[1]["totals"] == answers[2]["totals"]
    assert [answer is None for answer in answers] in ([True] * 3, [False] * 3)


@run_share_of_examples(0.06)
@given(running_requests() | activity_requests() | health_requests())
def test_the_api_equals_the_oracle(get_oracle_athlete, oracle_request):
    request_zone, params = oracle_request
    with time_machine.travel(LATE + timedelta(days=800), tick=False):
        if isinstance(request_zone, int):
            athlete, path = get_oracle_athlete(request_zone), "/api/v2/analytics/health_metrics"
            expected = compute_expected_health(athlete, params)
        elif "from_timestamp" in params:
            athlete, path = get_oracle_athlete(request_zone.row), "/api/v1/analytics/running_stats"
            expected = compute_expected_running(athlete, request_zone, params)
        else:
            athlete, path = get_oracle_athlete(request_zone.row), "/api/v2/analytics/activity_stats"
            expected = compute_expected_activity(athlete, request_zone, params)
        answer = ApiClient(athlete.user).get(
            path, {name: format_param(value) for name, value in params.items()}
        )
    if expected is None:
        assert answer.json()["details"]["code"] == "NO_DATA"
    else:
        assert answer.json() == {"status": "ok", "data": expected}


def format_param(value: Any) -> str:
    return str(int(value.timestamp())) if isinstance(value, datetime) else str(value)
