"""Who is told of comments and changed sessions, in which words, and who is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import Notice, User
from athletes.notices.mailing import send_due_mails
from athletes.organizations.consent import change_consent
from coaching.calendar.changes.plan_changes import change_assigned_plan
from tests.athletes.notices.notice_fixtures import read_header, run_mail_server, verify
from tests.coaching.calendar.calendar_fixtures import CalendarClient
from tests.coaching.plan_fixtures import create_test_plan, follow_plan, get_day
from tests.coaching.roster.roster_fixtures import browser
from tests.coaching.signal_history.episode_fixtures import raise_signal
from tests.support.cast import NOON, ApiClient, Cast, create_run


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def comment(author: User, path: str, text: str = "How was it?") -> dict[str, Any]:
    answer = ApiClient(author).send_json("post", f"/api/v1/{path}/comments", {"text": text})
    assert answer.status_code == 201, answer.content
    data: dict[str, Any] = answer.json()["data"]
    return data


def list_recipients(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient__username", flat=True))


def read_titles(person: User) -> list[tuple[str, ...]]:
    rows = ApiClient(person).get("/api/v1/notices").json()["data"]
    return [(row["title"], *row["lines"]) for row in rows]


def test_a_comment_is_told_to_the_athlete_and_the_coach_but_not_to_its_author(cast: Cast):
    run = create_run(cast.ada, name="Long run")
    comment(cast.asha, f"activities/{run.public_id}")
    assert list_recipients("comment") == ["ada", "carl"]
    assert read_titles(cast.ada) == [("Asha wrote a comment", "Long run, Wed 10 Jun 2026")]
    assert read_titles(cast.carl) == [("Asha wrote a comment to Ada", "Long run, Wed 10 Jun 2026")]
    comment(cast.ada, f"activities/{run.public_id}")  # Asha has written there, so she is told, too
    assert list_recipients("comment") == ["ada", "asha", "carl", "carl"]
    assert read_titles(cast.asha) == [("Ada wrote a comment", "Long run, Wed 10 Jun 2026")]


def test_words_of_a_comment_are_in_no_notice(cast: Cast):
    comment(cast.ada, f"athletes/{cast.ada.public_id}/days/{get_day(0)}", "I have a fever")
    [row] = ApiClient(cast.carl).get("/api/v1/notices").json()["data"]
    assert "fever" not in str(row)


def test_a_comment_on_a_day_is_told_to_nobody_who_may_not_see_health(cast: Cast):
    change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOON)
    comment(cast.ada, f"athletes/{cast.ada.public_id}/days/{get_day(0)}")
    assert list_recipients("comment") == []


def test_reading_or_deleting_a_comment_ends_its_notice(cast: Cast):
    run = create_run(cast.ada)
    first, second = (comment(cast.carl, f"activities/{run.public_id}") for _ in range(2))
    ApiClient(cast.carl).delete(f"/api/v1/comments/{second['comment_id']}")
    assert Notice.objects.filter(recipient=cast.ada).count() == 1
    browser(cast.ada).get(f"/activities/{run.public_id}")
    assert not Notice.objects.filter(recipient=cast.ada).unread().exists()
    assert first["comment_id"] == ApiClient(cast.ada).get("/api/v1/notices").json()["data"][0]["subject_id"]


def test_the_athlete_is_told_what_a_coach_changed_and_nobody_of_an_own_change(cast: Cast):
    own, coach = CalendarClient(cast.ada), CalendarClient(cast.ada, cast.carl)
    session = own.add(get_day(2), target_duration=3_600, title="Tempo")
    assert not Notice.objects.exists()
    coach.change("post", f"sessions/{session['session_id']}/move", {"date": str(get_day(3)), "version": 1})
    assert list_recipients("calendar_change") == ["ada"]
    moved = "Carl moved “Tempo” from Fri 12 Jun 2026 to Sat 13 Jun 2026"
    assert read_titles(cast.ada) == [(moved,)]
    [change, *_] = own.list_changes()
    own.undo(change["change_id"])
    assert read_titles(cast.ada) == [(moved, "This was undone.")]


def test_a_changed_plan_is_told_to_each_athlete_whose_calendar_changed(cast: Cast):
    plan = create_test_plan(cast.harbour, {"week": 2})
    for athlete in (cast.ada, cast.ben):
        follow_plan(athlete, plan)
    weeks = [{"week": 1, "days": []}, {"week": 2, "days": []}]
    change_assigned_plan(plan, {"weeks": weeks}, [cast.ada.pk], None, cast.carl, "", NOON)
    assert list_recipients("calendar_change") == ["ada"]
    told = ("Carl changed the plan “Ten kilometres”", "1 session of your calendar changed.")
    assert read_titles(cast.ada) == [told]


def test_several_changes_within_a_quarter_of_an_hour_are_one_email(cast: Cast, settings: Any):
    verify(cast.ada)
    coach = CalendarClient(cast.ada, cast.carl)
    with run_mail_server(settings) as server:
        for minute, day in ((0, 2), (6, 3), (14, 4)):
            with time_machine.travel(NOON + timedelta(minutes=minute), tick=False):
                coach.add(get_day(day))
        send_due_mails(lambda: NOON + timedelta(minutes=14), lambda: False)
        assert server.mails == []
        send_due_mails(lambda: NOON + timedelta(minutes=15), lambda: False)
        [mail] = server.mails
        assert read_header(mail).endswith("(and 2 more)")
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert text.count("Carl added “Run”") == 3


def test_an_urgent_signal_is_told_in_words_without_numbers(cast: Cast):
    episode = raise_signal(cast.ada, "LOAD_JUMP", severity="critical")
    Notice.objects.create(
        recipient=cast.carl, kind="signal", athlete=cast.ada.athlete, subject_id=episode.pk,
        categories=["activities"], created_at=NOON,
    )  # fmt: skip
    [(title, line)] = read_titles(cast.carl)
    assert title == "Urgent signal: Ada"
    assert line == "The last 7 days carry much more load than a week of the four weeks before."
    episode.cleared_on = get_day(0)
    episode.save()
    assert read_titles(cast.carl)[0][2] == "It has cleared."
