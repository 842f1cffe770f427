"""Tools: propose a change of a calendar. A coach or the athlete accepts or declines it in Astral."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from astral.http.fields import StrictSerializer
from athletes.access.permissions import Permit, parse_id
from athletes.models import Athlete
from coaching.assistants.assistant_call import ApiCall, AssistantCall, NothingFoundError
from coaching.assistants.tool import (
    AssistantTool,
    DataText,
    DayText,
    IdText,
    ToolAnswer,
    ToolArguments,
    ToolOutcome,
)
from coaching.assistants.tools.calendar import SessionAnswer
from coaching.calendar.change_serializers import serialize_made_change
from coaching.calendar.changes.make_change import propose_change
from coaching.calendar.changes.requests import ChangeRequest, build_author
from coaching.calendar.changes.stored_rows import find_editable
from coaching.calendar.reader import load_entries
from coaching.calendar.request_serializers import (
    CalendarSessionCreate,
    CalendarSessionUpdate,
    MoveSessionRequest,
    SkipSessionRequest,
)
from coaching.models import CalendarChange, CalendarSession
from coaching.plans.step_serializers import MAX_DISTANCE_M, MAX_DURATION_S

Kind = CalendarChange.Kind
ADD = ApiCall("calendar-sessions", "POST")
CHANGE = ApiCall("calendar-session", "PATCH")
MOVE = ApiCall("calendar-session-move", "POST")
SKIP = ApiCall("calendar-session-skip", "POST")
NOTE = " It changes nothing: a coach or the athlete accepts or declines it in Astral."

Distance = Annotated[float, Field(ge=1, le=MAX_DISTANCE_M, strict=False)]
Duration = Annotated[float, Field(ge=1, le=MAX_DURATION_S, strict=False)]
API_NAMES = {"target_distance_m": "target_distance", "target_duration_s": "target_duration"}


class ProposalArguments(ToolArguments):
    user_id: IdText = Field(description="The athlete, usr_….")
    reason: str | None = Field(None, max_length=500, description="Why; who decides reads it.")


class SessionProposalArguments(ProposalArguments):
    session_id: IdText = Field(description="The session, ses_…, from get_calendar.")
    version: int = Field(ge=1, description="Its version, from get_calendar.")


class SkipArguments(SessionProposalArguments):
    """Propose to skip a session."""


class MoveArguments(SessionProposalArguments):
    date: DayText = Field(description="The new local day.")


class SessionFields(ToolArguments):
    title: str | None = Field(None, max_length=120)
    description: str | None = Field(None, max_length=2_000, description="What to do, in words.")
    target_distance_m: Distance | None = Field(None, description="Planned metres.")
    target_duration_s: Duration | None = Field(None, description="Planned seconds.")


class ChangeArguments(SessionFields, SessionProposalArguments):
    """Propose other contents of a session. What is left out stays."""


class AddArguments(SessionFields, ProposalArguments):
    date: DayText
    sport: Literal["run", "bike", "swim", "walk", "hike", "workout", "rest"] = "run"


class WarningAnswer(ToolAnswer):
    code: str
    date: datetime.date
    message_text: DataText = Field(validation_alias="message")


class ProposalAnswer(ToolAnswer):
    change_id: str
    state: Literal["proposed"]
    sessions: list[SessionAnswer] = Field(description="The sessions that it is about, as they are now.")
    warnings: list[WarningAnswer]


def _propose_addition(call: AssistantCall, arguments: AddArguments) -> ToolOutcome:
    permit, athlete = call.find_athlete(ADD, arguments.user_id)
    values = _parse_values(CalendarSessionCreate, arguments)
    values["day"] = values["day"].isoformat()
    reason = values.pop("reason", "")
    return _propose(call, permit, athlete, ChangeRequest(Kind.ADD, values, reason=reason))


def _propose_move(call: AssistantCall, arguments: MoveArguments) -> ToolOutcome:
    permit, athlete = call.find_athlete(MOVE, arguments.user_id)
    session = _find_session(permit, athlete, arguments)
    values = _parse_values(MoveSessionRequest, arguments)
    values["day"] = values["day"].isoformat()
    return _propose(call, permit, athlete, _build_request(Kind.MOVE, session, values))


def _propose_skip(call: AssistantCall, arguments: SkipArguments) -> ToolOutcome:
    permit, athlete = call.find_athlete(SKIP, arguments.user_id)
    session = _find_session(permit, athlete, arguments)
    values = {"reason": ""} | _parse_values(SkipSessionRequest, arguments)
    return _propose(call, permit, athlete, _build_request(Kind.SKIP, session, values))


def _propose_contents(call: AssistantCall, arguments: ChangeArguments) -> ToolOutcome:
    permit, athlete = call.find_athlete(CHANGE, arguments.user_id)
    session = _find_session(permit, athlete, arguments)
    values = _parse_values(CalendarSessionUpdate, arguments, session=session)
    return _propose(call, permit, athlete, _build_request(Kind.CHANGE, session, values))


def _parse_values(
    serializer: type[StrictSerializer], arguments: ProposalArguments, **context: Any
) -> dict[str, Any]:
    """The values of the API's own body. Raises ValidationError as the API does."""
    given = arguments.model_dump(exclude_none=True, exclude={"user_id", "session_id"})
    body = {API_NAMES.get(name, name): value for name, value in given.items()}
    return serializer.parse(body, **context)


def _find_session(permit: Permit, athlete: Athlete, arguments: SessionProposalArguments) -> CalendarSession:
    """A session that the caller may change. Raises NothingFoundError."""
    identifier = parse_id(CalendarSession.prefix, arguments.session_id, "session_id")
    session = find_editable(athlete, permit).expected().filter(pk=identifier).first()
    if session is None:
        raise NothingFoundError("session")
    return session


def _build_request(
    kind: CalendarChange.Kind, session: CalendarSession, values: dict[str, Any]
) -> ChangeRequest:
    versions = {str(session.pk): values.pop("version")}
    reason = values["reason"] if kind == Kind.SKIP else values.pop("reason", "")
    return ChangeRequest(kind, values, session.pk, versions, reason)


def _propose(call: AssistantCall, permit: Permit, athlete: Athlete, request: ChangeRequest) -> ToolOutcome:
    author = build_author(permit, athlete, call.key_name)
    made = propose_change(athlete, request, author, call.now)
    entries = load_entries(athlete, made.session_ids, call.now, call.load_visibility(permit, athlete))
    answer = ProposalAnswer.model_validate(serialize_made_change(made, entries))
    warnings = [f"Warning: {warning.message_text}" for warning in answer.warnings]
    return ToolOutcome(
        answer, "\n".join([f"Proposed as {answer.change_id}; nothing changed yet.", *warnings])
    )


PROPOSAL_TOOLS = (
    AssistantTool(
        name="propose_session",
        title="Propose a new session",
        description="Propose a single session on a day: at least a distance or a duration, unless it is rest."
        + NOTE,
        arguments=AddArguments,
        answer=ProposalAnswer,
        api_calls=(ADD,),
        run=_propose_addition,
    ),
    AssistantTool(
        name="propose_session_change",
        title="Propose other contents of a session",
        description="Propose another title, description, distance or duration of a planned session." + NOTE,
        arguments=ChangeArguments,
        answer=ProposalAnswer,
        api_calls=(CHANGE,),
        run=_propose_contents,
    ),
    AssistantTool(
        name="propose_move",
        title="Propose another day for a session",
        description="Propose to move a planned session to another day." + NOTE,
        arguments=MoveArguments,
        answer=ProposalAnswer,
        api_calls=(MOVE,),
        run=_propose_move,
    ),
    AssistantTool(
        name="propose_skip",
        title="Propose to skip a session",
        description="Propose to skip a planned session." + NOTE,
        arguments=SkipArguments,
        answer=ProposalAnswer,
        api_calls=(SKIP,),
        run=_propose_skip,
    ),
)
