"""Serializers shared by profile and roster: memberships, plans, races, activities, signals."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from astral.http.fields import IdField
from astral.ids import encode
from athletes.models import Athlete, Group, Organization, User
from athletes.organizations.serializers import GroupNameSerializer
from athletes.organizations.visible_memberships import VisibleMembership
from athletes.rights import Category
from athletes.roles import Role, Status
from coaching.assessments.acknowledgement_serializers import (
    CODE_CHOICES,
    AcknowledgementFieldsSerializer,
    serialize_acknowledgement,
)
from coaching.assessments.forecast_serializers import ForecastFieldsSerializer, serialize_forecast
from coaching.assessments.signal_messages import format_signal_message
from coaching.assessments.values import PlanAhead, RaceAhead, SignalView
from coaching.attention.signal import DOMAINS, SEVERITIES
from coaching.attention.suggested_actions import SUGGESTED_ACTIONS, suggest_actions
from coaching.models import PlanInstance, Race
from coaching.plan_instances.serializers import WeekProgressSerializer, serialize_week_progress
from coaching.profile.recent_activities import ActivitySummary
from coaching.profile.summary import AthleteIdentity
from metrics.activities.serializers import round_value
from metrics.models import Activity
from metrics.science.pace import average_pace, hms, mmss


class AthleteIdentitySerializer(serializers.Serializer[Any]):
    user_id = IdField(User.prefix, help_text="The athlete, usr_….")
    username = serializers.CharField(help_text="The unique name.")
    display_name = serializers.CharField(help_text="The name as shown; may be empty.")
    profile_image_url = serializers.URLField(allow_null=True, help_text="A picture; null without one.")
    timezone = serializers.CharField(help_text="IANA name; the athlete's days and weeks begin there.")
    unit_system = serializers.ChoiceField(Athlete.Units.choices, help_text="How pages show distances.")


class VisibleMembershipSerializer(serializers.Serializer[Any]):
    org_id = IdField(Organization.prefix, help_text="The organization, org_….")
    org_name = serializers.CharField(help_text="The name.")
    role = serializers.ChoiceField(Role.choices, help_text="The role there.")
    status = serializers.ChoiceField(Status.choices, help_text="The status of the membership.")
    joined_at = serializers.DateTimeField(help_text="When the athlete joined.")
    groups = GroupNameSerializer(many=True, help_text="The athlete's training groups there.")
    level = serializers.CharField(
        required=False, help_text="For coaches only: a word such as advanced; may be empty."
    )
    labels = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="For coaches only: labels."
    )
    assigned_coach_id = IdField(
        User.prefix,
        required=False,
        allow_null=True,
        help_text="For coaches only: the assigned coach, usr_….",
    )


class PlanAheadSerializer(serializers.Serializer[Any]):
    plan_instance_id = IdField(PlanInstance.prefix, help_text="The plan in this calendar, pi_….")
    name = serializers.CharField(help_text="The plan's name.")
    status = serializers.ChoiceField(PlanInstance.Status.choices, help_text="scheduled or active.")
    start_date = serializers.DateField(help_text="The first day.")
    current_week = serializers.IntegerField(help_text="From 1 to total_weeks.")
    total_weeks = serializers.IntegerField(help_text="Length in weeks.")
    week_progress = WeekProgressSerializer(
        allow_null=True, help_text="Progress of this ISO week; null if activities are withheld."
    )


class RaceAheadSerializer(ForecastFieldsSerializer):
    race_id = IdField(Race.prefix, help_text="The race, race_….")
    race_name = serializers.CharField(help_text="The name.")
    race_date = serializers.DateField(help_text="The local date.")
    distance = serializers.FloatField(help_text="Metres.")
    goal_time = serializers.CharField(allow_null=True, help_text="H:MM:SS aimed at.")
    goal_time_s = serializers.FloatField(allow_null=True, help_text="goal_time in seconds.")
    priority = serializers.ChoiceField(Race.Priority.choices, help_text="A, B or C.")
    days_to_race = serializers.IntegerField(help_text="From the athlete's local day.")


class ActivitySummarySerializer(serializers.Serializer[Any]):
    activity_id = IdField(Activity.prefix, help_text="The activity, act_….")
    name = serializers.CharField(help_text="The name; may be empty.")
    activity_type = serializers.ChoiceField(Activity.Type.choices, help_text="The sport.")
    started_at = serializers.DateTimeField(help_text="When it started.")
    distance = serializers.FloatField(allow_null=True, help_text="Metres; null if not recorded.")
    duration = serializers.FloatField(help_text="Seconds.")
    avg_pace = serializers.CharField(allow_null=True, help_text="M:SS per km; null without distance.")
    avg_pace_s_per_km = serializers.FloatField(allow_null=True, help_text="avg_pace in seconds.")
    avg_heart_rate = serializers.FloatField(allow_null=True, help_text="bpm; null if not recorded.")
    training_load = serializers.FloatField(
        allow_null=True, help_text="Astral training load; null: not measured."
    )


@extend_schema_field(
    {"type": "object", "additionalProperties": {"type": ["number", "string", "null"]}},
    component_name="Evidence",
)
class EvidenceField(serializers.DictField):
    """Named numbers, texts and dates. Which names there are depends on the signal or insight."""


class SignalSerializer(AcknowledgementFieldsSerializer):
    code = serializers.ChoiceField(CODE_CHOICES, help_text="Which signal, such as HRV_BELOW_BASELINE.")
    domain = serializers.ChoiceField(DOMAINS, help_text="What kind of signal.")
    severity = serializers.ChoiceField(SEVERITIES, help_text="How urgent; positive is good news.")
    since = serializers.DateField(help_text="The local date since which it is active; at most 28 days ago.")
    message = serializers.CharField(
        help_text="One sentence with the numbers; a prompt to look, no diagnosis. Distances are in your"
        " units, for an API key in kilometres."
    )
    evidence = EvidenceField(help_text="The numbers behind it, and how many readings they come from.")
    confidence = serializers.FloatField(help_text="0–1.")
    suggested_actions = serializers.ListField(
        child=serializers.ChoiceField([(action, action) for action in SUGGESTED_ACTIONS]),
        help_text="What a coach can do about it, the most fitting first.",
    )


class WithheldField(serializers.ListField):
    """The categories the athlete withholds from the viewer."""

    def __init__(self) -> None:
        super().__init__(
            child=serializers.ChoiceField(Category.choices),
            help_text="Categories not shared with you: their values are null or empty, and not used in"
            " computations.",
        )


def serialize_identity(person: AthleteIdentity) -> dict[str, Any]:
    return {
        "user_id": person.public_id,
        "username": person.username,
        "display_name": person.display_name,
        "profile_image_url": person.profile_image_url or None,
        "timezone": person.timezone,
        "unit_system": person.unit_system,
    }


def serialize_visible_membership(membership: VisibleMembership) -> dict[str, Any]:
    content = {
        "org_id": encode(Organization.prefix, membership.organization_id),
        "org_name": membership.organization_name,
        "role": membership.role,
        "status": membership.status,
        "joined_at": membership.joined_at,
        "groups": [
            {"group_id": encode(Group.prefix, group.id), "name": group.name} for group in membership.groups
        ],
    }
    if membership.is_own:
        return content
    coach = membership.assigned_coach_id and encode(User.prefix, membership.assigned_coach_id)
    return content | {"level": membership.level, "labels": membership.labels, "assigned_coach_id": coach}


def serialize_activity_summary(activity: ActivitySummary) -> dict[str, Any]:
    pace_s_per_km = average_pace(activity.duration_s, activity.distance_m)
    return {
        "activity_id": encode(Activity.prefix, activity.activity_id),
        "name": activity.name,
        "activity_type": activity.activity_type,
        "started_at": activity.started_at,
        "distance": round_value(activity.distance_m),
        "duration": round_value(activity.duration_s),
        "avg_pace": mmss(pace_s_per_km),
        "avg_pace_s_per_km": round_value(pace_s_per_km),
        "avg_heart_rate": round_value(activity.avg_hr_bpm, 1),
        "training_load": round_value(activity.training_load, 1),
    }


def serialize_signal(signal: SignalView, units: str) -> dict[str, Any]:
    return {
        "code": signal.code,
        "domain": signal.domain,
        "severity": signal.severity,
        "since": signal.since,
        "message": format_signal_message(signal, units),
        "evidence": signal.evidence,
        "confidence": signal.confidence,
        "suggested_actions": suggest_actions(signal.code, signal.domain),
        **serialize_acknowledgement(signal),
    }


def serialize_plan_ahead(plan: PlanAhead) -> dict[str, Any]:
    return {
        "plan_instance_id": encode(PlanInstance.prefix, plan.plan_instance_id),
        "name": plan.name,
        "status": plan.status,
        "start_date": plan.start_date,
        "current_week": plan.current_week,
        "total_weeks": plan.total_weeks,
        "week_progress": serialize_week_progress(plan.week_progress),
    }


def serialize_race_ahead(race: RaceAhead, today: date) -> dict[str, Any]:
    return serialize_forecast(race.forecast) | {
        "race_id": encode(Race.prefix, race.race_id),
        "race_name": race.name,
        "race_date": race.date,
        "distance": race.distance_m,
        "goal_time": hms(race.goal_time_s),
        "goal_time_s": round_value(race.goal_time_s),
        "priority": race.priority,
        "days_to_race": race.days_to_race(today),
    }
