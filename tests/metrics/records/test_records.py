"""Records over standard distances: of all time and of a range, the effort that was beaten, API and page."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from athletes.models import Athlete, User
from athletes.organizations.consent import change_consent
from metrics.models import Activity
from metrics.records.records import BeatenEffort, load_records
from tests.support.cast import NOON, ApiClient, Cast, create_run
from tests.support.compare_pages import collapse_white_space
from tests.support.error_shape import assert_error

TODAY = NOON.date()
OWN_STATEMENTS = 5  # session, user, the user's athlete, clubs, efforts


def create_effort_run(
    user: User, back: float, *efforts: tuple[float, float | None], **fields: Any
) -> Activity:
    """Create a run `back` days ago. `efforts`: metres and seconds."""
    stored = [{"distance_m": metres, "duration_s": seconds, "start_s": 0.0} for metres, seconds in efforts]
    return create_run(user, NOON - timedelta(days=back), best_efforts=stored, **fields)


def get_records(viewer: User, athlete: User, query: str = "") -> Any:
    return ApiClient(viewer).get(f"/api/v1/athletes/{athlete.public_id}/records{query}")


def get_page(viewer: User, athlete: User, query: str = "") -> str:
    client = Client()
    client.force_login(viewer)
    answer = client.get(f"/athletes/{athlete.public_id}/records{query}")
    assert answer.status_code == 200
    return collapse_white_space(answer.content.decode())


@pytest.fixture
def ada(cast: Cast) -> User:
    """5 km in 20:00, then 19:00, then 19:30; one kilometre only once."""
    create_effort_run(cast.ada, 700, (5_000.0, 1_200.0))
    create_effort_run(cast.ada, 300, (5_000.0, 1_140.0), (1_000.0, 215.0))
    create_effort_run(cast.ada, 10, (5_000.0, 1_170.0))
    return cast.ada


def test_a_record_names_its_run_its_pace_and_the_best_before_it(cast: Cast, ada: User):
    best = Activity.objects.get(started_at=NOON - timedelta(days=300))
    assert get_records(cast.carl, ada).json()["data"] == {
        "user_id": ada.public_id,
        "from_date": None,
        "to_date": None,
        "records": [
            {"distance": 1_000.0, "best": kilometre, "best_in_range": kilometre}
            for kilometre in [
                {
                    "activity_id": best.public_id,
                    "date": "2025-08-14",
                    "duration": 215.0,
                    "avg_pace": "3:35",
                    "avg_pace_s_per_km": 215.0,
                    "previous": None,
                }
            ]
        ]
        + [
            {"distance": 5_000.0, "best": five, "best_in_range": five}
            for five in [
                {
                    "activity_id": best.public_id,
                    "date": "2025-08-14",
                    "duration": 1_140.0,
                    "avg_pace": "3:48",
                    "avg_pace_s_per_km": 228.0,
                    "previous": {"date": "2024-07-10", "duration": 1_200.0},
                }
            ]
        ],
    }


def test_a_range_has_its_own_best_beside_that_of_all_time(ada: User):
    data = get_records(ada, ada, "?from=2026-01-01&to=2026-06-10").json()["data"]
    kilometre, five = data["records"]
    assert (data["from_date"], data["to_date"]) == ("2026-01-01", "2026-06-10")
    assert kilometre["best_in_range"] is None
    assert (five["best"]["duration"], five["best_in_range"]["duration"]) == (1_140.0, 1_170.0)
    assert five["best_in_range"]["previous"] == {"date": "2025-08-14", "duration": 1_140.0}


def test_the_days_of_a_range_are_local_and_included(cast: Cast):
    evening = NOON - timedelta(days=3) + timedelta(hours=10, minutes=30)  # 00:30 of the next day in Madrid
    create_run(cast.ada, evening, best_efforts=[{"distance_m": 5_000.0, "duration_s": 1_200.0}])
    for first, last, is_inside in ((-2, -2, True), (-3, -3, False), (-1, 0, False), (-9, -2, True)):
        days = [TODAY + timedelta(days=back) for back in (first, last)]
        [record] = load_records(cast.ada.athlete, *days)
        assert (record.in_range is not None) == is_inside
        assert record.best.day == date(2026, 6, 8)


def test_of_equal_efforts_the_first_is_the_record(cast: Cast):
    first = create_effort_run(cast.ada, 20, (5_000.0, 1_200.0))
    create_effort_run(cast.ada, 10, (5_000.0, 1_200.0))
    [record] = load_records(cast.ada.athlete, None, None)
    assert (record.best.activity_id, record.best.beaten) == (first.pk, None)
    [record] = load_records(cast.ada.athlete, TODAY - timedelta(days=15), None)
    assert record.in_range is not None
    assert record.in_range.beaten == BeatenEffort(TODAY - timedelta(days=20), 1_200.0)


def test_a_late_upload_is_beaten_by_nothing_after_it(cast: Cast):
    create_effort_run(cast.ada, 5, (5_000.0, 1_100.0))
    create_effort_run(cast.ada, 50, (5_000.0, 1_000.0))
    [record] = load_records(cast.ada.athlete, None, None)
    assert (record.best.day, record.best.beaten) == (TODAY - timedelta(days=50), None)


def test_rides_walks_and_efforts_without_a_time_are_no_records(cast: Cast):
    for sport in ("bike", "walk", "hike", "swim", "workout"):
        create_effort_run(cast.ada, 5, (5_000.0, 600.0), activity_type=sport)
    create_effort_run(cast.ada, 5, (5_000.0, None), (1_000.0, 0.0))
    create_effort_run(cast.ben, 5, (5_000.0, 600.0))
    assert load_records(cast.ada.athlete, None, None) == []
    assert get_records(cast.ada, cast.ada).json()["data"]["records"] == []


@pytest.mark.parametrize("seed", range(5))
def test_records_equal_those_found_by_comparing_all_runs(cast: Cast, seed: int):
    draw = random.Random(seed)
    runs = [
        (back, {metres: float(draw.randint(1, 9)) for metres in (400.0, 800.0) if draw.random() < 0.7})
        for back in draw.sample(range(100), 15)
    ]
    for back, times in runs:
        create_effort_run(cast.ada, back, *times.items())
    first, last = 60, 20  # days ago
    for record in load_records(cast.ada.athlete, TODAY - timedelta(days=first), TODAY - timedelta(days=last)):
        times = {back: efforts[record.distance_m] for back, efforts in runs if record.distance_m in efforts}
        for effort, known in (
            (record.best, times),
            (record.in_range, {back: time_s for back, time_s in times.items() if last <= back <= first}),
        ):
            if effort is None:
                assert not known
                continue
            best = min(known, key=lambda back: (known[back], -back))
            assert (effort.day, effort.duration_s) == (TODAY - timedelta(days=best), known[best])
            earlier = {back: time_s for back, time_s in times.items() if back > best}
            beaten = min(earlier, key=lambda back: (earlier[back], -back), default=None)
            assert effort.beaten == (
                None if beaten is None else BeatenEffort(TODAY - timedelta(days=beaten), earlier[beaten])
            )


def test_records_load_in_one_statement(ada: User, django_assert_num_queries: DjangoAssertNumQueries):
    with django_assert_num_queries(1):
        assert len(load_records(ada.athlete, TODAY, TODAY)) == 2


def test_records_are_shared_with_activities(cast: Cast, ada: User):
    assert get_records(cast.carl, ada).status_code == 200
    change_consent(ada.athlete, cast.harbour, {"activities": False}, NOON)
    assert_error(get_records(cast.carl, ada), 403, "WITHHELD")
    assert get_records(cast.zora, ada).status_code == 403
    client = Client()
    client.force_login(cast.carl)
    assert client.get(f"/athletes/{ada.public_id}/records").status_code == 403


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("?from=2026-06-02&to=2026-06-01", "RANGE", "to"),
        ("?from=yesterday", "INVALID", "from"),
        ("?since=2026-06-01", "UNKNOWN_FIELD", "since"),
    ],
)
def test_a_wrong_range_is_named(cast: Cast, query: str, code: str, field: str):
    assert_error(get_records(cast.ada, cast.ada, query), 400, code, field)


def test_the_page_lists_records_in_the_units_of_the_viewer(
    cast: Cast, ada: User, django_assert_num_queries: DjangoAssertNumQueries
):
    best = Activity.objects.get(started_at=NOON - timedelta(days=300))
    Athlete.objects.filter(pk=cast.carl.pk).update(unit_system="imperial")
    page = get_page(cast.carl, ada)
    assert "Records of <bdi>Ada</bdi>" in page
    assert '<td data-label="Time" class="number">0:19:00</td>' in page
    assert '<td data-label="Pace" class="number">6:07 /mi</td>' in page
    assert f'<a href="/activities/{best.public_id}"' in page
    assert '0:20:00, <time class="muted" datetime="2024-07-10">Wed 10 Jul 2024</time>' in page
    assert "All time" not in page
    client = Client()
    client.force_login(ada)
    with django_assert_num_queries(OWN_STATEMENTS):
        own = client.get(f"/athletes/{ada.public_id}/records").content.decode()
    assert "<h1>My records</h1>" in own
    assert "3:48 /km" in own


def test_the_page_of_a_range_says_what_is_best_of_all_time(ada: User):
    page = get_page(ada, ada, "?from=2026-01-01&to=")
    assert 'value="2026-01-01"' in page
    assert '<td data-label="Time" class="number">0:19:30</td>' in page
    assert '<td data-label="All time">0:19:00</td>' in page
    assert ">1 km<" not in page
    assert ">This one</span>" in get_page(ada, ada, "?to=2025-08-14")
    assert "No run of these days reached a standard distance." in get_page(ada, ada, "?from=2026-06-09")


def test_the_page_without_runs_says_where_records_come_from(cast: Cast):
    assert "No records yet." in get_page(cast.ben, cast.ben)


def test_the_athletes_page_links_to_the_records(ada: User):
    client = Client()
    client.force_login(ada)
    assert f'href="/athletes/{ada.public_id}/records"' in client.get("/home").content.decode()
