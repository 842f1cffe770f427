"""The four statistics against `oracle`, which counts by hand: no sum may differ, whatever the clocks did that night.

`make test-random` asks 20,000 questions instead of 5,000, and others every time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
import time_machine
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from astral.http.errors import NoData
from astral.http.fields import list_zone_names
from astral.http.renderers import dumps
from athletes.models import Athlete, User
from metrics.health.stats_api import HealthMetricsView
from metrics.models import Activity, HealthDay
from metrics.statistics.api import ActivityStatsView, FitnessStatsView, RunningStatsView
from metrics.statistics.view import StatisticsView
from tests.metrics.statistics import oracle
from tests.metrics.statistics.oracle import OracleActivity, OracleHealthDay
from tests.support.cast import ApiClient, Cast, create_person, create_run

pytestmark = pytest.mark.django_db  # also what makes pytest-django set up the database for `lives`
EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "5000"))
SECOND = timedelta(seconds=1)
LATE = datetime(2031, 1, 1, tzinfo=UTC)
SPORTS = ("run", "run", "run", "bike", "swim", "walk", "hike", "workout")

# Zones in which, between 2010 and 2029, a midnight is skipped, an evening returns or a day has 21, 22, 26, 27 or no
# hours; each athlete lives in the first of a row and has trained wherever its clocks were changed.
TRAPS = (
    ("Pacific/Apia", "Pacific/Fakaofo", "America/Asuncion", "Asia/Tehran", "Asia/Kathmandu"),
    ("America/St_Johns", "America/Goose_Bay", "Asia/Amman", "America/Coyhaique", "Pacific/Chatham"),
    ("Antarctica/Casey", "Antarctica/Troll", "Antarctica/Davis", "Antarctica/Vostok", "Australia/Lord_Howe"),
    ("America/Havana", "America/Sao_Paulo", "Asia/Damascus", "Africa/Cairo", "Pacific/Kiritimati"),
    ("Asia/Beirut", "Atlantic/Azores", "America/Scoresbysund", "Africa/Casablanca", "Europe/Madrid"),
    (
        "America/Santiago",
        "Asia/Gaza",
        "Asia/Hebron",
        "America/Campo_Grande",
        "Asia/Chita",
        "America/New_York",
    ),
)
ZONES = sorted(list_zone_names())
# The ends of years with an ISO week 53, of leap days, of months and of the days around them.
CALENDAR = [date(year, 12, 27) for year in (2015, 2020, 2026)] + [
    date(year, 2, 28) for year in (2012, 2024, 2028)
]
CALENDAR += [date(2016, 1, 1), date(2021, 1, 3), date(2026, 5, 31), date(2011, 12, 29), date(2010, 11, 6)]
NEAR_S = (
    -86_400,
    -7_200,
    -3_660,
    -3_600,
    -1_800,
    -60,
    -59,
    -1,
    0,
    1,
    59,
    60,
    1_800,
    3_600,
    3_660,
    7_200,
    86_400,
)


@cache
def changes(zone: str) -> list[datetime]:
    return oracle.find_clock_changes(ZoneInfo(zone), 1988, 2029)


@cache
def odd_changes(zone: str) -> list[datetime]:
    """Those at which the date goes back or midnight is skipped, and shifts of more than an hour."""
    place = ZoneInfo(zone)
    return [change for change in changes(zone) if oracle.is_odd_clock_change(change, place)]


def midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


# --- six lives ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Life:
    """An athlete and everything stored about them."""

    athlete: Athlete
    zones: tuple[str, ...]
    done: list[OracleActivity]
    read: list[OracleHealthDay]

    @property
    def user(self) -> User:
        return self.athlete.user


def live(number: int, zones: tuple[str, ...]) -> Life:
    chance = Random(number)
    traps = [
        instant for zone in zones for instant in chance.sample(changes(zone), min(9, len(changes(zone))))
    ]
    traps += [midnight(day, ZoneInfo(zones[0])) for day in CALENDAR]
    near = [trap + timedelta(seconds=seconds) for trap in traps for seconds in chance.sample(NEAR_S, 5)]
    near += [trap - timedelta(microseconds=1) for trap in traps[::4]]
    anywhere = [LATE - timedelta(seconds=chance.randrange(21 * 365 * 86_400)) for _ in range(60)]
    user = create_person(f"life{number}", zones[0])
    done = [training(instant, chance) for instant in near + anywhere]
    return Life(user.athlete, zones, done, list(readings(chance)))


def training(started_at: datetime, chance: Random) -> OracleActivity:
    """Quarters, whose sums are exact in any order."""

    def perhaps(most: int) -> float | None:
        return chance.randrange(most * 4) / 4 if chance.random() < 0.8 else None

    sport = chance.choice(SPORTS)
    zones = tuple(chance.randrange(0, 2_000) / 4 for _ in range(5)) if chance.random() < 0.6 else None
    heart_rate = float(chance.randrange(90, 190)) if chance.random() < 0.6 else None
    duration = chance.randrange(1, 60_000) / 4
    return OracleActivity(
        started_at,
        sport,
        duration,
        perhaps(30_000),
        perhaps(200),
        perhaps(900),
        perhaps(800),
        heart_rate,
        zones,
    )


def readings(chance: Random) -> Iterator[OracleHealthDay]:
    """Two winters with an ISO week 53 or a leap day, one source fuller than the next, some days missing."""
    for first in (date(2020, 11, 20), date(2023, 12, 20)):
        for source, share in (("garmin", 0.7), ("oura", 0.69), ("whoop", 0.4)):
            for back in range(120):
                if chance.random() < share:
                    kinds = [
                        round(chance.uniform(20, 99), 1) if chance.random() < 0.7 else None for _ in range(4)
                    ]
                    yield OracleHealthDay(first + timedelta(days=back), source, *kinds)


def store(life: Life) -> None:
    Activity.objects.bulk_create(
        Activity(
            athlete=life.athlete,
            started_at=one.started_at,
            local_date=one.started_at.date(),
            activity_type=one.activity_type,
            duration_s=one.duration,
            distance_m=one.distance,
            training_load=one.load,
            calories_kcal=one.calories,
            elevation_gain_m=one.gain,
            avg_hr_bpm=one.heart_rate,
            source="manual",
            **{f"zone{number}_s": seconds for number, seconds in enumerate(one.zones or (), 1)},
        )
        for one in life.done
    )
    HealthDay.objects.bulk_create(
        HealthDay(
            athlete=life.athlete,
            date=row.day,
            source=row.source,
            hrv_rmssd_ms=row.rmssd,
            hrv_sdnn_ms=row.sdnn,
            resting_hr_bpm=row.resting,
            vo2max_ml_kg_min=row.vo2max,
        )
        for row in life.read
    )


@pytest.fixture(scope="module")
def lives(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[int], Life]]:
    """Stored once for the whole module, and taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = [live(number, zones) for number, zones in enumerate(TRAPS)]
        for life in found:
            store(life)

        def of_row(row: int) -> Life:  # a list of lives would be printed with every question that fails
            return found[row]

        yield of_row
        transaction.set_rollback(True)


# --- questions ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A row of TRAPS, and the zone that is asked for: by name, by offset, or the athlete's own."""

    row: int
    asked: dict[str, Any]
    zone: tzinfo
    label: str


@st.composite
def places(draw: st.DrawFn, *, offsets: bool = True) -> Place:
    row = draw(st.integers(0, len(TRAPS) - 1))
    kind = draw(st.sampled_from(["trap", "trap", "own", "any", *(["offset"] if offsets else [])]))
    if kind == "offset":
        minutes = draw(st.integers(-840, 840))
        zone = timezone(timedelta(minutes=minutes))
        return Place(row, {"timezone_offset": minutes}, zone, oracle.format_offset(minutes))
    if kind == "own":
        return Place(row, {}, ZoneInfo(TRAPS[row][0]), TRAPS[row][0])
    name = draw(st.sampled_from(TRAPS[row] if kind == "trap" else ZONES))
    return Place(row, {"timezone": ZoneInfo(name)}, ZoneInfo(name), name)


@st.composite
def instants(draw: st.DrawFn, place: Place) -> datetime:
    """A whole second on or beside a change of clocks, a local midnight, or anywhere."""
    kind = draw(st.sampled_from(["change", "change", "change", "midnight", "calendar", "any"]))
    if kind == "any":
        return LATE - timedelta(seconds=draw(st.integers(0, 21 * 365 * 86_400)))
    beside = timedelta(seconds=draw(st.sampled_from(NEAR_S) | st.integers(-100_000, 100_000)))
    if kind == "calendar":
        return midnight(draw(st.sampled_from(CALENDAR)), place.zone) + beside
    zones = TRAPS[place.row]
    zone = place.label if place.label in zones else draw(st.sampled_from(zones))
    change = draw(st.sampled_from((odd_changes(zone) if draw(st.booleans()) else changes(zone)) or [LATE]))
    if kind == "change":
        return change + beside
    return (
        midnight(
            oracle.get_local_day(change, place.zone) + timedelta(days=draw(st.integers(-9, 9))), place.zone
        )
        + beside
    )


LENGTHS_S = st.sampled_from([1, 2, 60, 3_599, 3_600, 7_200, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400])


@st.composite
def ranges(draw: st.DrawFn, place: Place) -> tuple[datetime, datetime]:
    start = draw(instants(place))
    if draw(st.booleans()):
        end = draw(instants(place))
        start, end = min(start, end), max(start, end)
        if timedelta(0) < end - start <= timedelta(days=365):
            return start, end
    return start, start + timedelta(seconds=draw(LENGTHS_S | st.integers(1, 40 * 86_400)))


@st.composite
def running_questions(draw: st.DrawFn) -> tuple[Place, dict[str, Any]]:
    place = draw(places())
    start, end = draw(ranges(place))
    return place, {
        "from_timestamp": start,
        "to_timestamp": end,
        "granularity": draw(st.sampled_from(["daily", "weekly", "monthly", "yearly"])),
        "metric_type": draw(st.sampled_from(["distance", "duration", "training_load"])),
    } | place.asked


@st.composite
def spans(draw: st.DrawFn, near: date) -> tuple[date, date]:
    """At most 400 days, often a few."""
    first = near + timedelta(days=draw(st.integers(-2, 2)))
    return first, first + timedelta(days=draw(st.sampled_from([0, 1, 2, 6, 30, 399]) | st.integers(0, 399)))


@st.composite
def activity_questions(draw: st.DrawFn) -> tuple[Place, dict[str, Any]]:
    place = draw(places(offsets=False))
    near = oracle.get_local_day(draw(instants(place)), place.zone)
    if draw(st.booleans()):
        near -= timedelta(days=draw(st.integers(0, 399)))
    first, last = draw(spans(near))
    sport = draw(st.none() | st.sampled_from(SPORTS))
    return place, {
        "start_date": first,
        "end_date": last,
        "granularity": draw(st.sampled_from(["day", "month"])),
    } | place.asked | ({"activity_type": sport} if sport else {})


@st.composite
def fitness_questions(draw: st.DrawFn) -> tuple[Place, datetime, int]:
    """Asked at some moment near a change of the athlete's own clocks."""
    row = draw(st.integers(0, len(TRAPS) - 1))
    place = Place(row, {}, ZoneInfo(TRAPS[row][0]), TRAPS[row][0])
    return place, draw(instants(place)), draw(st.sampled_from([1, 2, 7, 30, 365]) | st.integers(1, 365))


@st.composite
def health_questions(draw: st.DrawFn) -> tuple[int, dict[str, Any]]:
    near = draw(
        st.sampled_from([date(2020, 12, 26), date(2021, 1, 2), date(2024, 2, 27), date(2023, 12, 19)])
    )
    first, last = draw(spans(near - timedelta(days=draw(st.integers(0, 60)))))
    granularity = draw(st.sampled_from(["day", "week", "month"]))
    return draw(st.integers(0, len(TRAPS) - 1)), {
        "start_date": first,
        "end_date": last,
        "granularity": granularity,
    }


# --- answers --------------------------------------------------------------------------------------------------


def answered(door: type[StatisticsView], life: Life, asked: dict[str, Any], now: datetime = LATE) -> Any:
    """What the door computes, as JSON has it; None for no data."""
    try:
        return orjson.loads(dumps(door().compute_data(life.athlete, asked, now)))
    except NoData:
        return None


def expected_running(life: Life, place: Place, asked: dict[str, Any]) -> Any:
    view, metric = asked["granularity"], asked["metric_type"]
    start, end = asked["from_timestamp"], asked["to_timestamp"]
    return oracle.compute_running_stats(life.done, start, end, view, metric, place.zone, place.label)


def expected_activity(life: Life, place: Place, asked: dict[str, Any]) -> Any:
    first, last, sport = asked["start_date"], asked["end_date"], asked.get("activity_type")
    return oracle.compute_activity_stats(
        life.done, first, last, asked["granularity"], sport, place.zone, place.label
    )


def expected_health(life: Life, asked: dict[str, Any]) -> Any:
    return oracle.compute_health_metrics(
        life.read, asked["start_date"], asked["end_date"], asked["granularity"]
    )


def share(of_all: float) -> Callable[[Any], Any]:
    return settings(max_examples=round(EXAMPLES * of_all), database=None, print_blob=True)


@share(0.2)
@given(running_questions())
def test_running_stats_is_what_counting_by_hand_gives(lives, question):
    place, asked = question
    life = lives(place.row)
    assert answered(RunningStatsView, life, asked) == expected_running(life, place, asked)


@share(0.2)
@given(running_questions())
def test_running_stats_of_short_ranges_beside_a_change_of_clocks(lives, question):
    place, asked = question
    life = lives(place.row)
    start, end = asked["from_timestamp"], asked["to_timestamp"]
    asked["to_timestamp"] = start + max(SECOND, (end - start) // 900 // SECOND * SECOND)
    assert answered(RunningStatsView, life, asked) == expected_running(life, place, asked)


@share(0.2)
@given(activity_questions())
def test_activity_stats_is_what_counting_by_hand_gives(lives, question):
    place, asked = question
    life = lives(place.row)
    assert answered(ActivityStatsView, life, asked) == expected_activity(life, place, asked)


@share(0.12)
@given(fitness_questions())
def test_fitness_stats_is_what_counting_by_hand_gives(lives, question):
    place, now, days = question
    life = lives(place.row)
    expected = oracle.compute_fitness_stats(
        life.done, oracle.get_local_day(now, place.zone), days, place.zone
    )
    assert answered(FitnessStatsView, life, {"days": days}, now) == expected


@share(0.12)
@given(health_questions())
def test_health_metrics_is_what_counting_by_hand_gives(lives, question):
    row, asked = question
    assert answered(HealthMetricsView, lives(row), asked) == expected_health(lives(row), asked)


@share(0.1)
@given(running_questions())
def test_days_weeks_and_months_of_one_range_have_the_same_sums(lives, question):
    place, asked = question
    views = [answered(RunningStatsView, lives(place.row), asked | {"granularity": view}) for view in VIEWS]
    assert views[0] is None or views[0]["totals"] == views[1]["totals"] == views[2]["totals"]
    assert [view is None for view in views] in ([True] * 3, [False] * 3)


VIEWS = ("daily", "monthly", "yearly")


@share(0.06)
@given(running_questions() | activity_questions() | health_questions())
def test_through_the_front_door_it_is_the_same(lives, question):
    place, asked = question
    with time_machine.travel(LATE + timedelta(days=800), tick=False):
        if isinstance(place, int):
            life, path = lives(place), "/api/v2/analytics/health_metrics"
            expected = expected_health(life, asked)
        elif "from_timestamp" in asked:
            life, path = lives(place.row), "/api/v1/analytics/running_stats"
            expected = expected_running(life, place, asked)
        else:
            life, path = lives(place.row), "/api/v2/analytics/activity_stats"
            expected = expected_activity(life, place, asked)
        answer = ApiClient(life.user).get(path, {name: written(value) for name, value in asked.items()})
    if expected is None:
        assert answer.json()["details"]["code"] == "NO_DATA"
    else:
        assert answer.json() == {"status": "ok", "data": expected}


def written(value: Any) -> str:
    return str(int(value.timestamp())) if isinstance(value, datetime) else str(value)


# --- what these questions have found ------------------------------------------------------------------------------

NEWFOUNDLAND_MIDNIGHT = datetime(2010, 11, 7, 2, 30, tzinfo=UTC)


@pytest.fixture
def runs_of_the_returning_evening(cast: Cast) -> Athlete:
    """St. John's set clocks from 00:01 on 7 November 2010 back to 23:01 on the 6th: a run on each side of each."""
    for seconds in (-1, 30, 90, 3_599, 3_600):
        create_run(cast.ada, NEWFOUNDLAND_MIDNIGHT + timedelta(seconds=seconds))
    return cast.ada.athlete


def test_a_range_that_begins_after_midnight_and_ends_before_it_has_both_days(runs_of_the_returning_evening):
    asked = {
        "from_timestamp": NEWFOUNDLAND_MIDNIGHT + timedelta(seconds=10),
        "to_timestamp": NEWFOUNDLAND_MIDNIGHT + timedelta(seconds=600),
        "granularity": "daily",
        "metric_type": "distance",
        "timezone": ZoneInfo("America/St_Johns"),
    }
    answer = RunningStatsView().compute_data(runs_of_the_returning_evening, asked, LATE)
    assert {str(point["period_start"]): point["activity_count"] for point in answer["points"]} == {
        "2010-11-06": 1,
        "2010-11-07": 1,
    }


@pytest.mark.parametrize(("day", "count"), [(date(2010, 11, 6), 3), (date(2010, 11, 7), 2)])
@pytest.mark.parametrize("granularity", ["day", "month"])
def test_a_month_counts_only_the_days_that_were_asked_for(
    runs_of_the_returning_evening, day, count, granularity
):
    asked = {
        "start_date": day,
        "end_date": day,
        "granularity": granularity,
        "timezone": ZoneInfo("America/St_Johns"),
    }
    answer = ActivityStatsView().compute_data(runs_of_the_returning_evening, asked, LATE)
    assert answer["totals"]["activity_count"] == count


@pytest.mark.parametrize(("days_later", "count"), [(0, 3), (1, 2)])
def test_the_last_local_day_leaves_out_the_evening_that_returns(
    cast: Cast, runs_of_the_returning_evening, days_later, count
):
    athlete = runs_of_the_returning_evening
    athlete.timezone = "America/St_Johns"
    now = datetime(2010, 11, 6, 20, tzinfo=UTC) + timedelta(days=days_later)
    assert FitnessStatsView().compute_data(athlete, {"days": 1}, now)["total_activities"] == count
