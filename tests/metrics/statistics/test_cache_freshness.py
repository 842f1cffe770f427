"""A change is in the next answer for every reader, also if Redis is down or hangs meanwhile."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any, NamedTuple

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from athletes.models import Athlete, Membership
from athletes.roles import Status
from metrics.files.xml.writer import encode_fit
from metrics.models import Activity, HealthDay
from tests.support.cast import NOON, ApiClient, Cast, create_run
from tests.support.recordings import build_steady_run
from tests.support.valkey_process import PAUSE_S, KillableValkey, run_own_valkey

FROM, TO = int((NOON - timedelta(days=30)).timestamp()), int((NOON + timedelta(days=2)).timestamp())
DAYS = "start_date=2026-05-12&end_date=2026-06-12"
URLS = {
    "fitness_stats": "/api/v1/analytics/fitness_stats?days=30",
    "running_stats": f"/api/v1/analytics/running_stats?from_timestamp={FROM}&to_timestamp={TO}",
    "activity_stats": f"/api/v2/analytics/activity_stats?{DAYS}",
    "health_metrics": f"/api/v2/analytics/health_metrics?{DAYS}",
}
ACTIVITY_STATISTICS = {"fitness_stats", "running_stats", "activity_stats"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def ada(cast: Cast) -> Any:
    """Ada with a run, a ride of an hour and an HRV reading."""
    create_run(cast.ada, NOON - timedelta(hours=5), training_load=60.0)
    create_run(
        cast.ada, NOON - timedelta(days=2), activity_type="bike", distance_m=30_000.0, duration_s=3_600.0
    )
    HealthDay.objects.create(athlete=cast.ada.athlete, date=NOON.date(), source="garmin", hrv_rmssd_ms=50.0)
    return cast.ada


class Reader:
    """A user with one token who reads Ada's statistics."""

    def __init__(self, viewer: Any, ada: Any) -> None:
        self.api, self.athlete_id = ApiClient(viewer), ada.public_id

    def get_stats(self, name: str, suffix: str = "", **headers: str) -> Any:
        return self.api.get(f"{URLS[name]}&user_id={self.athlete_id}{suffix}", headers=headers)

    def get_all(self, suffix: str = "") -> dict[str, tuple[int, Any]]:
        answers = {name: self.get_stats(name, suffix) for name in URLS}
        return {name: (answer.status_code, answer.json()) for name, answer in answers.items()}


# --- states of Redis ---


class RedisState(NamedTuple):
    """What happens to Redis before the test, and during the change."""

    before: Callable[[KillableValkey], None]
    during: Callable[[KillableValkey], Any]


@contextmanager
def hang_redis(valkey: KillableValkey) -> Iterator[None]:
    """Redis does not answer while the data changes. Afterwards its cached answers are there again."""
    valkey.send_signal(signal.SIGSTOP)
    yield
    valkey.send_signal(signal.SIGCONT)
    time.sleep(PAUSE_S + 0.05)


@contextmanager
def leave_redis_up(_: KillableValkey) -> Iterator[None]:
    yield


REDIS_STATES = {
    "up": RedisState(lambda valkey: None, leave_redis_up),
    "down": RedisState(lambda valkey: valkey.kill(), leave_redis_up),
    "down in between": RedisState(lambda valkey: None, hang_redis),
}


@pytest.fixture(params=REDIS_STATES)
def redis(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`with redis(): change` runs the change in this state of Redis."""
    state = REDIS_STATES[request.param]
    with run_own_valkey(settings, monkeypatch) as valkey:
        state.before(valkey)
        yield lambda: state.during(valkey)


# --- changes of data ---


def check_success(answer: Any) -> Any:
    assert answer.status_code in (200, 201, 202, 204), answer.content
    return answer


def upload_run(api: ApiClient) -> None:
    check_success(
        api.post(
            "/api/v1/activities/upload",
            {"file": SimpleUploadedFile("run.fit", encode_fit(build_steady_run()))},
        )
    )


def record_stored_run_again(api: ApiClient) -> None:
    """By a device, one minute later: the file takes over the run that was entered by hand."""
    run = build_steady_run(NOON - timedelta(hours=5) + timedelta(minutes=1), duration_s=2_900)
    answer = check_success(
        api.post("/api/v1/activities/upload", {"file": SimpleUploadedFile("run.fit", encode_fit(run))})
    )
    assert answer.json()["data"]["activities"][0]["activity_id"] in get_first_run_path(api)


def enter_activity(api: ApiClient) -> None:
    entry = {
        "activity_type": "run",
        "started_at": "2026-06-10T06:00:00Z",
        "duration": 1_200,
        "distance": 4_000,
    }
    check_success(api.send_json("post", "/api/v1/activities", entry))


def get_first_run_path(api: ApiClient) -> str:
    (activity, *_) = check_success(api.get("/api/v1/activities?activity_type=run")).json()["data"]
    return f"/api/v1/activities/{activity['activity_id']}"


def edit_activity(api: ApiClient) -> None:
    check_success(api.send_json("patch", get_first_run_path(api), {"distance": 9_000}))


def delete_activity(api: ApiClient) -> None:
    check_success(api.delete(get_first_run_path(api)))


def get_adas_id() -> str:
    return Athlete.objects.get(user__username="ada").public_id


def correct_threshold(api: ApiClient) -> None:
    changes = {"threshold_pace": 300, "valid_from": "2026-01-01"}
    check_success(api.send_json("patch", f"/api/v1/athletes/{get_adas_id()}", changes))
    call_command("remeasure", "--athlete", "ada@example.test", stdout=StringIO())


def move_to_kiritimati(api: ApiClient) -> None:
    check_success(
        api.send_json("patch", f"/api/v1/athletes/{get_adas_id()}", {"timezone": "Pacific/Kiritimati"})
    )


def store_health_day(api: ApiClient) -> None:
    days = [{"date": "2026-06-10", "source": "garmin", "hrv_rmssd": 80, "resting_heart_rate": 44}]
    check_success(api.send_json("put", "/api/v1/health/days", {"days": days}))


CHANGES: dict[Callable[[ApiClient], None], set[str]] = {
    upload_run: ACTIVITY_STATISTICS,
    record_stored_run_again: ACTIVITY_STATISTICS,
    enter_activity: ACTIVITY_STATISTICS,
    edit_activity: ACTIVITY_STATISTICS,
    delete_activity: ACTIVITY_STATISTICS,
    correct_threshold: ACTIVITY_STATISTICS,
    move_to_kiritimati: ACTIVITY_STATISTICS,
    store_health_day: {"health_metrics"},
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_is_in_the_next_answer_for_every_reader(
    cast: Cast, ada: Any, redis: Any, change: Callable[[ApiClient], None]
):
    readers = [Reader(ada, ada), Reader(cast.carl, ada)]
    before = [reader.get_all() for reader in readers]
    assert [reader.get_all() for reader in readers] == before
    with redis():
        change(ApiClient(ada))
    after = [reader.get_all() for reader in readers]
    assert after[0] == after[1] == readers[0].get_all("&refresh=1")
    assert {name for name in URLS if after[0][name] != before[0][name]} == CHANGES[change]


def test_a_change_while_redis_hangs_replaces_the_cached_answer(
    cast: Cast, ada: Any, settings: Any, monkeypatch: Any
):
    reader = Reader(ada, ada)
    with run_own_valkey(settings, monkeypatch) as valkey:
        reader.get_all()
        with hang_redis(valkey):
            delete_activity(ApiClient(ada))
            assert reader.get_stats("fitness_stats").status_code == 404
            enter_activity(ApiClient(ada))
            assert reader.get_stats("fitness_stats").json()["data"]["total_distance"] == 4_000
        assert reader.get_stats("fitness_stats").json()["data"]["total_distance"] == 4_000


def test_a_new_local_day_gives_a_new_answer(ada: Any, redis: Any, clock: Any):
    """Ada's midnight is 22:00 UTC. At that time, a run leaves the last thirty days."""
    create_run(ada, NOON - timedelta(days=29, hours=1))
    reader = Reader(ada, ada)
    clock.move_to(datetime(2026, 6, 10, 21, 59, 59, tzinfo=UTC))
    assert [reader.get_stats("fitness_stats").json()["data"]["total_activities"] for _ in range(2)] == [2, 2]
    with redis():
        clock.move_to(datetime(2026, 6, 10, 22, 0, 0, tzinfo=UTC))
    answer = reader.get_stats("fitness_stats")
    assert answer.json()["data"]["to_date"] == "2026-06-11"
    assert answer.json()["data"]["total_activities"] == 1


# --- changes of access ---


def leave_organization(cast: Cast) -> None:
    check_success(ApiClient(cast.ada).post(f"/api/v1/organizations/{cast.harbour.public_id}/leave"))


def suspend_coach(cast: Cast) -> None:
    member = f"/api/v1/organizations/{cast.harbour.public_id}/members/{cast.carl.public_id}"
    check_success(ApiClient(cast.hanna).send_json("patch", member, {"status": "suspended"}))


def change_coach_to_athlete(cast: Cast) -> None:
    Membership.objects.filter(user=cast.carl).update(role="athlete", status=Status.ACTIVE)


@pytest.mark.parametrize(
    "remove_access",
    [leave_organization, suspend_coach, change_coach_to_athlete],
    ids=lambda remove_access: remove_access.__name__,
)
def test_a_coach_without_access_gets_no_cached_answer(
    cast: Cast, ada: Any, redis: Any, remove_access: Callable[[Cast], None]
):
    coach = Reader(cast.carl, ada)
    assert {status for status, _ in coach.get_all().values()} == {200}
    etags = {name: coach.get_stats(name).headers["ETag"] for name in URLS}
    with redis():
        remove_access(cast)
    assert {status for status, _ in coach.get_all().values()} == {403}
    assert {coach.get_stats(name, **{"If-None-Match": etags[name]}).status_code for name in URLS} == {403}
    assert {status for status, _ in Reader(ada, ada).get_all().values()} == {200}


def test_withdrawn_consent_applies_from_the_next_request_on(cast: Cast, ada: Any, redis: Any):
    coach = Reader(cast.carl, ada)
    assert {status for status, _ in coach.get_all().values()} == {200}
    consent = f"/api/v1/organizations/{cast.harbour.public_id}/consent"
    with redis():
        check_success(
            ApiClient(ada).send_json(
                "put", consent, {"activities": True, "health": False, "goals_and_plans": True}
            )
        )
    statuses = {name: status for name, (status, _) in coach.get_all().items()}
    assert statuses == dict.fromkeys(ACTIVITY_STATISTICS, 200) | {"health_metrics": 403}
    assert coach.get_stats("health_metrics").json()["details"]["code"] == "WITHHELD"
    with redis():
        check_success(
            ApiClient(ada).send_json(
                "put", consent, {"activities": False, "health": True, "goals_and_plans": True}
            )
        )
    statuses = {name: status for name, (status, _) in coach.get_all().items()}
    assert statuses == dict.fromkeys(ACTIVITY_STATISTICS, 403) | {"health_metrics": 200}
    assert {status for status, _ in Reader(ada, ada).get_all().values()} == {200}


def test_no_user_gets_the_cached_answer_of_another_athlete(cast: Cast, ada: Any):
    create_run(cast.ben, NOON - timedelta(hours=2), distance_m=7_000.0)
    answers = [ApiClient(user).get(URLS["fitness_stats"]) for user in (ada, cast.ben, ada, cast.ben)]
    assert [answer.headers["X-Cache"] for answer in answers] == ["miss", "miss", "hit", "hit"]
    assert [answer.json()["data"]["total_distance"] for answer in answers] == [10_000, 7_000, 10_000, 7_000]
    of_ben = Reader(cast.carl, cast.ben)
    assert of_ben.get_stats("fitness_stats").json()["data"]["total_distance"] == 7_000


def test_two_coaches_share_a_cached_answer_and_the_athlete_has_another(cast: Cast, ada: Any):
    viewers = (ada, cast.carl, cast.asha, cast.stella)
    answers = [Reader(viewer, ada).get_stats("running_stats") for viewer in viewers]
    assert [answer.headers["X-Cache"] for answer in answers] == ["miss", "miss", "hit", "miss"]
    adas, carls, ashas, stellas = [answer.headers["ETag"] for answer in answers]
    assert carls == ashas
    assert len({adas, carls, stellas}) == 3
    assert len({answer.content for answer in answers}) == 1


# --- conditional requests ---


@pytest.mark.parametrize("name", URLS)
@pytest.mark.parametrize(("viewer", "statements"), [("ada", 1), ("carl", 2)])
def test_a_known_etag_gets_304_without_computing_the_answer(
    cast: Cast, ada: Any, name: str, viewer: str, statements: int
):
    """Token with its user; for a coach the visible athlete. No sums and no body."""
    reader = Reader(getattr(cast, viewer), ada)
    etag = reader.get_stats(name).headers["ETag"]
    assert etag.startswith('W/"')
    for tags in (etag, etag.removeprefix("W/"), f'"x", {etag}'):
        with CaptureQueriesContext(connection) as captured:
            answer = reader.get_stats(name, **{"If-None-Match": tags})
        assert (answer.status_code, answer.content, len(captured)) == (304, b"", statements)
        assert answer.headers["ETag"] == etag


@pytest.mark.parametrize("name", URLS)
def test_a_change_gives_a_new_etag(ada: Any, name: str):
    reader = Reader(ada, ada)
    etag = reader.get_stats(name).headers["ETag"]
    enter_activity(ApiClient(ada))
    answer = reader.get_stats(name, **{"If-None-Match": etag})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != etag


@pytest.mark.parametrize("name", URLS)
def test_the_headers_of_hit_miss_and_refresh(ada: Any, name: str, clock: Any):
    reader = Reader(ada, ada)
    first = reader.get_stats(name)
    clock.shift(timedelta(seconds=7))
    second, fresh = reader.get_stats(name), reader.get_stats(name, "&refresh=true")
    cache_headers = [(answer.headers["X-Cache"], answer.headers["Age"]) for answer in (first, second, fresh)]
    assert cache_headers == [("miss", "0"), ("hit", "7"), ("refresh", "0")]
    assert len({answer.headers["ETag"] for answer in (first, second, fresh)}) == 1
    assert len({answer.content for answer in (first, second, fresh)}) == 1
    for answer in (first, second, fresh):
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert {"Authorization", "Cookie", "X-API-Key", "Accept"} <= set(answer.headers["Vary"].split(", "))
        assert answer.headers["Content-Type"] == "application/json"


def test_without_redis_the_cache_header_is_off(ada: Any, settings: Any, monkeypatch: Any):
    with run_own_valkey(settings, monkeypatch) as valkey:
        valkey.kill()
        for suffix in ("", "&refresh=1"):
            answer = Reader(ada, ada).get_stats("running_stats", suffix)
            assert (answer.status_code, answer.headers["X-Cache"], answer.headers["Age"]) == (200, "off", "0")


def test_the_etag_depends_on_the_parameters_and_not_on_the_token(ada: Any):
    first, second = Reader(ada, ada), Reader(ada, ada)
    assert (
        first.get_stats("running_stats").headers["ETag"] == second.get_stats("running_stats").headers["ETag"]
    )
    tags = {
        first.get_stats("running_stats", suffix).headers["ETag"]
        for suffix in ("", "&timezone=UTC", "&metric_type=duration")
    }
    assert len(tags) == 3
    assert ApiClient(ada).get(URLS["running_stats"]).headers["ETag"] in tags


def test_an_answer_without_data_is_not_cached(ada: Any):
    Activity.objects.filter(athlete_id=ada.pk).delete()
    reader = Reader(ada, ada)
    for _ in range(2):
        answer = reader.get_stats("fitness_stats")
        assert answer.status_code == 404
        assert "ETag" not in answer.headers
    enter_activity(ApiClient(ada))
    assert reader.get_stats("fitness_stats").status_code == 200
