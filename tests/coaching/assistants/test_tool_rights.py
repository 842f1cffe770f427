"""The rights of tools: each tool × caller × athlete gives what the rows of the policy allow, no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from athletes.access.policy import PolicyRow
from athletes.looks.buffer import look_buffer
from athletes.rights import Category
from coaching.assistants.server import TOOLS_BY_NAME
from coaching.assistants.tool import AssistantTool
from tests.athletes.access.expected_access import (
    can_reach_athlete,
    can_reach_organization,
    has_required_scope,
    is_withheld,
    list_visible_names,
)
from tests.athletes.access.expected_looks import has_look
from tests.athletes.access.matrix import CANARY_PATTERN, DAY
from tests.athletes.access.world import MISSING, World
from tests.coaching.assistants.assistant_messages import call_tool

pytestmark = pytest.mark.django_db
CALLERS = ("ada", "carl", "asha", "sid", "zora", "stella", "key-read", "key-write", "key-of-another")
ATHLETES = ("ada", "ben", "lea", "zoe", MISSING)
DATES = {"start_date": DAY, "end_date": DAY}
SAID_WHEN_WITHHELD = "This person does not share this with you."
SAID_WHEN_MISSING = {"There is no such athlete.", "There is no such session.", "There is no such activity."}
# The tools that name an athlete, with the arguments besides; `session` and `activity`: of the athlete.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "get_athlete": {},
    "get_calendar": {"from_date": DAY, "to_date": DAY},
    "get_training_statistics": DATES,
    "get_health_statistics": DATES,
    "propose_session": {"date": DAY, "target_duration_s": 60},
    "propose_session_change": {"session_id": "session", "version": 1, "title": "x"},
    "propose_move": {"session_id": "session", "version": 1, "date": DAY},
    "propose_skip": {"session_id": "session", "version": 1},
    "add_comment on an activity": {"activity_id": "activity", "text": "x"},
    "add_comment on a session": {"session_id": "session", "text": "x"},
    "add_comment on a day": {"date": DAY, "text": "x"},
}
COMMENT_ROWS = {"activity": 0, "session": 1, "day": 2}


def find_row(name: str, tool: AssistantTool) -> PolicyRow:
    return tool.api_calls[COMMENT_ROWS.get(name.split()[-1], 0)].row


def build_arguments(world: World, name: str, person: str) -> dict[str, Any]:
    ids = {
        "session": world.planned_id("calendar_session_id", person),
        "activity": world.activity_id(person),
    }
    arguments = dict(ARGUMENTS[name])
    for key in arguments.keys() & {"session_id", "activity_id"}:
        arguments[key] = ids[arguments[key]]
    return arguments | {"user_id": world.user_id(person)}


def find_wrong_answers(world: World, name: str) -> Iterator[str]:
    tool = TOOLS_BY_NAME[name.split()[0]]
    row = find_row(name, tool)
    for caller in CALLERS:
        for person in ATHLETES:
            with transaction.atomic():
                result = call_tool(world.clients[caller], tool.name, **build_arguments(world, name, person))
                transaction.set_rollback(True)
            looks, text = look_buffer.drain(), str(result)
            cell = f"{caller} {person}"
            is_allowed = has_required_scope(caller, row) and can_reach_athlete(caller, row, person)
            if result["isError"] == is_allowed:
                yield f"{cell}: {text}"
            if "structuredContent" in result and result["isError"]:
                yield f"{cell}: an error with content"
            shown = {found.decode() for found in CANARY_PATTERN.findall(text.encode())}
            if hidden := shown - list_visible_names(caller):
                yield f"{cell} shows {hidden}"
            yield from _find_wrong_looks(world, row, caller, person, looks, is_allowed)
            if not is_allowed and has_required_scope(caller, row):
                said = result["content"][0]["text"]
                is_right = (
                    said == SAID_WHEN_WITHHELD
                    if is_withheld(caller, row, person)
                    else said in SAID_WHEN_MISSING
                )
                if not is_right:
                    yield f"{cell} says {said}"


def _find_wrong_looks(
    world: World, row: PolicyRow, caller: str, person: str, looks: Any, is_allowed: bool
) -> Iterator[str]:
    """All looks came by the door of assistants. A refused one is noted, too; one at oneself is not."""
    if any(look.door != "assistant" for look, _ in looks):
        yield f"{caller} {person}: another door"
    if person in (MISSING, caller):
        return
    athlete_id = str(world.people[person].pk)
    category = row.category.value if row.category else "profile"
    if is_allowed and not has_look(looks, athlete_id, category):
        yield f"{caller} {person}: no look at {category}"
    if not is_allowed and not any(look.is_refused and athlete_id in look.athletes for look, _ in looks):
        yield f"{caller} {person}: no refused look"


@pytest.mark.parametrize("name", ARGUMENTS)
def test_tool_answers_as_the_policy_row_of_the_api_says(world: World, name: str):
    assert list(find_wrong_answers(world, name)) == []


def test_every_tool_that_names_an_athlete_is_tested():
    naming = {name for name, tool in TOOLS_BY_NAME.items() if "user_id" in tool.arguments.model_fields}
    assert naming == {name.split()[0] for name in ARGUMENTS}


def test_roster_shows_each_caller_only_what_the_club_shares(world: World):
    row = TOOLS_BY_NAME["list_roster"].api_calls[0].row
    for caller in (*CALLERS, "hanna", "cora"):
        for club in ("harbour", "hill", MISSING):
            result = call_tool(world.clients[caller], "list_roster", org_id=world.club_id(club))
            looks, text = look_buffer.drain(), str(result)
            is_allowed = has_required_scope(caller, row) and can_reach_organization(caller, row, club)
            assert result["isError"] != is_allowed, (caller, club, text)
            shown = {found.decode() for found in CANARY_PATTERN.findall(text.encode())}
            assert shown <= list_visible_names(caller), (caller, club)
            if not is_allowed:
                assert result["content"][0]["text"] == "There is no such club."
            elif club == "harbour":
                ben = str(world.people["ben"].pk)
                assert has_look(looks, ben, "health"), caller
                assert caller == "stella" or not has_look(looks, ben, Category.ACTIVITIES), caller


def test_compare_needs_the_right_on_both_athletes(world: World):
    ada, zoe, ben = ({"user_id": world.user_id(name)} | DATES for name in ("ada", "zoe", "ben"))
    carl = world.clients["carl"]
    assert call_tool(carl, "compare", sides=[ada, ada])["isError"] is False
    for other, said in ((zoe, "There is no such athlete."), (ben, SAID_WHEN_WITHHELD)):
        result = call_tool(carl, "compare", sides=[ada, other])
        assert (result["isError"], result["content"][0]["text"]) == (True, said)


def test_key_without_the_scope_is_told_what_it_needs(world: World):
    needed = {"key-read": "a key with the scope write", "key-write": "the token of a person"}
    arguments = {"user_id": world.user_id("ada"), "date": DAY}
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("key-read", "propose_session", {}),
        ("key-write", "add_comment", {"text": "x"}),
    ]
    for caller, tool, more in calls:
        result = call_tool(world.clients[caller], tool, **arguments, **more)
        said = f"Your credential may not do this. It takes {needed[caller]}."
        assert result["content"][0]["text"] == said
