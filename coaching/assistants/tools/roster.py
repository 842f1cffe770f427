"""Tool: the roster of a club, most urgent athletes first."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django_filters.utils import translate_validation
from pydantic import Field

from athletes.access.permissions import Permit
from athletes.access.viewer_units import get_viewer_units
from athletes.models import Membership, Organization
from coaching.assistants.assistant_call import REFUSALS, ApiCall, AssistantCall, NothingFoundError
from coaching.assistants.tool import (
    AssistantTool,
    IdText,
    NameText,
    ToolAnswer,
    ToolArguments,
    ToolOutcome,
    shorten_text,
)
from coaching.comments.unread import count_unread_by_athlete
from coaching.roster.filters import RosterFilter
from coaching.roster.organizations import find_roster_organization
from coaching.roster.roster import Roster, RosterAthlete, load_roster
from coaching.roster.serializers import RosterListQuery, serialize_roster, serialize_roster_athlete

ROSTER = ApiCall("coach-athletes-metrics")
LONG_PAGE = 50  # athletes; more of them show one signal each, so that a page stays short
SHOWN_SIGNALS, SHOWN_SIGNALS_OF_LONG_PAGE = 3, 1
LONGEST_MESSAGE = 110
NAMED_IN_TEXT = 10


class RosterArguments(ToolArguments):
    org_id: IdText | None = Field(None, description="The club, org_…. Default: the one where you coach.")
    my_athletes: bool = Field(False, description="Only athletes assigned to you.")
    group_id: IdText | None = Field(None, description="Only members of this group, grp_….")
    search: str | None = Field(None, max_length=100, description="Words of the athlete's name.")
    label: str | None = Field(None, max_length=40, description="Only athletes with this label.")
    sort: Literal["attention", "name", "load", "distance", "last_activity"] = Field(
        "attention", description="attention: most urgent first."
    )
    page: int = Field(1, ge=1, le=1_000_000)
    page_size: int = Field(25, ge=1, le=200, description="Athletes on a page.")


class RosterSignalAnswer(ToolAnswer):
    code: str
    severity: str
    since: datetime.date
    message_text: str = Field(validation_alias="message")
    acknowledged_until: datetime.date | None = None


class RosterAthleteAnswer(ToolAnswer):
    user_id: str
    name_text: NameText
    priority: float = Field(validation_alias="attention_priority", description="0–100: how urgent.")
    signals: list[RosterSignalAnswer] = Field(description="The most urgent reasons.")
    signal_count: int = Field(validation_alias="attention_signal_count")
    week_km: float | None = Field(None, description="Runs of 7 days.")
    last_activity: datetime.date | None = None
    days_to_race: int | None = None
    unread_comments: int | None = None
    withheld: list[str] | None = None


class RosterSummaryAnswer(ToolAnswer):
    active: int
    needing_attention: int
    urgent: int
    watch: int
    unassigned: int


class RosterAnswer(ToolAnswer):
    org_id: str
    club_text: NameText
    summary: RosterSummaryAnswer = Field(description="Of all pages.")
    page: int
    total_pages: int
    athletes: list[RosterAthleteAnswer]


def _read_roster(call: AssistantCall, arguments: RosterArguments) -> ToolOutcome:
    permit = call.get_permit(ROSTER)
    filters, order = _build_filters(permit, arguments), _parse_order(arguments)
    group_id = filters.form.cleaned_data["group_id"]
    try:
        club = find_roster_organization(permit, order.pop("org_id", None), group_id)
    except REFUSALS:
        raise NothingFoundError("group" if group_id else "club") from None
    organization = Organization(pk=club.pk, name=club.name)
    members = filters.filter_queryset(permit.members(organization).active().athletes())
    roster = load_roster(permit.viewer, organization, members, call.now, **order)
    summaries = [athlete.summary for athlete in roster.athletes]
    visibilities = {summary.person.user_id: summary.visibility for summary in summaries}
    permit.note_shown(visibilities, visibilities)
    answer = _build_answer(roster, permit, call.now)
    return ToolOutcome(answer, _describe_roster(answer))


def _build_filters(permit: Permit, arguments: RosterArguments) -> RosterFilter:
    names = {"group_id", "search", "label"}
    given = arguments.model_dump(include=names, exclude_none=True)
    if arguments.my_athletes:
        given["my_athletes"] = "1"
    request = SimpleNamespace(user=permit.viewer)  # the filters ask who calls
    filters = RosterFilter(given, queryset=Membership.objects.none(), request=request)
    if not filters.is_valid():
        raise translate_validation(filters.errors)
    return filters


def _parse_order(arguments: RosterArguments) -> dict[str, Any]:
    names = {"org_id", "sort", "page", "page_size"}
    order = RosterListQuery.parse(arguments.model_dump(include=names, exclude_none=True))
    del order["refresh"]
    return order


def _build_answer(roster: Roster, permit: Permit, now: datetime.datetime) -> RosterAnswer:
    units, unread = get_viewer_units(permit.viewer), count_unread_by_athlete(permit.viewer, now)
    content = serialize_roster(roster, units, unread)
    most = SHOWN_SIGNALS if len(roster.athletes) <= LONG_PAGE else SHOWN_SIGNALS_OF_LONG_PAGE
    return RosterAnswer.model_validate(
        {
            "org_id": content["org_id"],
            "club_text": roster.organization.name,
            "summary": content["summary"],
            "page": content["pagination"]["page"],
            "total_pages": content["pagination"]["total_pages"],
            "athletes": [
                _choose_fields(athlete, serialize_roster_athlete(athlete, units, unread), most)
                for athlete in roster.athletes
            ],
        }
    )


def _choose_fields(athlete: RosterAthlete, content: dict[str, Any], most_signals: int) -> dict[str, Any]:
    """Zeros and empty lists are left out, because a page has up to 200 athletes."""
    person, activity, race = athlete.summary.person, athlete.last_activity, content["next_race"]
    zone = ZoneInfo(person.timezone)
    return content | {
        "name_text": person.name,
        "signals": [
            signal | {"message": shorten_text(signal["message"], LONGEST_MESSAGE)}
            for signal in content["attention_signals"][:most_signals]
        ],
        "week_km": content["metrics"]["running_analytics"]["weekly_distance_km"],
        "last_activity": activity.started_at.astimezone(zone).date() if activity else None,
        "days_to_race": race["days_to_race"] if race else None,
        "unread_comments": content["unread_comments"] or None,
        "withheld": content["withheld"] or None,
    }


def _describe_roster(answer: RosterAnswer) -> str:
    counts = answer.summary
    head = (
        f"“{answer.club_text}”: {counts.active} athletes, {counts.needing_attention} need attention"
        f" ({counts.urgent} urgent, {counts.watch} to watch)."
        f" Page {answer.page} of {max(answer.total_pages, 1)}."
    )
    lines = [head]
    for athlete in answer.athletes[:NAMED_IN_TEXT]:
        reasons = " ".join(
            f"[{signal.severity}] {signal.message_text}"
            for signal in athlete.signals
            if signal.acknowledged_until is None
        )
        lines.append(
            f"- “{athlete.name_text}” ({athlete.user_id}) {athlete.priority:g}: {reasons or 'no signal'}"
        )
    if len(answer.athletes) > NAMED_IN_TEXT:
        lines.append(f"{len(answer.athletes) - NAMED_IN_TEXT} more are in the structured content.")
    return "\n".join(lines)


ROSTER_TOOL = AssistantTool(
    name="list_roster",
    title="Who needs the coach today, and why",
    description="The active athletes of a club, most urgent first: priority, the signals that are the"
    " reasons, distance of the week, next race. Answers “who needs me today and why?”. Ask for the next page"
    " only if the user needs it.",
    arguments=RosterArguments,
    answer=RosterAnswer,
    api_calls=(ROSTER,),
    run=_read_roster,
)
