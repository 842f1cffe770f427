"""Random athletes for the oracle tests. They train at clock changes, at midnight and at ends of years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from athletes.models import Athlete, User
from metrics.models import Activity, HealthDay
from tests.metrics.statistics import oracle
from tests.metrics.statistics.oracle import OracleActivity, OracleHealthDay
from tests.support.cast import create_person

LATE = datetime(2031, 1, 1, tzinfo=UTC)
SPORTS = ("run", "run", "run", "bike", "swim", "walk", "hike", "workout")

# Zones with odd days between 2010 and 2029: a midnight is skipped, an evening occurs twice, or a day has 21,
# 22, 26, 27 or no hours. An athlete lives in the first zone of a row and trains at clock changes of each.
ODD_ZONES = (
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

# Ends of years with an ISO week 53, leap days, ends of months, and days near them.
CALENDAR = [date(year, 12, 27) for year in (2015, 2020, 2026)] + [
    date(year, 2, 28) for year in (2012, 2024, 2028)
]
CALENDAR += [date(2016, 1, 1), date(2021, 1, 3), date(2026, 5, 31), date(2011, 12, 29), date(2010, 11, 6)]
OFFSETS_S = (
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
def find_clock_changes(zone: str) -> list[datetime]:
    return oracle.find_clock_changes(ZoneInfo(zone), 1988, 2029)


@cache
def find_odd_clock_changes(zone: str) -> list[datetime]:
    """Clock changes at which the date goes back, midnight is skipped, or the shift is above an hour."""
    info = ZoneInfo(zone)
    return [change for change in find_clock_changes(zone) if oracle.is_odd_clock_change(change, info)]


def get_midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class OracleAthlete:
    """An athlete with all activities and health days."""

    model: Athlete
    zones: tuple[str, ...]
    activities: list[OracleActivity]
    health_days: list[OracleHealthDay]

    @property
    def user(self) -> User:
        return self.model.user


def create_oracle_athlete(number: int, zones: tuple[str, ...]) -> OracleAthlete:
    """Create an athlete, and random activities and health days that are not stored yet."""
    random = Random(number)
    odd_instants: list[datetime] = []
    for zone in zones:
        changes = find_clock_changes(zone)
        odd_instants += random.sample(changes, min(9, len(changes)))
    odd_instants += [get_midnight(day, ZoneInfo(zones[0])) for day in CALENDAR]
    starts = [
        instant + timedelta(seconds=seconds)
        for instant in odd_instants
        for seconds in random.sample(OFFSETS_S, 5)
    ]
    starts += [instant - timedelta(microseconds=1) for instant in odd_instants[::4]]
    starts += [LATE - timedelta(seconds=random.randrange(21 * 365 * 86_400)) for _ in range(60)]
    user = create_person(f"oracle{number}", zones[0])
    activities = [build_random_activity(start, random) for start in starts]
    return OracleAthlete(user.athlete, zones, activities, list(build_random_health_days(random)))


def build_random_activity(started_at: datetime, random: Random) -> OracleActivity:
    """A random activity. Its numbers are quarters, so sums are exact in any order."""

    def draw_quarters(limit: int) -> float | None:
        return random.randrange(limit * 4) / 4 if random.random() < 0.8 else None

    sport = random.choice(SPORTS)
    zones = tuple(random.randrange(0, 2_000) / 4 for _ in range(5)) if random.random() < 0.6 else None
    heart_rate = float(random.randrange(90, 190)) if random.random() < 0.6 else None
    duration = random.randrange(1, 60_000) / 4
    return OracleActivity(
        started_at,
        sport,
        duration,
        draw_quarters(30_000),
        draw_quarters(200),
        draw_quarters(900),
        draw_quarters(800),
        heart_rate,
        zones,
    )


def build_random_health_days(random: Random) -> Iterator[OracleHealthDay]:
    """Days of two winters with an ISO week 53 or a leap day, from three sources, with some days missing."""
    for first in (date(2020, 11, 20), date(2023, 12, 20)):
        for source, share in (("garmin", 0.7), ("oura", 0.69), ("whoop", 0.4)):
            for day in range(120):
                if random.random() < share:
                    values = [
                        round(random.uniform(20, 99), 1) if random.random() < 0.7 else None for _ in range(4)
                    ]
                    yield OracleHealthDay(first + timedelta(days=day), source, *values)


def store_oracle_athlete(oracle_athlete: OracleAthlete) -> None:
    Activity.objects.bulk_create(
        Activity(
            athlete=oracle_athlete.model,
            started_at=activity.started_at,
            local_date=activity.started_at.date(),
            activity_type=activity.activity_type,
            duration_s=activity.duration,
            distance_m=activity.distance,
            training_load=activity.load,
            calories_kcal=activity.calories,
            elevation_gain_m=activity.gain,
            avg_hr_bpm=activity.heart_rate,
            source="manual",
            **{f"zone{number}_s": seconds for number, seconds in enumerate(activity.zones or (), 1)},
        )
        for activity in oracle_athlete.activities
    )
    HealthDay.objects.bulk_create(
        HealthDay(
            athlete=oracle_athlete.model,
            date=row.day,
            source=row.source,
            hrv_rmssd_ms=row.rmssd,
            hrv_sdnn_ms=row.sdnn,
            resting_hr_bpm=row.resting,
            vo2max_ml_kg_min=row.vo2max,
        )
        for row in oracle_athlete.health_days
    )
