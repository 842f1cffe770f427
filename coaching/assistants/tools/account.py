"""Tool: who the user is, and in which clubs."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from athletes.accounts.serializers import serialize_me
from coaching.assistants.assistant_call import ApiCall, AssistantCall
from coaching.assistants.tool import AssistantTool, NameText, ToolAnswer, ToolArguments, ToolOutcome
from coaching.comments.unread import count_unread

ME = ApiCall("auth-me")


class NoArguments(ToolArguments):
    """The tool takes nothing."""


class ClubAnswer(ToolAnswer):
    org_id: str
    name_text: NameText = Field(validation_alias="org_name")
    role: str = Field(description="athlete, assistant_coach, coach or head_coach.")
    status: str


class AccountAnswer(ToolAnswer):
    user_id: str
    name_text: NameText
    timezone: str
    unit_system: str
    is_staff: bool
    unread_comments: int
    clubs: list[ClubAnswer] = Field(validation_alias="memberships")


def _read_account(call: AssistantCall, _: NoArguments) -> ToolOutcome:
    person = call.get_permit(ME).person
    content: dict[str, Any] = serialize_me(person, count_unread(person, call.now))
    answer = AccountAnswer.model_validate(
        content | {"name_text": content["display_name"] or content["username"]}
    )
    clubs = "; ".join(f"{club.role} in “{club.name_text}” ({club.org_id})" for club in answer.clubs)
    return ToolOutcome(answer, f"{answer.user_id}, “{answer.name_text}”: {clubs or 'in no club'}.")


ACCOUNT_TOOL = AssistantTool(
    name="whoami",
    title="Who the user is",
    description="The user of this token, and the clubs with the user's role in each. Gives the org_id that"
    " list_roster needs if the user coaches in several clubs.",
    arguments=NoArguments,
    answer=AccountAnswer,
    api_calls=(ME,),
    run=_read_account,
)
