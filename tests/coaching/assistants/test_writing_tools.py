"""Tools that write: proposals, which change no calendar, and comments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from athletes.models import Athlete
from athletes.organizations.api_keys import create_api_key
from coaching.models import CalendarChange, CalendarSession, Comment
from tests.coaching.assistants.assistant_messages import call_tool, read_tool, read_tool_error
from tests.support.cast import NOON, ApiClient, Cast, create_run

pytestmark = pytest.mark.django_db
DAY = "2026-06-12"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def session(cast: Cast) -> CalendarSession:
    return CalendarSession.objects.create(
        athlete=cast.ada.athlete, organization=cast.harbour, day=DAY, duration_s=3_600, title="Easy"
    )


def list_sessions() -> list[Any]:
    return list(CalendarSession.objects.order_by("pk").values())


def test_each_proposal_is_stored_and_changes_nothing(cast: Cast, session: CalendarSession):
    carl, before = ApiClient(cast.carl), list_sessions()
    version = Athlete.objects.get(pk=cast.ada.pk).data_version
    one = {"user_id": cast.ada.public_id, "session_id": session.public_id, "version": 1}
    proposals: list[tuple[str, str, dict[str, Any]]] = [
        ("add", "propose_session", {"user_id": cast.ada.public_id, "date": DAY, "target_distance_m": 8_000}),
        ("change", "propose_session_change", one | {"title": "Tempo", "target_duration_s": 2_400}),
        ("move", "propose_move", one | {"date": "2026-06-13"}),
        ("skip", "propose_skip", one),
    ]
    for kind, tool, arguments in proposals:
        answer = read_tool(carl, tool, **arguments, reason="Tired")
        change = CalendarChange.parse_public_id(answer["change_id"])
        stored = CalendarChange.objects.get(pk=change)
        assert (stored.kind, stored.state, stored.author_id, stored.reason, stored.organization_id) == (
            kind, "proposed", cast.carl.pk, "Tired", cast.harbour.pk,
        )  # fmt: skip
    assert list_sessions() == before
    assert Athlete.objects.get(pk=cast.ada.pk).data_version == version


def test_accepted_proposal_does_what_the_assistant_asked_for(cast: Cast, session: CalendarSession):
    answer = read_tool(
        ApiClient(cast.carl),
        "propose_session_change",
        user_id=cast.ada.public_id,
        session_id=session.public_id,
        version=1,
        title="Tempo",
        target_duration_s=2_400,
    )
    accept = f"/api/v1/athletes/{cast.ada.public_id}/calendar/changes/{answer['change_id']}/accept"
    assert ApiClient(cast.ada).post(accept).status_code == 200
    session.refresh_from_db()
    assert (session.title, session.duration_s, session.version) == ("Tempo", 2_400, 2)


def test_proposal_of_a_key_has_its_name(cast: Cast):
    secret = create_api_key(cast.harbour, "Watcher", ["write"], NOON.replace(year=2099), cast.hanna)[1]
    key = Client(headers={"X-API-Key": secret})
    read_tool(key, "propose_session", user_id=cast.ada.public_id, date=DAY, target_duration_s=600)
    change = CalendarChange.objects.get()
    assert (change.author, change.author_name, change.state) == (None, "Watcher", "proposed")


def test_stale_and_foreign_sessions_are_refused(cast: Cast, session: CalendarSession):
    carl = ApiClient(cast.carl)
    one: dict[str, Any] = {"user_id": cast.ada.public_id, "session_id": session.public_id}
    CalendarSession.objects.update(version=2)
    said = read_tool_error(carl, "propose_skip", **one, version=1)
    assert said == "Someone else changed this in the meantime. Look at it again."
    said = read_tool_error(carl, "propose_skip", **one | {"user_id": cast.ben.public_id}, version=2)
    assert said == "There is no such session."
    assert CalendarChange.objects.count() == 0


def test_assistant_coach_proposes_only_for_assigned_athletes(cast: Cast):
    arguments = {"user_id": cast.ada.public_id, "date": DAY, "target_duration_s": 600}
    asha = ApiClient(cast.asha)
    assert read_tool_error(asha, "propose_session", **arguments) == "There is no such athlete."
    cast.ada.memberships.update(assigned_coach=cast.asha)
    assert read_tool(asha, "propose_session", **arguments)["state"] == "proposed"


def test_impossible_proposals_say_why(cast: Cast):
    carl, ada = ApiClient(cast.carl), {"user_id": cast.ada.public_id, "date": DAY}
    assert read_tool_error(carl, "propose_session", **ada) == "Say how long or how far."
    assert "target_duration_s" in read_tool_error(carl, "propose_session", **ada, target_duration_s=1e9)
    assert "sport" in read_tool_error(carl, "propose_session", **ada, sport="chess", target_duration_s=60)
    assert "title" in read_tool_error(carl, "propose_session", **ada, title="a\0", target_duration_s=60)
    assert CalendarChange.objects.count() == 0


def test_comment_is_published_on_one_thing(cast: Cast, session: CalendarSession):
    run, carl, ada = create_run(cast.ada), ApiClient(cast.carl), {"user_id": cast.ada.public_id}
    subjects = [{"activity_id": run.public_id}, {"session_id": session.public_id}, {"date": "2026-06-10"}]
    for subject in subjects:
        read_tool(carl, "add_comment", **ada, **subject, text="Well done\nRest now")
    rows = Comment.objects.order_by("pk").values_list("activity", "session", "day", "text", "author")
    text = "Well done\nRest now"
    assert list(rows) == [
        (run.pk, None, None, text, cast.carl.pk),
        (None, session.pk, None, text, cast.carl.pk),
        (None, None, NOON.date(), text, cast.carl.pk),
    ]
    for wrong in ({}, subjects[0] | subjects[1]):
        said = read_tool_error(carl, "add_comment", **ada, **wrong, text="x")
        assert said == "Give exactly one of activity_id, session_id and date."
    said = read_tool_error(carl, "add_comment", user_id=cast.ben.public_id, **subjects[0], text="x")
    assert said == "There is no such activity."
    assert Comment.objects.count() == 3


def test_long_and_unprintable_comments_are_refused(cast: Cast):
    carl, day = ApiClient(cast.carl), {"user_id": cast.ada.public_id, "date": DAY}
    for text in ("", "x" * 4_001, "a\0b", "a\x1bb"):
        assert call_tool(carl, "add_comment", **day, text=text)["isError"], text
    assert Comment.objects.count() == 0
