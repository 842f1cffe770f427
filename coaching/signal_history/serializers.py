"""Serializers of the history and the usefulness of signals."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from rest_framework import serializers

from astral.http.fields import DayField, IdField, StrictSerializer
from astral.ids import encode
from athletes.models import Organization, User
from coaching.attention import RULES_BY_CODE
from coaching.models import SignalAction, SignalEpisode
from coaching.signal_history.history import EpisodeHistory
from coaching.signal_history.usefulness import (
    CLEARED_SOON_D,
    DEFAULT_RANGE_D,
    MAX_RANGE_D,
    SignalUsefulness,
)

SIGNAL_CODE_CHOICES = [(code, code) for code in RULES_BY_CODE]


class ActingCoachSerializer(serializers.Serializer[Any]):
    user_id = IdField(User.prefix, help_text="The coach, usr_….")
    display_name = serializers.CharField(help_text="The name as shown.")


class SignalActionSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(SignalAction.Kind.choices, help_text="What was done.")
    date = serializers.DateField(help_text="The athlete's local date.")
    until = serializers.DateField(
        allow_null=True, help_text="The last day of an acknowledgement; null for other kinds."
    )
    reason = serializers.CharField(allow_null=True, help_text="The coach's reason; null without one.")
    by = ActingCoachSerializer(allow_null=True, help_text="The coach; null if that account was deleted.")
    org_id = IdField(Organization.prefix, help_text="The coach's organization, org_….")
    days_to_clear = serializers.IntegerField(
        allow_null=True, help_text="Days from this action until the signal cleared; null while it is active."
    )


class SignalEpisodeSerializer(serializers.Serializer[Any]):
    signal_id = IdField(SignalEpisode.prefix, help_text="This signal of these days, sig_…; as in webhooks.")
    code = serializers.ChoiceField(SIGNAL_CODE_CHOICES, help_text="Which signal.")
    domain = serializers.CharField(
        help_text="recovery, load, adherence, intensity, performance, race or data."
    )
    severity = serializers.CharField(help_text="The worst severity: critical, warning or info.")
    raised_on = serializers.DateField(help_text="The first local date of the signal.")
    cleared_on = serializers.DateField(
        allow_null=True, help_text="The first assessed local date without it; null while it is active."
    )
    days_to_clear = serializers.IntegerField(
        allow_null=True, help_text="Days from raised_on to cleared_on; null while it is active."
    )
    actions = SignalActionSerializer(
        many=True, help_text="What your organizations' coaches did, oldest first, without what was undone."
    )


# `from` is a word of Python, so it cannot be written as an attribute.
UsefulnessQuery: type[StrictSerializer] = type(
    "UsefulnessQuery",
    (StrictSerializer,),
    {
        "__doc__": "The days on which signals were raised.",
        "from": DayField(
            required=False, help_text=f"First day, included; default: {DEFAULT_RANGE_D} days up to `to`."
        ),
        "to": DayField(required=False, help_text="Last day, included; default: today."),
    },
)


class SignalUsefulnessSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(SIGNAL_CODE_CHOICES, help_text="Which signal.")
    domain = serializers.CharField(
        help_text="recovery, load, adherence, intensity, performance, race or data."
    )
    raised = serializers.IntegerField(help_text="How often it was raised in the range.")
    acknowledged = serializers.IntegerField(help_text="How often a coach acknowledged it.")
    acted_on = serializers.IntegerField(
        help_text="How often a coach did more: a session was eased or moved, a comment or an absence entered."
    )
    cleared_within_7_days = serializers.IntegerField(
        help_text=f"How often it cleared within {CLEARED_SOON_D} days."
    )
    median_days_to_clear = serializers.FloatField(
        allow_null=True, help_text="Days, of those that cleared; null without any."
    )


class ClubUsefulnessSerializer(serializers.Serializer[Any]):
    org_id = IdField(Organization.prefix, help_text="The organization, org_….")
    from_date = serializers.DateField(help_text="First day, included.")
    to_date = serializers.DateField(help_text="Last day, included.")
    signals = SignalUsefulnessSerializer(many=True, help_text="The most frequent first.")


def choose_range(query: dict[str, Any], today: date) -> tuple[date, date]:
    """The first and last day that a UsefulnessQuery asks for. Raises ValidationError for a wrong range."""
    last: date = query.get("to") or max(today, query.get("from", today))
    first: date = query.get("from") or last - timedelta(days=DEFAULT_RANGE_D - 1)
    if not timedelta() <= last - first < timedelta(days=MAX_RANGE_D):
        text = f"to must not be before from, and the range has at most {MAX_RANGE_D} days."
        raise serializers.ValidationError({"to": [serializers.ErrorDetail(text, "range")]})
    return first, last


def serialize_episode_history(history: EpisodeHistory) -> dict[str, Any]:
    episode = history.episode
    return {
        "signal_id": episode.public_id,
        "code": episode.code,
        "domain": RULES_BY_CODE[episode.code].domain,
        "severity": episode.worst_severity,
        "raised_on": episode.raised_on,
        "cleared_on": episode.cleared_on,
        "days_to_clear": _count_days(episode.raised_on, episode.cleared_on),
        "actions": [serialize_signal_action(action, episode.cleared_on) for action in history.actions],
    }


def serialize_signal_action(action: SignalAction, cleared_on: date | None) -> dict[str, Any]:
    coach = action.coach
    return {
        "kind": action.kind,
        "date": action.day,
        "until": action.until,
        "reason": action.reason or None,
        "by": {"user_id": coach.public_id, "display_name": coach.display_name or coach.username}
        if coach
        else None,
        "org_id": encode(Organization.prefix, action.organization_id),
        "days_to_clear": _count_days(action.day, cleared_on),
    }


def _count_days(first: date, cleared_on: date | None) -> int | None:
    return None if cleared_on is None else (cleared_on - first).days


def serialize_usefulness(row: SignalUsefulness) -> dict[str, Any]:
    return {
        "code": row.code,
        "domain": RULES_BY_CODE[row.code].domain,
        "raised": row.raised,
        "acknowledged": row.acknowledged,
        "acted_on": row.acted_on,
        "cleared_within_7_days": row.cleared_soon,
        "median_days_to_clear": row.median_days_to_clear,
    }
