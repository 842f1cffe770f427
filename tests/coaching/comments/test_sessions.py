"""Comments on planned sessions: over the API, on the page of the session, and in the numbers of new ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from athletes.models import Athlete, User
from athletes.organizations.consent import change_consent
from athletes.roles import Role
from coaching.comments.changes import add_comment
from coaching.comments.unread import count_unread
from coaching.models import CalendarSession, Comment, CommentRead
from tests.coaching.calendar.calendar_fixtures import CalendarClient, create_session
from tests.coaching.calendar.pages.page_fixtures import (
    PageClient,
    count_statements,
    get_session_path,
)
from tests.support.cast import NOON, ApiClient, Cast, create_member
from tests.support.error_shape import assert_error

DAY = NOON.date()
HOSTILE = '<script>alert(1)</script> "><img src=x> =cmd() שלום'
NEW_BADGE = '<span class="badge info">New</span>'


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def session(cast: Cast) -> CalendarSession:
    return create_session(cast.ada, DAY, title="Tempo")


def api_path(session: CalendarSession, athlete: User, rest: str = "") -> str:
    return f"/api/v1{get_session_path(athlete, session)}/comments{rest}"


def write(author: User, session: CalendarSession, text: str = "Well done") -> Comment:
    return add_comment(author, session.athlete_id, text, NOON, session_id=session.pk)


def read(user: User, session: CalendarSession, athlete: User) -> list[tuple[str, bool, bool]]:
    """The text of each comment, whether it is one's own, and whether it is unread."""
    answer = ApiClient(user).get(api_path(session, athlete))
    assert answer.status_code == 200, answer.content
    return [(row["text"], row["is_own"], row["is_unread"]) for row in answer.json()["data"]]


def remove(session: CalendarSession, athlete: User) -> str:
    """Delete the session; returns the id of the change."""
    return str(CalendarClient(athlete).change("delete", f"sessions/{session.public_id}")["change_id"])


def test_athlete_and_coaches_write_to_each_other(cast: Cast, session: CalendarSession):
    path, version = api_path(session, cast.ada), Athlete.objects.get(pk=cast.ada.pk).data_version
    written = ApiClient(cast.carl).send_json("post", path, {"text": "Go easy"})
    assert (written.status_code, written.json()["data"]["text"]) == (201, "Go easy")
    assert Athlete.objects.get(pk=cast.ada.pk).data_version == version + 1
    assert read(cast.ada, session, cast.ada) == [("Go easy", False, True)]
    assert read(cast.asha, session, cast.ada) == [("Go easy", False, True)]
    assert ApiClient(cast.ada).post(f"{path}/read").status_code == 204
    assert read(cast.ada, session, cast.ada) == [("Go easy", False, False)]
    assert read(cast.asha, session, cast.ada) == [("Go easy", False, True)]
    assert read(cast.carl, session, cast.ada) == [("Go easy", True, False)]


def test_comments_need_goals_and_plans(cast: Cast, session: CalendarSession):
    create_member(cast.ada, cast.hill, Role.ATHLETE)
    comment, path = write(cast.carl, session, "secret"), api_path(session, cast.ada)
    shared = {"activities": True, "health": True, "goals_and_plans": False}
    change_consent(cast.ada.athlete, cast.harbour, shared, NOON)
    carl = ApiClient(cast.carl)
    assert_error(carl.get(path), 403, "WITHHELD")
    assert_error(carl.send_json("post", path, {"text": "x"}), 403, "WITHHELD")
    assert_error(carl.post(f"{path}/read"), 403, "WITHHELD")
    edited = carl.send_json("patch", f"/api/v1/comments/{comment.public_id}", {"text": "x"})
    assert_error(edited, 403, "PERMISSION_DENIED")
    assert read(cast.zora, session, cast.ada) == [("secret", False, True)]
    assert [count_unread(user, NOON) for user in (cast.hanna, cast.zora, cast.ada)] == [0, 1, 1]
    browser = Client()
    browser.force_login(cast.carl)
    for address in (get_session_path(cast.ada, session), f"{get_session_path(cast.ada, session)}/comments"):
        answer = browser.get(address)
        assert (answer.status_code, b"secret" in answer.content) == (403, False)
    assert b"secret" not in browser.get("/comments").content


def test_sessions_of_others_and_missing_ones_get_the_same_answer(cast: Cast, session: CalendarSession):
    foreign = create_session(cast.zoe, DAY)
    gone = create_session(cast.ada, DAY)
    gone_id = gone.pk
    gone.delete()
    gone.pk = gone_id
    removed = create_session(cast.ada, DAY, is_removed=True)
    write(cast.ada, session)
    api, bodies = ApiClient(cast.ada), set()
    for wrong in (foreign, gone, removed):
        path = api_path(wrong, cast.ada)
        written = api.send_json("post", path, {"text": "x"})
        for answer in (api.get(path), written, api.post(f"{path}/read")):
            assert_error(answer, 403, "PERMISSION_DENIED")
            bodies.add(answer.content)
    assert len(bodies) == 1
    assert_error(ApiClient(cast.zora).get(api_path(session, cast.ada)), 403, "PERMISSION_DENIED")
    malformed = api_path(session, cast.ada).replace("ses_", "act_")
    assert_error(api.get(malformed), 400, "MALFORMED_ID", "session_id")
    assert Comment.objects.count() == 1


def test_a_deleted_session_takes_no_comments_and_undo_brings_the_old_ones_back(
    cast: Cast, session: CalendarSession
):
    write(cast.carl, session)
    change_id = remove(session, cast.ada)
    with pytest.raises(CalendarSession.DoesNotExist):
        write(cast.carl, session, "too late")
    browser = Client()
    browser.force_login(cast.ada)
    refused = browser.post(f"{get_session_path(cast.ada, session)}/comments", {"text": "too late"})
    assert (refused.status_code, Comment.objects.count()) == (403, 1)
    CalendarClient(cast.ada).undo(change_id)
    assert read(cast.ada, session, cast.ada) == [("Well done", False, True)]


def test_a_session_has_its_own_comments_apart_from_those_of_its_day(cast: Cast, session: CalendarSession):
    other = create_session(cast.ada, DAY)
    write(cast.carl, session)
    add_comment(cast.carl, cast.ada.pk, "day", NOON, day=DAY)
    assert read(cast.ada, other, cast.ada) == []
    ApiClient(cast.ada).post(api_path(session, cast.ada, "/read"))
    assert count_unread(cast.ada, NOON) == 1
    session.day += timedelta(days=1)
    session.save()
    assert read(cast.ada, session, cast.ada) == [("Well done", False, False)]


def test_new_comments_count_in_the_api_and_on_the_roster(cast: Cast, session: CalendarSession):
    api, roster = ApiClient(cast.carl), "/api/v1/analytics/coach_athletes_metrics"

    def read_numbers() -> tuple[int, dict[str, int]]:
        rows = api.get(roster).json()["data"]["athletes"]
        me: int = api.get("/api/v1/auth/me").json()["unread_comments"]
        return me, {row["username"]: row["unread_comments"] for row in rows}

    assert read_numbers() == (0, {"ada": 0, "ben": 0})
    write(cast.ada, session)
    assert read_numbers() == (1, {"ada": 1, "ben": 0})
    api.post(api_path(session, cast.ada, "/read"))
    assert read_numbers() == (0, {"ada": 0, "ben": 0})


def test_a_coach_writes_on_the_page_of_a_session_and_the_athlete_reads_it_there(
    cast: Cast, session: CalendarSession
):
    page, coach, athlete = get_session_path(cast.ada, session), PageClient(cast.carl), PageClient(cast.ada)
    assert "No comments yet." in coach.read(page)
    shown = coach.submit(page, "comments", text="Go\r\neasy")
    assert shown.redirect_chain == [(f"{page}#comments", 302)]
    assert "Your comment is saved." in coach.unescape(shown)
    assert Comment.objects.get().text == "Go\neasy"
    assert NEW_BADGE in athlete.read(page)
    assert CommentRead.objects.filter(reader=cast.ada).count() == 1
    assert NEW_BADGE not in athlete.read(page)
    assert count_unread(cast.ada, NOON) == 0


def test_a_refused_comment_is_shown_again_above_its_session(cast: Cast, session: CalendarSession):
    page, athlete = get_session_path(cast.ada, session), PageClient(cast.ada)
    refused = athlete.unescape(athlete.submit(page, "comments", text="turned \u202e round"))
    assert "Use plain text" in refused
    assert f'<a href="{page}#comments">Tempo, ' in refused
    assert not Comment.objects.exists()


def test_the_newest_comments_name_the_session_and_lead_to_it(cast: Cast, session: CalendarSession):
    comment = write(cast.carl, session, "Go easy")
    page, athlete = get_session_path(cast.ada, session), PageClient(cast.ada)
    newest = athlete.read("/comments")
    assert f'<a href="{page}#comments">Tempo, ' in newest
    assert "Go easy" in newest
    assert count_unread(cast.ada, NOON) == 0
    deleted = PageClient(cast.carl).submit(f"/comments/{comment.public_id}/delete", "delete")
    assert deleted.redirect_chain == [(f"{page}#comments", 302)]
    assert not Comment.objects.exists()


def test_words_are_text_on_every_page(cast: Cast, session: CalendarSession):
    write(cast.carl, session, HOSTILE)
    page = get_session_path(cast.ada, session)
    for user in (cast.ada, cast.carl):
        browser = Client()
        browser.force_login(user)
        for path in (page, f"{page}/comments", "/comments"):
            text = browser.get(path).content.decode()
            assert ("<script>alert" in text, "<img src=x" in text) == (False, False), path
            assert "&lt;script&gt;alert(1)&lt;/script&gt; &quot;&gt;&lt;img src=x&gt; =cmd() שלום" in text


def test_statements_do_not_depend_on_the_number_of_comments(
    cast: Cast, session: CalendarSession, django_assert_num_queries: Any
):
    api, path, counts = ApiClient(cast.ada), get_session_path(cast.ada, session), []
    for number in (1, 5):
        for _ in range(number):
            write(cast.carl, session)
            write(cast.hanna, session)
        counts.append([count_statements(cast.ada, page) for page in (path, f"{path}/comments", "/comments")])
        with django_assert_num_queries(4):  # token, session, count, rows
            api.get(api_path(session, cast.ada))
    assert counts[0] == counts[1]
