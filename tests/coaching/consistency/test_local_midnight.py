"""Profile, roster and statistics cover the same local days, also around midnight in any time zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from athletes.models import Athlete, User
from metrics.models import HealthDay
from tests.coaching.plan_fixtures import bump_data_version
from tests.coaching.training_fixtures import get_profile, get_roster
from tests.support.cast import ApiClient, Cast, create_run

# An ordinary day, and the days when clocks change.
DAYS = {
    "Australia/Lord_Howe": [date(2026, 6, 10), date(2026, 10, 4), date(2026, 4, 5)],  # by half an hour
    "Asia/Tokyo": [date(2026, 6, 10)],
    "America/New_York": [date(2026, 6, 10), date(2026, 3, 8), date(2026, 11, 1)],
    "Pacific/Kiritimati": [date(2026, 6, 10)],  # 14 hours ahead
}
CLOCK = [time(23, 30), time(0, 10)]


@pytest.fixture
def ada(cast: Cast, zone: str) -> User:
    Athlete.objects.filter(pk=cast.ada.pk).update(timezone=zone)
    return User.objects.select_related("athlete").get(pk=cast.ada.pk)


@pytest.mark.parametrize("at", CLOCK, ids=str)
@pytest.mark.parametrize(
    ("zone", "today"), [(zone, day) for zone, days in DAYS.items() for day in days], ids=str
)
def test_every_answer_covers_the_athletes_local_days(cast: Cast, ada: User, zone: str, today: date, at: time):
    here = ZoneInfo(zone)
    now = datetime.combine(today, at, here)
    for back in range(-1, 9):  # 1 km five minutes after each midnight, 2 km five minutes before the next
        day = today - timedelta(days=back)
        for moment, metres in ((time(0, 5), 1_000.0), (time(23, 55), 2_000.0)):
            create_run(
                ada, datetime.combine(day, moment, here), distance_m=metres, duration_s=300.0, source="file"
            )
        HealthDay.objects.create(athlete=ada.athlete, date=day, source="garmin", hrv_rmssd_ms=60.0 + back)
    bump_data_version(ada)
    with time_machine.travel(now, tick=False):
        profile, (athlete,) = (
            get_profile(ApiClient(cast.carl), ada),
            get_roster(ApiClient(cast.carl), "search=ada")["athletes"],
        )
        stats = (
            ApiClient(cast.carl)
            .get(f"/api/v1/analytics/fitness_stats?days=7&user_id={ada.public_id}")
            .json()["data"]
        )
    history = profile["metrics"]["fitness"]["history"]["hrv"]
    assert (len(history), history[-1], history[0]["date"]) == (
        30, {"date": str(today), "value": 60.0}, str(today - timedelta(days=29)),
    )  # fmt: skip
    assert athlete["metrics"]["fitness"]["history"]["hrv"] == history
    kilometres = 7 * 3.0  # today's run at 23:55 is stored already and counts today
    assert profile["metrics"]["running_analytics"]["weekly_distance_km"] == kilometres
    assert athlete["metrics"]["running_analytics"] == profile["metrics"]["running_analytics"]
    assert (stats["total_distance"], stats["to_date"]) == (1_000 * kilometres, str(today))
