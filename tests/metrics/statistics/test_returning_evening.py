"""Statistics of an evening that occurs twice. The oracle tests found these cases.

In St. John's, clocks went back from 00:01 on 7 November 2010 to 23:01 on 6 November.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from athletes.models import Athlete
from metrics.statistics.api import ActivityStatsView, FitnessStatsView, RunningStatsView
from tests.support.cast import Cast, create_run

NOW = datetime(2031, 1, 1, tzinfo=UTC)
NEWFOUNDLAND_MIDNIGHT = datetime(2010, 11, 7, 2, 30, tzinfo=UTC)


@pytest.fixture
def athlete(cast: Cast) -> Athlete:
    """Ada with runs just before and after both midnights of that evening."""
    for seconds in (-1, 30, 90, 3_599, 3_600):
        create_run(cast.ada, NEWFOUNDLAND_MIDNIGHT + timedelta(seconds=seconds))
    return cast.ada.athlete


def test_a_range_from_after_midnight_to_before_midnight_has_both_days(athlete):
    params = {
        "from_timestamp": NEWFOUNDLAND_MIDNIGHT + timedelta(seconds=10),
        "to_timestamp": NEWFOUNDLAND_MIDNIGHT + timedelta(seconds=600),
        "granularity": "daily",
        "metric_type": "distance",
        "timezone": ZoneInfo("America/St_Johns"),
    }
    answer = RunningStatsView().compute_data(athlete, params, NOW)
    assert {str(point["period_start"]): point["activity_count"] for point in answer["points"]} == {
        "2010-11-06": 1,
        "2010-11-07": 1,
    }


@pytest.mark.parametrize(("day", "count"), [(date(2010, 11, 6), 3), (date(2010, 11, 7), 2)])
@pytest.mark.parametrize("granularity", ["day", "month"])
def test_a_month_counts_only_the_requested_days(athlete, day, count, granularity):
    params = {
        "start_date": day,
        "end_date": day,
        "granularity": granularity,
        "timezone": ZoneInfo("America/St_Johns"),
    }
    answer = ActivityStatsView().compute_data(athlete, params, NOW)
    assert answer["totals"]["activity_count"] == count


@pytest.mark.parametrize(("days_later", "count"), [(0, 3), (1, 2)])
def test_the_last_day_has_only_the_runs_of_its_local_date(cast: Cast, athlete, days_later, count):
    athlete.timezone = "America/St_Johns"
    now = datetime(2010, 11, 6, 20, tzinfo=UTC) + timedelta(days=days_later)
    assert FitnessStatsView().compute_data(athlete, {"days": 1}, now)["total_activities"] == count
