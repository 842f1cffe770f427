"""Numbers of unread comments: of a person, on roster rows, and never an old one from a kept answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from athletes.models import Athlete, Membership, User
from athletes.organizations.api_keys import ApiKeyUser
from athletes.organizations.consent import change_consent
from athletes.roles import Role, Status
from coaching.comments.changes import add_comment
from coaching.comments.threads import CommentThread, mark_thread_read
from coaching.comments.unread import count_unread, count_unread_by_athlete
from coaching.models import Comment, CommentRead
from coaching.models.comment_querysets import TARGET_CATEGORIES
from metrics.models import Activity
from tests.coaching.calendar.calendar_fixtures import create_session
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_run

ROSTER = "/api/v1/analytics/coach_athletes_metrics"
DAY = NOON.date()


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def write_on_day(author: User, athlete: User, day: Any = DAY) -> Comment:
    return add_comment(author, athlete.pk, "x", NOON, activity_id=None, day=day)


def write_on_run(author: User, run: Activity) -> Comment:
    return add_comment(author, run.athlete_id, "x", NOON, activity_id=run.pk, day=None)


def read_roster(api: Any, **query: str) -> tuple[str, dict[str, int]]:
    """Where the answer came from, and the unread comments of each athlete."""
    answer = api.get(ROSTER, query)
    rows = answer.json()["data"]["athletes"]
    return answer.headers["X-Cache"], {row["username"]: row["unread_comments"] for row in rows}


def read_me(user: User) -> int:
    number: int = ApiClient(user).get("/api/v1/auth/me").json()["unread_comments"]
    return number


def test_each_person_has_own_numbers(cast: Cast):
    run = create_run(cast.ada)
    write_on_run(cast.carl, run)
    write_on_day(cast.ada, cast.ada)
    write_on_day(cast.ben, cast.ben)
    assert [count_unread(user, NOON) for user in (cast.ada, cast.ben, cast.carl, cast.hanna)] == [1, 0, 2, 3]
    assert count_unread_by_athlete(cast.hanna, NOON) == {cast.ada.pk: 2, cast.ben.pk: 1}
    for outsider in (cast.zora, cast.zoe, cast.otto, cast.lea, cast.stella):
        assert count_unread(outsider, NOON) == 0
    assert (read_me(cast.hanna), read_me(cast.ada), read_me(cast.stella)) == (3, 1, 0)


def test_numbers_follow_consent_and_membership(cast: Cast):
    write_on_run(cast.ada, create_run(cast.ada))
    write_on_day(cast.ada, cast.ada)
    assert count_unread(cast.carl, NOON) == 2
    change_consent(cast.ada.athlete, cast.harbour, {"health": False, "activities": True}, NOON)
    assert count_unread(cast.carl, NOON) == 1
    create_member(cast.ada, cast.hill)
    assert count_unread(cast.zora, NOON) == 2
    Membership.objects.filter(user=cast.ada, organization=cast.harbour).update(status=Status.SUSPENDED)
    assert count_unread(cast.carl, NOON) == 0


def test_a_coach_of_two_clubs_of_an_athlete_counts_a_comment_once(cast: Cast):
    create_member(cast.ada, cast.hill)
    create_member(cast.carl, cast.hill, Role.COACH)
    write_on_day(cast.ada, cast.ada)
    assert count_unread_by_athlete(cast.carl, NOON) == {cast.ada.pk: 1}


def test_numbers_take_two_statements_and_those_of_a_key_none(cast: Cast, django_assert_num_queries: Any):
    key = ApiKeyUser(cast.harbour.pk, frozenset({"read"}))
    write_on_day(cast.ada, cast.ada)
    for user in (cast.carl, cast.stella, cast.otto):
        with django_assert_num_queries(2):
            count_unread(user, NOON)
    with django_assert_num_queries(0):
        assert count_unread_by_athlete(key, NOON) == {}


def test_a_kept_roster_never_has_an_old_number(cast: Cast):
    carl, hanna = ApiClient(cast.carl), ApiClient(cast.hanna)
    run, none = create_run(cast.ada), {"ada": 0, "ben": 0}
    assert [read_roster(api)[1] for api in (carl, hanna)] == [none, none]
    write_on_run(cast.ada, run)
    one = {"ada": 1, "ben": 0}
    assert [read_roster(api) for api in (carl, hanna, carl)] == [("miss", one), ("miss", one), ("hit", one)]
    assert carl.post(f"/api/v1/activities/{run.public_id}/comments/read").status_code == 204
    assert [read_roster(api) for api in (carl, hanna)] == [("miss", none), ("hit", one)]
    comment = write_on_day(cast.hanna, cast.ben)
    assert read_roster(carl)[1] == {"ada": 0, "ben": 1}
    assert hanna.delete(f"/api/v1/comments/{comment.public_id}").status_code == 204
    assert [read_roster(api)[1] for api in (carl, hanna)] == [none, one]


def test_an_unchanged_roster_is_304_until_a_comment_is_read(cast: Cast):
    api, run = ApiClient(cast.carl), create_run(cast.ada)
    write_on_run(cast.ada, run)
    etag = api.get(ROSTER).headers["ETag"]
    assert api.get(ROSTER, headers={"If-None-Match": etag}).status_code == 304
    api.post(f"/api/v1/activities/{run.public_id}/comments/read")
    assert api.get(ROSTER, headers={"If-None-Match": etag}).status_code == 200


def test_the_roster_of_a_club_with_withheld_data_counts_fresh_too(cast: Cast):
    change_consent(cast.ben.athlete, cast.harbour, {"health": False}, NOON)
    api = ApiClient(cast.carl)
    write_on_day(cast.ben, cast.ben)
    write_on_day(cast.ada, cast.ada)
    assert read_roster(api) == ("off", {"ada": 1, "ben": 0})
    mark_thread_read(CommentThread(cast.ada.pk, day=DAY), cast.carl, NOON)
    assert read_roster(api) == ("off", {"ada": 0, "ben": 0})


def test_marking_twice_at_once_stores_one_mark(cast: Cast):
    comment = write_on_day(cast.carl, cast.ada)
    CommentRead.objects.create(comment=comment, reader=cast.ada, read_at=NOON)
    version = Athlete.objects.get(pk=cast.ada.pk).data_version
    mark_thread_read(CommentThread(cast.ada.pk, day=DAY), cast.ada, NOON)
    assert CommentRead.objects.count() == 1
    assert Athlete.objects.get(pk=cast.ada.pk).data_version == version


AUTHORS = ("ada", "carl", "hanna")
TARGETS = st.sampled_from(("run", "day", "session"))
READERS = ("ada", "carl", "hanna", "asha", "zora")
STEP = st.tuples(st.just("write"), st.sampled_from(AUTHORS), TARGETS) | st.tuples(
    st.just("read"), st.sampled_from(READERS[:4]), TARGETS
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=12))
def test_numbers_equal_a_simple_model(cast: Cast, steps: list[tuple[str, str, str]]):
    """Whoever writes and reads in whatever order: new is what others wrote since one read it."""
    Comment.objects.all().delete()
    Activity.objects.all().delete()
    run, session = create_run(cast.ada), create_session(cast.ada, DAY)
    threads = {
        "run": CommentThread(cast.ada.pk, activity_id=run.pk),
        "day": CommentThread(cast.ada.pk, day=DAY),
        "session": CommentThread(cast.ada.pk, session_id=session.pk),
    }
    unread: dict[str, list[str]] = {reader: [] for reader in READERS}
    for action, name, target in steps:
        person = getattr(cast, name)
        if action == "write":
            thread = threads[target]
            named: dict[str, Any] = {name: getattr(thread, name) for name in TARGET_CATEGORIES}
            add_comment(person, cast.ada.pk, "x", NOON, **named)
            for reader in set(READERS) - {name, "zora"}:
                unread[reader].append(target)
        else:
            mark_thread_read(threads[target], person, NOON)
            unread[name] = [other for other in unread[name] if other != target]
    assert {reader: count_unread(getattr(cast, reader), NOON) for reader in READERS} == {
        reader: len(targets) for reader, targets in unread.items()
    }
