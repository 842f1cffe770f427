"""Serializers of coach_athletes_metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from astral.http.fields import ChoiceField, IdField, QueryBooleanField
from astral.http.pagination import PageQuery, PaginationSerializer, build_pagination
from athletes.models import Organization
from coaching.profile.metrics_serializers import RosterMetricsSerializer, serialize_days, serialize_metrics
from coaching.profile.summary_serializers import (
    ActivitySummarySerializer,
    AthleteIdentitySerializer,
    PlanAheadSerializer,
    RaceAheadSerializer,
    SignalSerializer,
    VisibleMembershipSerializer,
    WithheldField,
    serialize_activity_summary,
    serialize_identity,
    serialize_plan_ahead,
    serialize_race_ahead,
    serialize_signal,
    serialize_visible_membership,
)
from coaching.roster.ranking import SORTS
from coaching.roster.roster import Roster, RosterAthlete
from coaching.science.priority import REASONS_SHOWN

SORT_CHOICES = [f"{sign}{name}" for name in SORTS for sign in ("", "-")]


class RosterOrderQuery(PageQuery):
    """Organization, order and page of a roster; the filters are in `RosterFilter`."""

    org_id = IdField(
        Organization.prefix,
        required=False,
        help_text="The organization, org_…; default: the one you coach in.",
    )
    sort = ChoiceField(
        [(name, name) for name in SORT_CHOICES],
        default="attention",
        help_text="attention: most urgent first; name; load (since Monday), distance (7 days), last_activity:"
        " smallest or oldest first. A leading - reverses. Unknown and withheld values come last.",
    )


class RosterListQuery(RosterOrderQuery):
    """The parameters of the API."""

    refresh = QueryBooleanField(
        default=False, help_text="1: ignore the cached response and compute a new one."
    )


class RosterCountsSerializer(serializers.Serializer[Any]):
    active = serializers.IntegerField(help_text="Number of athletes of the filtered roster, on all pages.")
    needing_attention = serializers.IntegerField(help_text="urgent plus watch.")
    urgent = serializers.IntegerField(help_text="Athletes with a critical signal that is not acknowledged.")
    watch = serializers.IntegerField(
        help_text="Athletes with a warning that is not acknowledged, and no critical signal."
    )
    unassigned = serializers.IntegerField(help_text="Athletes in no group.")


class RosterAthleteSerializer(AthleteIdentitySerializer):
    email = serializers.EmailField(help_text="The e-mail address.")
    membership = VisibleMembershipSerializer(help_text="The membership in this organization.")
    metrics = RosterMetricsSerializer(help_text="Today's numbers.")
    current_plans = PlanAheadSerializer(
        many=True, help_text="Active and scheduled plans with this week's progress."
    )
    next_race = RaceAheadSerializer(allow_null=True, help_text="The next race; null without one.")
    last_activity = ActivitySummarySerializer(
        allow_null=True, help_text="The newest activity; null without one."
    )
    attention_signals = SignalSerializer(many=True, help_text="The three most urgent.")
    attention_signal_count = serializers.IntegerField(help_text="The number of signals.")
    attention_priority = serializers.FloatField(
        help_text="0–100, from the signals; acknowledged signals count less."
    )
    unread_comments = serializers.IntegerField(
        help_text="Comments of 30 days by others about the athlete that you have not read; 0 for a key."
    )
    data_quality_score = serializers.FloatField(help_text="0–100: how complete and fresh the data is.")
    withheld = WithheldField()


@extend_schema_serializer(many=False)
class RosterSerializer(serializers.Serializer[Any]):
    org_id = IdField(Organization.prefix, help_text="The organization, org_….")
    athletes = RosterAthleteSerializer(many=True, help_text="One page of athletes, in the requested order.")
    pagination = PaginationSerializer(help_text="Page, page size and total.")
    summary = RosterCountsSerializer(help_text="Counts over the whole filtered roster.")


def serialize_roster(roster: Roster, units: str, unread: Mapping[UUID, int]) -> dict[str, Any]:
    """`unread`: numbers of comments that are new to the viewer, by athlete."""
    return {
        "org_id": roster.organization.public_id,
        "athletes": [serialize_roster_athlete(athlete, units, unread) for athlete in roster.athletes],
        "pagination": build_pagination(roster.page, roster.page_size, roster.total),
        "summary": asdict(roster.summary),
    }


def serialize_roster_athlete(
    athlete: RosterAthlete, units: str, unread: Mapping[UUID, int]
) -> dict[str, Any]:
    summary, activity = athlete.summary, athlete.last_activity
    signals, races = summary.visible_signals.signals, summary.races
    return {
        **serialize_identity(summary.person),
        "email": summary.person.email,
        "membership": serialize_visible_membership(athlete.membership),
        "metrics": serialize_metrics(summary.figures, {"hrv": serialize_days(athlete.hrv)}),
        "current_plans": [serialize_plan_ahead(plan) for plan in summary.plans],
        "next_race": serialize_race_ahead(races[0], summary.today) if races else None,
        "last_activity": serialize_activity_summary(activity) if activity else None,
        "attention_signals": [serialize_signal(signal, units) for signal in signals[:REASONS_SHOWN]],
        "attention_signal_count": len(signals),
        "attention_priority": summary.visible_signals.priority,
        "unread_comments": unread.get(summary.person.user_id, 0),
        "data_quality_score": round(summary.data_quality.score, 1),
        "withheld": summary.visibility.withheld,
    }
