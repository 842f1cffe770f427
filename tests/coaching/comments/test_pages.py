"""Comments on pages: written, read, edited and deleted without a script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from athletes.models import User
from athletes.organizations.consent import change_consent
from coaching.comments import threads
from coaching.comments.changes import add_comment
from coaching.comments.unread import count_unread
from coaching.models import Comment
from metrics.models import Activity
from tests.support.cast import NOON, Cast, create_run
from tests.support.compare_pages import collapse_white_space

DAY = NOON.date().isoformat()
HOSTILE = '<script>alert(1)</script> "><img src=x> =cmd() שלום'


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def get_page(user: User, path: str, status: int = 200) -> str:
    answer = browser(user).get(path)
    assert answer.status_code == status, answer.content
    return collapse_white_space(answer.content.decode())


def activity_path(run: Activity, rest: str = "") -> str:
    return f"/activities/{run.public_id}{rest}"


def day_path(user: User) -> str:
    return f"/athletes/{user.public_id}/days/{DAY}/comments"


def write(author: User, athlete: User, text: str = "Well done", run: Activity | None = None) -> Comment:
    day = None if run else NOON.date()
    return add_comment(author, athlete.pk, text, NOON, activity_id=run.pk if run else None, day=day)


def test_a_coach_writes_on_the_page_of_an_activity_and_the_athlete_reads_it_there(cast: Cast):
    run = create_run(cast.ada)
    assert "No comments yet." in get_page(cast.carl, activity_path(run))
    sent = browser(cast.carl).post(activity_path(run, "/comments"), {"text": "How\r\nwas it?"})
    assert (sent.status_code, sent["Location"]) == (302, activity_path(run, "#comments"))
    assert Comment.objects.get().text == "How\nwas it?"
    page = get_page(cast.ada, activity_path(run))
    assert "<strong><bdi>Carl</bdi></strong>" in page
    assert '<span class="badge info">New</span>' in page
    assert "Edit<" not in page.partition('id="comments"')[2].partition("</section>")[0]
    assert count_unread(cast.ada, NOON) == 0  # the page has shown it
    assert '<span class="badge info">New</span>' not in get_page(cast.ada, activity_path(run))
    assert "<strong><bdi>You</bdi></strong>" in get_page(cast.carl, activity_path(run))


def test_a_form_sent_twice_writes_one_comment(cast: Cast):
    run, client = create_run(cast.ada), browser(cast.ada)
    page = client.get(activity_path(run)).content.decode().partition('id="comments"')[2]
    token = page.partition('name="form_token" value="')[2].partition('"')[0]
    assert token
    for _ in range(2):
        client.post(activity_path(run, "/comments"), {"text": "Once", "form_token": token})
    assert Comment.objects.count() == 1


def test_a_refused_comment_is_shown_again_with_the_reason(cast: Cast):
    run = create_run(cast.ada)
    answer = browser(cast.ada).post(activity_path(run, "/comments"), {"text": "turned \u202e round"})
    page = answer.content.decode()
    assert (answer.status_code, "Use plain text" in page, "turned" in page) == (200, True, True)
    assert not Comment.objects.exists()


def test_day_comments_have_a_page_of_their_own_and_need_health(cast: Cast):
    browser(cast.ada).post(day_path(cast.ada), {"text": "Slept badly"})
    assert "Slept badly" in get_page(cast.carl, day_path(cast.ada))
    assert day_path(cast.ada) in get_page(cast.carl, f"/athletes/{cast.ada.public_id}/health-days/{DAY}")
    change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOON)
    assert "Slept badly" not in get_page(cast.carl, day_path(cast.ada), 403)
    get_page(cast.ada, day_path(cast.ada).replace(DAY, "today"), 400)


def test_one_edits_and_deletes_ones_own_comment(cast: Cast):
    run = create_run(cast.ada)
    comment = write(cast.carl, cast.ada, run=run)
    path = f"/comments/{comment.public_id}"
    for user, status in ((cast.ada, 403), (cast.hanna, 403), (cast.stella, 404)):
        for rest in ("", "/delete"):
            get_page(user, path + rest, status)
            assert browser(user).post(path + rest, {"text": "x"}).status_code == status
    assert path in get_page(cast.carl, activity_path(run))
    assert ">Well done</textarea>" in get_page(cast.carl, path).replace("> Well", ">Well")
    edited = browser(cast.carl).post(path, {"text": "Very well done"})
    assert edited["Location"] == activity_path(run, "#comments")
    assert "edited" in get_page(cast.ada, activity_path(run))
    assert "Very well done" in get_page(cast.carl, f"{path}/delete")
    assert browser(cast.carl).post(f"{path}/delete")["Location"] == activity_path(run, "#comments")
    assert not Comment.objects.exists()


def test_words_are_text_on_every_page(cast: Cast):
    run = create_run(cast.ada)
    comment = write(cast.carl, cast.ada, HOSTILE, run)
    write(cast.carl, cast.ada, HOSTILE)
    paths = [activity_path(run), activity_path(run, "/comments"), day_path(cast.ada), "/comments"]
    pages = [get_page(user, path) for user in (cast.ada, cast.carl) for path in paths]
    pages += [get_page(cast.carl, f"/comments/{comment.public_id}{rest}") for rest in ("", "/delete")]
    for page in pages:
        assert ("<script>alert" in page, "<img src=x" in page) == (False, False)
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &quot;&gt;&lt;img src=x&gt; =cmd() שלום" in page


def test_badges_lead_to_the_new_comments_until_they_are_read(cast: Cast):
    run = create_run(cast.ada)
    write(cast.ada, cast.ada, "Tired", run)
    write(cast.hanna, cast.ben, "Rest")
    link = f'hx-boost="false" href="/comments?athlete={cast.ada.public_id}">1 new comment<'
    roster = get_page(cast.carl, "/coach/")
    assert 'hx-boost="false" href="/comments">2 new comments</a>' in roster
    assert link in roster
    assert link in get_page(cast.carl, f"/coach/athletes/{cast.ada.public_id}")
    assert "new comment" not in get_page(cast.ada, "/home")
    assert 'hx-boost="false" href="/comments">1 new comment</a>' in get_page(cast.ben, "/home")
    page = get_page(cast.carl, f"/comments?athlete={cast.ada.public_id}")
    assert ("Tired" in page, "Rest" in page) == (True, False)
    assert activity_path(run, "#comments") in page
    assert count_unread(cast.carl, NOON) == 1
    assert link not in get_page(cast.carl, "/coach/")
    assert "Rest" in get_page(cast.carl, "/comments")
    assert "new comment" not in get_page(cast.carl, "/coach/")


def test_the_newest_comments_are_those_that_one_may_see(cast: Cast):
    write(cast.ada, cast.ada, "of Ada")
    write(cast.zoe, cast.zoe, "of Zoe")
    change_consent(cast.ben.athlete, cast.harbour, {"health": False}, NOON)
    write(cast.ben, cast.ben, "of Ben")
    page = get_page(cast.carl, "/comments")
    assert [name in page for name in ("of Ada", "of Zoe", "of Ben")] == [True, False, False]
    assert "of Zoe" not in get_page(cast.carl, f"/comments?athlete={cast.zoe.public_id}")
    assert "No comments in the last 90 days." in get_page(cast.stella, "/comments")


def test_a_long_thread_shows_the_newest_comments(cast: Cast, monkeypatch: Any):
    monkeypatch.setattr(threads, "MAX_SHOWN_COMMENTS", 2)
    run = create_run(cast.ada)
    thread = threads.CommentThread(cast.ada.pk, activity_id=run.pk)
    opened = []
    for minute, text in enumerate(("first", "second", "third")):
        at = NOON + timedelta(minutes=minute)
        add_comment(cast.carl, cast.ada.pk, text, at, activity_id=run.pk, day=None)
        shown = threads.open_thread(thread, cast.ada, at)
        opened.append(([comment.text for comment in shown.comments], shown.is_cut))
    assert opened == [(["first"], False), (["first", "second"], False), (["second", "third"], True)]
    monkeypatch.setattr("coaching.comments.panel.MAX_SHOWN_COMMENTS", 2)
    assert "Only the newest 2 are shown." in get_page(cast.carl, activity_path(run))


def test_pages_take_the_same_statements_for_any_number_of_comments(
    cast: Cast, django_assert_num_queries: Any
):
    run, client = create_run(cast.ada), browser(cast.ada)
    for number in (1, 5):
        for _ in range(number):
            write(cast.carl, cast.ada, run=run)
            write(cast.hanna, cast.ada)
        client.get("/comments")  # marks them as read
        with django_assert_num_queries(6):  # session, user, athlete, whom one coaches, comments, clubs
            client.get("/comments")
