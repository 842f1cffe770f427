"""What has changed is seen on the next read, by everybody who reads it, whatever becomes of Redis meanwhile."""

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
QUESTIONS = {
    "fitness_stats": "/api/v1/analytics/fitness_stats?days=30",
    "running_stats": f"/api/v1/analytics/running_stats?from_timestamp={FROM}&to_timestamp={TO}",
    "activity_stats": f"/api/v2/analytics/activity_stats?{DAYS}",
    "health_metrics": f"/api/v2/analytics/health_metrics?{DAYS}",
}
OF_ACTIVITIES = {"fitness_stats", "running_stats", "activity_stats"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def ada(cast: Cast) -> Any:
    """Ada with a run, an hour's ride and a night's readings."""
    create_run(cast.ada, NOON - timedelta(hours=5), training_load=60.0)
    create_run(
        cast.ada, NOON - timedelta(days=2), activity_type="bike", distance_m=30_000.0, duration_s=3_600.0
    )
    HealthDay.objects.create(athlete=cast.ada.athlete, date=NOON.date(), source="garmin", hrv_rmssd_ms=50.0)
    return cast.ada


class Reader:
    """Somebody who asks about Ada, with one token."""

    def __init__(self, viewer: Any, ada: Any) -> None:
        self.api, self.of = ApiClient(viewer), ada.public_id

    def ask(self, name: str, more: str = "", **headers: str) -> Any:
        return self.api.get(f"{QUESTIONS[name]}&user_id={self.of}{more}", headers=headers)

    def all(self, more: str = "") -> dict[str, tuple[int, Any]]:
        answers = {name: self.ask(name, more) for name in QUESTIONS}
        return {name: (answer.status_code, answer.json()) for name, answer in answers.items()}


# --- what becomes of Redis ------------------------------------------------------------------------------------


class Regime(NamedTuple):
    """What is done to Redis before everything, and around the change."""

    before: Callable[[KillableValkey], None]
    during: Callable[[KillableValkey], Any]


@contextmanager
def hung(valkey: KillableValkey) -> Iterator[None]:
    """Out of reach while the data changes; afterwards everything that was kept is there again."""
    valkey.send_signal(signal.SIGSTOP)
    yield
    valkey.send_signal(signal.SIGCONT)
    time.sleep(PAUSE_S + 0.05)


@contextmanager
def untouched(_: KillableValkey) -> Iterator[None]:
    yield


REGIMES = {
    "up": Regime(lambda valkey: None, untouched),
    "down": Regime(lambda valkey: valkey.kill(), untouched),
    "down in between": Regime(lambda valkey: None, hung),
}


@pytest.fixture(params=REGIMES)
def redis(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`with redis(): change` runs the change under this regime."""
    regime = REGIMES[request.param]
    with run_own_valkey(settings, monkeypatch) as valkey:
        regime.before(valkey)
        yield lambda: regime.during(valkey)


# --- changes of the data ----------------------------------------------------------------------------------------


def right(answer: Any) -> Any:
    assert answer.status_code in (200, 201, 202, 204), answer.content
    return answer


def upload(api: ApiClient) -> None:
    right(
        api.post(
            "/api/v1/activities/upload",
            {"file": SimpleUploadedFile("run.fit", encode_fit(build_steady_run()))},
        )
    )


def enter(api: ApiClient) -> None:
    entry = {
        "activity_type": "run",
        "started_at": "2026-06-10T06:00:00Z",
        "duration": 1_200,
        "distance": 4_000,
    }
    right(api.send_json("post", "/api/v1/activities", entry))


def first_run(api: ApiClient) -> str:
    (activity, *_) = right(api.get("/api/v1/activities?activity_type=run")).json()["data"]
    return f"/api/v1/activities/{activity['activity_id']}"


def edit(api: ApiClient) -> None:
    right(api.send_json("patch", first_run(api), {"distance": 9_000}))


def delete(api: ApiClient) -> None:
    right(api.delete(first_run(api)))


def adas_id() -> str:
    return Athlete.objects.get(user__username="ada").public_id


def correct_threshold(api: ApiClient) -> None:
    changes = {"threshold_pace": 300, "valid_from": "2026-01-01"}
    right(api.send_json("patch", f"/api/v1/athletes/{adas_id()}", changes))
    call_command("remeasure", "--athlete", "ada@example.test", stdout=StringIO())


def move_to_kiritimati(api: ApiClient) -> None:
    right(api.send_json("patch", f"/api/v1/athletes/{adas_id()}", {"timezone": "Pacific/Kiritimati"}))


def read_health(api: ApiClient) -> None:
    days = [{"date": "2026-06-10", "source": "garmin", "hrv_rmssd": 80, "resting_heart_rate": 44}]
    right(api.send_json("put", "/api/v1/health/days", {"days": days}))


CHANGES: dict[Callable[[ApiClient], None], set[str]] = {
    upload: OF_ACTIVITIES,
    enter: OF_ACTIVITIES,
    edit: OF_ACTIVITIES,
    delete: OF_ACTIVITIES,
    correct_threshold: OF_ACTIVITIES,
    move_to_kiritimati: OF_ACTIVITIES,
    read_health: {"health_metrics"},
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_is_in_the_next_answer_of_everybody(
    cast: Cast, ada: Any, redis: Any, change: Callable[[ApiClient], None]
):
    readers = [Reader(ada, ada), Reader(cast.carl, ada)]
    before = [reader.all() for reader in readers]
    assert [reader.all() for reader in readers] == before
    with redis():
        change(ApiClient(ada))
    after = [reader.all() for reader in readers]
    assert after[0] == after[1] == readers[0].all("&refresh=1")
    assert {name for name in QUESTIONS if after[0][name] != before[0][name]} == CHANGES[change]


def test_what_is_read_while_redis_is_away_is_not_what_was_kept(
    cast: Cast, ada: Any, settings: Any, monkeypatch: Any
):
    reader = Reader(ada, ada)
    with run_own_valkey(settings, monkeypatch) as valkey:
        reader.all()
        with hung(valkey):
            delete(ApiClient(ada))
            assert reader.ask("fitness_stats").status_code == 404
            enter(ApiClient(ada))
            assert reader.ask("fitness_stats").json()["data"]["total_distance"] == 4_000
        assert reader.ask("fitness_stats").json()["data"]["total_distance"] == 4_000


def test_a_new_local_day_is_another_answer(ada: Any, redis: Any, clock: Any):
    """Ada's midnight is 22:00 UTC: a run of thirty days ago leaves the last thirty days then, and not at UTC's."""
    create_run(ada, NOON - timedelta(days=29, hours=1))
    reader = Reader(ada, ada)
    clock.move_to(datetime(2026, 6, 10, 21, 59, 59, tzinfo=UTC))
    assert [reader.ask("fitness_stats").json()["data"]["total_activities"] for _ in range(2)] == [2, 2]
    with redis():
        clock.move_to(datetime(2026, 6, 10, 22, 0, 0, tzinfo=UTC))
    answer = reader.ask("fitness_stats")
    assert answer.json()["data"]["to_date"] == "2026-06-11"
    assert answer.json()["data"]["total_activities"] == 1


# --- changes of who may read --------------------------------------------------------------------------------------


def leave(cast: Cast) -> None:
    right(ApiClient(cast.ada).post(f"/api/v1/organizations/{cast.harbour.public_id}/leave"))


def suspend_the_coach(cast: Cast) -> None:
    member = f"/api/v1/organizations/{cast.harbour.public_id}/members/{cast.carl.public_id}"
    right(ApiClient(cast.hanna).send_json("patch", member, {"status": "suspended"}))


def make_the_coach_an_athlete(cast: Cast) -> None:
    Membership.objects.filter(user=cast.carl).update(role="athlete", status=Status.ACTIVE)


@pytest.mark.parametrize(
    "end", [leave, suspend_the_coach, make_the_coach_an_athlete], ids=lambda end: end.__name__
)
def test_who_may_not_read_any_more_gets_nothing_kept(
    cast: Cast, ada: Any, redis: Any, end: Callable[[Cast], None]
):
    coach = Reader(cast.carl, ada)
    assert {status for status, _ in coach.all().values()} == {200}
    etags = {name: coach.ask(name).headers["ETag"] for name in QUESTIONS}
    with redis():
        end(cast)
    assert {status for status, _ in coach.all().values()} == {403}
    assert {coach.ask(name, **{"If-None-Match": etags[name]}).status_code for name in QUESTIONS} == {403}
    assert {status for status, _ in Reader(ada, ada).all().values()} == {200}


def test_consent_that_is_taken_back_holds_from_the_next_read_on(cast: Cast, ada: Any, redis: Any):
    coach = Reader(cast.carl, ada)
    assert {status for status, _ in coach.all().values()} == {200}
    consent = f"/api/v1/organizations/{cast.harbour.public_id}/consent"
    with redis():
        right(
            ApiClient(ada).send_json(
                "put", consent, {"activities": True, "health": False, "goals_and_plans": True}
            )
        )
    statuses = {name: status for name, (status, _) in coach.all().items()}
    assert statuses == dict.fromkeys(OF_ACTIVITIES, 200) | {"health_metrics": 403}
    assert coach.ask("health_metrics").json()["details"]["code"] == "WITHHELD"
    with redis():
        right(
            ApiClient(ada).send_json(
                "put", consent, {"activities": False, "health": True, "goals_and_plans": True}
            )
        )
    statuses = {name: status for name, (status, _) in coach.all().items()}
    assert statuses == dict.fromkeys(OF_ACTIVITIES, 403) | {"health_metrics": 200}
    assert {status for status, _ in Reader(ada, ada).all().values()} == {200}


def test_nobody_is_answered_with_what_was_kept_for_somebody_else(cast: Cast, ada: Any):
    create_run(cast.ben, NOON - timedelta(hours=2), distance_m=7_000.0)
    own = [ApiClient(user).get(QUESTIONS["fitness_stats"]) for user in (ada, cast.ben, ada, cast.ben)]
    assert [answer.headers["X-Cache"] for answer in own] == ["miss", "miss", "hit", "hit"]
    assert [answer.json()["data"]["total_distance"] for answer in own] == [10_000, 7_000, 10_000, 7_000]
    of_ben = Reader(cast.carl, cast.ben)
    assert of_ben.ask("fitness_stats").json()["data"]["total_distance"] == 7_000


def test_two_coaches_share_what_is_kept_and_the_athlete_does_not(cast: Cast, ada: Any):
    viewers = (ada, cast.carl, cast.asha, cast.stella)
    found = [Reader(viewer, ada).ask("running_stats") for viewer in viewers]
    assert [answer.headers["X-Cache"] for answer in found] == ["miss", "miss", "hit", "miss"]
    own, carls, ashas, stellas = [answer.headers["ETag"] for answer in found]
    assert carls == ashas
    assert len({own, carls, stellas}) == 3
    assert len({answer.content for answer in found}) == 1


# --- conditional requests -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize(("viewer", "statements"), [("ada", 1), ("carl", 2)])
def test_what_the_caller_has_is_304_before_anything_is_computed(
    cast: Cast, ada: Any, name: str, viewer: str, statements: int
):
    """The token with its person; for a coach the athlete among those she may see. No sums, and no body."""
    reader = Reader(getattr(cast, viewer), ada)
    etag = reader.ask(name).headers["ETag"]
    assert etag.startswith('W/"')
    for tags in (etag, etag.removeprefix("W/"), f'"x", {etag}'):
        with CaptureQueriesContext(connection) as captured:
            answer = reader.ask(name, **{"If-None-Match": tags})
        assert (answer.status_code, answer.content, len(captured)) == (304, b"", statements)
        assert answer.headers["ETag"] == etag


@pytest.mark.parametrize("name", QUESTIONS)
def test_after_a_change_the_tag_is_another_one(ada: Any, name: str):
    reader = Reader(ada, ada)
    etag = reader.ask(name).headers["ETag"]
    enter(ApiClient(ada))
    answer = reader.ask(name, **{"If-None-Match": etag})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != etag


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_headers_say_what_may_be_done_with_an_answer(ada: Any, name: str, clock: Any):
    reader = Reader(ada, ada)
    first = reader.ask(name)
    clock.shift(timedelta(seconds=7))
    second, fresh = reader.ask(name), reader.ask(name, "&refresh=true")
    told = [(answer.headers["X-Cache"], answer.headers["Age"]) for answer in (first, second, fresh)]
    assert told == [("miss", "0"), ("hit", "7"), ("refresh", "0")]
    assert len({answer.headers["ETag"] for answer in (first, second, fresh)}) == 1
    assert len({answer.content for answer in (first, second, fresh)}) == 1
    for answer in (first, second, fresh):
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert {"Authorization", "Cookie", "X-API-Key", "Accept"} <= set(answer.headers["Vary"].split(", "))
        assert answer.headers["Content-Type"] == "application/json"


def test_without_redis_the_cache_says_that_it_is_off(ada: Any, settings: Any, monkeypatch: Any):
    with run_own_valkey(settings, monkeypatch) as valkey:
        valkey.kill()
        for more in ("", "&refresh=1"):
            answer = Reader(ada, ada).ask("running_stats", more)
            assert (answer.status_code, answer.headers["X-Cache"], answer.headers["Age"]) == (200, "off", "0")


def test_the_token_is_no_part_of_the_tag_and_the_question_is(ada: Any):
    one, other = Reader(ada, ada), Reader(ada, ada)
    assert one.ask("running_stats").headers["ETag"] == other.ask("running_stats").headers["ETag"]
    tags = {
        one.ask("running_stats", more).headers["ETag"]
        for more in ("", "&timezone=UTC", "&metric_type=duration")
    }
    assert len(tags) == 3
    assert ApiClient(ada).get(QUESTIONS["running_stats"]).headers["ETag"] in tags


def test_an_answer_without_data_is_not_kept(ada: Any):
    Activity.objects.filter(athlete_id=ada.pk).delete()
    reader = Reader(ada, ada)
    for _ in range(2):
        answer = reader.ask("fitness_stats")
        assert answer.status_code == 404
        assert "ETag" not in answer.headers
    enter(ApiClient(ada))
    assert reader.ask("fitness_stats").status_code == 200
