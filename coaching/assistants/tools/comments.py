"""Tool: a comment of the user on an activity, a day or a planned session."""

from __future__ import annotations

import datetime

from pydantic import Field

from astral.http.errors import ApiError
from athletes.access.permissions import Permit
from coaching.assistants.assistant_call import REFUSALS, ApiCall, AssistantCall, NothingFoundError
from coaching.assistants.tool import AssistantTool, DayText, IdText, ToolAnswer, ToolArguments, ToolOutcome
from coaching.comments.access import find_activity_thread, find_day_thread, find_session_thread
from coaching.comments.serializers import CommentRequest
from coaching.comments.threads import CommentThread, write_comment
from coaching.models.comments import MAX_COMMENT_LENGTH

ON_ACTIVITY = ApiCall("activity-comments", "POST")
ON_DAY = ApiCall("day-comments", "POST")
ON_SESSION = ApiCall("session-comments", "POST")


class CommentArguments(ToolArguments):
    user_id: IdText = Field(description="The athlete, usr_….")
    activity_id: IdText | None = Field(None, description="Comment on this activity, act_….")
    session_id: IdText | None = Field(None, description="Or on this planned session, ses_….")
    date: DayText | None = Field(None, description="Or on this local day.")
    text: str = Field(min_length=1, max_length=MAX_COMMENT_LENGTH, description="Plain text.")


class CommentAnswer(ToolAnswer):
    comment_id: str
    created_at: datetime.datetime


def _add_comment(call: AssistantCall, arguments: CommentArguments) -> ToolOutcome:
    permit, thread = _find_thread(call, arguments)
    text = CommentRequest.parse({"text": arguments.text})["text"]
    comment = write_comment(permit, thread, text, call.now)
    answer = CommentAnswer(comment_id=comment.public_id, created_at=comment.created_at)
    return ToolOutcome(answer, f"The comment is published as {comment.public_id}.")


def _find_thread(call: AssistantCall, arguments: CommentArguments) -> tuple[Permit, CommentThread]:
    """Raises NothingFoundError, also if the activity is another athlete's."""
    user_id, subjects = arguments.user_id, (arguments.activity_id, arguments.session_id, arguments.date)
    if sum(subject is not None for subject in subjects) != 1:
        raise ApiError("ONE_OF", "Give exactly one of activity_id, session_id and date.")
    if arguments.activity_id is not None:
        permit, athlete = call.find_athlete(ON_ACTIVITY, user_id)
        try:
            thread = find_activity_thread(permit, arguments.activity_id)
        except REFUSALS:
            raise NothingFoundError("activity") from None
        if thread.athlete_id != athlete.pk:
            raise NothingFoundError("activity")
        return permit, thread
    if arguments.session_id is not None:
        permit, _ = call.find_athlete(ON_SESSION, user_id)
        try:
            return permit, find_session_thread(permit, user_id, arguments.session_id)
        except REFUSALS:
            raise NothingFoundError("session") from None
    permit, _ = call.find_athlete(ON_DAY, user_id)
    return permit, find_day_thread(permit, user_id, arguments.date or "")


COMMENT_TOOL = AssistantTool(
    name="add_comment",
    title="Write a comment",
    description="Publish a comment under the user's name, on one activity, planned session or day of an"
    " athlete. The athlete and the coaches read it. Show the user the text first.",
    arguments=CommentArguments,
    answer=CommentAnswer,
    api_calls=(ON_ACTIVITY, ON_SESSION, ON_DAY),
    run=_add_comment,
)
