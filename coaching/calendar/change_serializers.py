"""Answers about changes of a calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers

from astral.http.fields import IdField
from astral.ids import encode
from athletes.models import Organization, User
from coaching.calendar.changes.make_change import MadeChange
from coaching.calendar.changes.neighbours import WARNING_CODES
from coaching.calendar.matching import CalendarEntry
from coaching.calendar.serializers import CalendarSessionSerializer, serialize_entry
from coaching.models import CalendarChange, CalendarSession
from coaching.plans.serializers import SPORT_NAMES
from coaching.plans.step_serializers import StructuredStepsField
from coaching.steps.reader import read_steps
from coaching.steps.writer import serialize_steps
from metrics.models import Activity

WARNING_CODE_CHOICES = [(code, code) for code in WARNING_CODES]


class CalendarWarningSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(
        WARNING_CODE_CHOICES,
        help_text="SAME_DAY: several sessions. ABSENT: an absence. HARD_DAYS: hard sessions on two days in a"
        " row.",
    )
    date = serializers.DateField(help_text="The local day.")
    message = serializers.CharField(help_text="A sentence for people.")


class MadeChangeSerializer(serializers.Serializer[Any]):
    change_id = IdField(CalendarChange.prefix, help_text="The change, chg_…; for undo.")
    state = serializers.ChoiceField(CalendarChange.State.choices, help_text="made, or proposed.")
    sessions = CalendarSessionSerializer(
        many=True, help_text="The sessions that it is about as they are now; deleted ones are left out."
    )
    warnings = CalendarWarningSerializer(many=True, help_text="What looks unusual; at most 20.")


class SessionStateSerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="Its local date.")
    order = serializers.IntegerField(help_text="Its place among the sessions of the day.")
    sport = serializers.ChoiceField(SPORT_NAMES, help_text="Which sport, or rest.")
    title = serializers.CharField(help_text="The name; may be empty.")
    description = serializers.CharField(help_text="What to do, in words; may be empty.")
    target_distance = serializers.FloatField(allow_null=True, help_text="Planned metres.")
    target_duration = serializers.FloatField(allow_null=True, help_text="Planned seconds.")
    target_load = serializers.FloatField(allow_null=True, help_text="Planned load, if one is given.")
    zone = serializers.IntegerField(allow_null=True, help_text="The pace zone of the whole session, 1–5.")
    steps = StructuredStepsField(help_text="The parts of the session.")
    is_key = serializers.BooleanField(help_text="Whether it is a key session of the week.")
    is_skipped = serializers.BooleanField(help_text="Whether it is skipped.")
    skip_reason = serializers.CharField(help_text="Why it was skipped; may be empty.")
    activity_id = IdField(
        Activity.prefix, allow_null=True, help_text="The link by hand, act_…; null if withheld."
    )


class SessionChangeSerializer(serializers.Serializer[Any]):
    session_id = IdField(CalendarSession.prefix, help_text="The session, ses_….")
    before = SessionStateSerializer(allow_null=True, help_text="Null: it was not there.")
    after = SessionStateSerializer(allow_null=True, help_text="Null: it was deleted.")


class CalendarChangeSerializer(serializers.Serializer[Any]):
    change_id = IdField(CalendarChange.prefix, help_text="The change, chg_….")
    kind = serializers.ChoiceField(CalendarChange.Kind.choices, help_text="Which operation.")
    state = serializers.ChoiceField(
        CalendarChange.State.choices, help_text="made, undone, proposed or declined."
    )
    author_id = IdField(User.prefix, allow_null=True, help_text="Who it was, usr_…; null: an API key.")
    author_name = serializers.CharField(help_text="The name of the person or key; empty: a deleted one.")
    org_id = IdField(Organization.prefix, allow_null=True, help_text="For which club they acted, org_….")
    reason = serializers.CharField(help_text="Why; may be empty.")
    made_at = serializers.DateTimeField(help_text="When it was made or proposed.")
    undoes = IdField(CalendarChange.prefix, allow_null=True, help_text="The change that it took back, chg_….")
    decided_by = IdField(User.prefix, allow_null=True, help_text="Who accepted or declined it, usr_….")
    decided_at = serializers.DateTimeField(allow_null=True, help_text="When it was accepted or declined.")
    sessions = SessionChangeSerializer(
        many=True, help_text="Each session before and after. Of a proposal: what it would do."
    )


def serialize_made_change(made: MadeChange, entries: Sequence[CalendarEntry]) -> dict[str, Any]:
    return {
        "change_id": made.change.public_id,
        "state": made.change.state,
        "sessions": [serialize_entry(entry) for entry in entries],
        "warnings": [
            {"code": warning.code, "date": warning.day, "message": warning.message}
            for warning in made.warnings
        ],
    }


def serialize_change(change: CalendarChange, shows_activities: bool) -> dict[str, Any]:
    """Needs `author` loaded. `shows_activities`: the athlete shares activities with the viewer."""
    return {
        "change_id": change.public_id,
        "kind": change.kind,
        "state": change.state,
        "author_id": _encode(User.prefix, change.author_id),
        "author_name": change.name_author(),
        "org_id": _encode(Organization.prefix, change.organization_id),
        "reason": change.reason,
        "made_at": change.made_at,
        "undoes": _encode(CalendarChange.prefix, change.undoes_id),
        "decided_by": _encode(User.prefix, change.decided_by_id),
        "decided_at": change.decided_at,
        "sessions": [
            {
                "session_id": encode(CalendarSession.prefix, UUID(row["session_id"])),
                "before": _serialize_state(row["before"], shows_activities),
                "after": _serialize_state(row["after"], shows_activities),
            }
            for row in change.rows
        ],
    }


def _encode(prefix: str, identifier: UUID | None) -> str | None:
    return encode(prefix, identifier) if identifier else None


def _serialize_state(state: Mapping[str, Any] | None, shows_activities: bool) -> dict[str, Any] | None:
    if state is None or state["is_removed"]:
        return None
    activity_id = state["activity_id"] if shows_activities else None
    return {
        "date": state["day"],
        "order": state["position"],
        "sport": state["sport"],
        "title": state["title"],
        "description": state["description"],
        "target_distance": state["distance_m"],
        "target_duration": state["duration_s"],
        "target_load": state["load"],
        "zone": state["zone"],
        "steps": serialize_steps(read_steps(state["steps"])),
        "is_key": state["is_key"],
        "is_skipped": state["is_skipped"],
        "skip_reason": state["skip_reason"],
        "activity_id": encode(Activity.prefix, UUID(activity_id)) if activity_id else None,
    }
