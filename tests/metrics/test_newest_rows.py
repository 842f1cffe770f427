"""Lists of activities and health days: the same pages as one slow query, read by the index alone."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from athletes.models import Athlete, User
from athletes.organizations.consent import change_consent
from athletes.rights import Category
from metrics.activities.descriptions import load_description_reader
from metrics.activities.serializers import serialize_activity
from metrics.health.serializers import serialize_health_day
from metrics.models import Activity, HealthDay
from metrics.newest_rows import NewestRows
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_people, create_run

ACTIVITIES, DAYS = "/api/v1/activities", "/api/v1/health/days"
VIEWERS = ("hanna", "carl", "asha", "ada", "ben", "zora", "zoe", "otto", "stella")
ACTIVITY_FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"activity_type": "bike"},
    {"is_race": "1"},
    {"min_distance": "9000", "source": "file"},
    {"start_date": "2026-05-20", "end_date": "2026-06-01"},
    {"end_date": "2026-05-01"},
)
DAY_FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"source": "whoop"},
    {"start_date": "2026-06-01"},
    {"end_date": "2026-05-25"},
)
PAGES = ({"page_size": "7"}, {"page": "3", "page_size": "20"})


@pytest.fixture
def crowd(cast: Cast) -> Cast:
    """Random activities and health days of everybody, many at the same time, few of most people."""
    rng = random.Random(20260610)
    more = create_people({f"runner{number}": {} for number in range(9)}, {})
    for runner in more.values():
        create_member(runner, cast.harbour)
    people = [*more.values(), *(getattr(cast, name) for name in VIEWERS)]
    activities = [_build_activity(rng, person) for person in people for _ in range(rng.choice((0, 3, 25)))]
    activities += [_build_activity(rng, person) for person in (cast.ada, cast.ben, cast.zoe) for _ in "12345"]
    Activity.objects.bulk_create(activities)
    days = {
        (person.pk, NOON.date() - timedelta(days=rng.randrange(40)), rng.choice(("garmin", "whoop")))
        for person in people
        for _ in range(rng.choice((3, 20)))
    }
    HealthDay.objects.bulk_create(
        HealthDay(athlete_id=athlete, date=day, source=source, sleep_s=25_000)
        for athlete, day, source in sorted(days)
    )
    change_consent(cast.ben.athlete, cast.harbour, {Category.ACTIVITIES: False}, NOON)
    change_consent(cast.ada.athlete, cast.harbour, {Category.HEALTH: False}, NOON)
    return cast


def _build_activity(rng: random.Random, person: User) -> Activity:
    started_at = NOON - timedelta(hours=rng.randrange(0, 60 * 24, 6))
    offset_min = rng.choice((None, -720, 120, 840))
    return Activity(
        athlete_id=person.pk,
        started_at=started_at,
        utc_offset_min=offset_min,
        local_date=(started_at + timedelta(minutes=offset_min or 0)).date(),
        activity_type=rng.choice(("run", "bike")),
        is_race=rng.random() < 0.2,
        distance_m=rng.choice((None, 5_000.0, 10_000.0)),
        duration_s=3_000.0,
        source=rng.choice(("file", "manual")),
        recorded={},
    )


def build_slow_answer(rows: QuerySet[Any], serialize: Any, paging: dict[str, str]) -> Any:
    """The whole answer from one query that asks the visibility rule of every row."""
    page, size = int(paging.get("page", 1)), int(paging.get("page_size", 50))
    data = [serialize(row) for row in list(rows)[(page - 1) * size : page * size]]
    total = rows.count()
    totals = {"page": page, "page_size": size, "total": total, "total_pages": -(-total // size)}
    return json.loads(json.dumps({"status": "ok", "data": data, "pagination": totals}, default=write_value))


def write_value(value: Any) -> str:
    return str(value.isoformat()).replace("+00:00", "Z")


def filter_slowly(rows: QuerySet[Any], filters: dict[str, str]) -> QuerySet[Any]:
    """By local date alone, without the index."""
    day = "local_date" if rows.model is Activity else "date"
    lookups = {"start_date": f"{day}__gte", "end_date": f"{day}__lte", "min_distance": "distance_m__gte"}
    return rows.filter(**{lookups.get(name, name): value for name, value in filters.items()})


def test_pages_of_activities_equal_one_query_with_the_visibility_rule(crowd: Cast):
    compared = 0
    for viewer in VIEWERS:
        user = getattr(crowd, viewer)
        visible = Activity.objects.among(Athlete.objects.visible_to(user, Category.ACTIVITIES))
        for filters in ACTIVITY_FILTERS:
            for paging in PAGES[: 1 if filters else None]:
                rows = filter_slowly(visible, filters)
                reader = load_description_reader(user, rows.values_list("athlete_id", flat=True))
                expected = build_slow_answer(rows, partial(serialize_activity, reader=reader), paging)
                assert ApiClient(user).get(ACTIVITIES, filters | paging).json() == expected, (viewer, filters)
                compared += len(expected["data"])
    assert compared > 200


def test_pages_of_health_days_equal_one_query_with_the_visibility_rule(crowd: Cast):
    compared = 0
    for viewer in VIEWERS:
        user = getattr(crowd, viewer)
        visible = HealthDay.objects.filter(athlete__in=Athlete.objects.visible_to(user, Category.HEALTH))
        for filters in DAY_FILTERS:
            for paging in PAGES[: 1 if filters else None]:
                rows = filter_slowly(visible, filters)
                expected = build_slow_answer(rows, serialize_health_day, paging)
                assert ApiClient(user).get(DAYS, filters | paging).json() == expected, (viewer, filters)
                compared += len(expected["data"])
    assert compared > 200


@pytest.mark.parametrize("candidates", [0, 40, 10_000])
def test_every_page_is_right_however_few_candidates_are_read(crowd: Cast, candidates: int):
    """0 candidates: a few of each athlete, and no time is found when one athlete has nearly all rows."""
    athletes = sorted(Athlete.objects.values_list("pk", flat=True))
    expected = list(Activity.objects.values_list("pk", flat=True))
    rows = NewestRows(Activity.objects.all(), athletes, "started_at", candidates=candidates)
    for size in (9, 50):
        for start in range(0, len(expected) + size, size):
            total, page = rows.read_page(start, start + size)
            assert total == len(expected)
            assert [row.pk for row in page] == expected[start : start + size]


def test_a_total_ends_at_its_maximum_and_later_pages_have_rows(crowd: Cast):
    athletes = sorted(Athlete.objects.values_list("pk", flat=True))
    expected = list(Activity.objects.values_list("pk", flat=True))
    few = NewestRows(Activity.objects.all(), athletes, "started_at", max_total=20)
    for start in (0, 10, 20, 40, len(expected) - 5, len(expected)):
        total, page = few.read_page(start, start + 10)
        assert (total, [row.pk for row in page]) == (20, expected[start : start + 10])
    one = NewestRows(Activity.objects.all(), [crowd.ada.pk], "started_at", max_total=2)
    assert one.read_page(0, 1)[0] == 2
    assert len(one.read_page(2, 4)[1]) == 2


def test_a_list_of_nobody_is_empty_and_takes_no_statement(crowd: Cast, django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        assert NewestRows(Activity.objects.all(), [], "started_at").read_page(0, 50) == (0, [])


@pytest.mark.parametrize(("offset_min", "local_day"), [(-720, date(2026, 6, 9)), (840, date(2026, 6, 10))])
def test_a_filter_by_local_date_finds_starts_on_another_day_of_utc(
    cast: Cast, offset_min: int, local_day: date
):
    started_at = NOON.replace(hour=11, minute=59) - timedelta(days=offset_min > 0)
    create_run(cast.ada, started_at, utc_offset_min=offset_min, local_date=local_day)
    for distance, found in ((-1, 0), (0, 1), (1, 0)):
        day = str(local_day + timedelta(days=distance))
        answer = ApiClient(cast.ada).get(ACTIVITIES, {"start_date": day, "end_date": day})
        assert len(answer.json()["data"]) == found


# Others have 200 athletes with 100 activities and 100 health days each.
COPY_ACTIVITIES = """
INSERT INTO metrics_activity ({columns})
SELECT {values} FROM metrics_activity, unnest(%s::uuid[]) AS athlete(id), generate_series(1, 100) AS n
 ORDER BY athlete.id, n"""
MAX_BUFFERS = 400  # of 20,000 rows in 1,300 blocks; nearly all are one look into the index for each athlete


@pytest.fixture
def large_table(cast: Cast) -> Sequence[UUID]:
    """The ids of 20 athletes of 200, in a table of 20,000 activities."""
    people = create_people({f"runner{number}": {} for number in range(200)}, {})
    ids = [person.pk for person in people.values()]
    create_run(cast.otto)
    fields = {field.column: f'"{field.column}"' for field in Activity._meta.concrete_fields}
    fields |= {"id": "gen_random_uuid()", "athlete_id": "athlete.id"}
    fields |= {"started_at": "started_at - n * interval '1 day' - random() * interval '1 hour'"}
    sql = COPY_ACTIVITIES.format(
        columns=", ".join(f'"{name}"' for name in fields), values=", ".join(f for f in fields.values())
    ).replace('"started_at" - n', "metrics_activity.started_at - n")
    with connection.cursor() as cursor:
        cursor.execute(sql, [ids])
        cursor.execute("ANALYZE metrics_activity")
    return ids[:20]


def explain_statements(captured: CaptureQueriesContext) -> list[str]:
    plans = []
    with connection.cursor() as cursor:
        for query in list(captured):
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {query['sql']}")
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
    return plans


def read_buffers(plan: str) -> int:
    """The blocks that the whole statement touched: the first line about buffers."""
    line = next(line for line in plan.splitlines() if "Buffers:" in line)
    return sum(int(word.partition("=")[2]) for word in line.split() if word.startswith(("hit=", "read=")))


@pytest.mark.parametrize("athletes", [1, 20])
def test_a_page_reads_the_index_and_few_blocks(large_table: Sequence[UUID], athletes: int):
    with CaptureQueriesContext(connection) as captured:
        rows = NewestRows(Activity.objects.all(), large_table[:athletes], "started_at")
        total, page = rows.read_page(0, 50)
    assert (total, len(page)) == (100 * athletes, 50)
    plans = explain_statements(captured)
    assert len(plans) == 2
    for plan in plans:
        assert "activity_statistics" in plan
        assert "Seq Scan on metrics_activity" not in plan
        assert read_buffers(plan) <= MAX_BUFFERS * (1 if athletes > 1 else 0.5), plan
