"""Serializers shared by profile and roster: memberships, plans, races, activities, signals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers

from astral.http.fields import IdField
from astral.ids import encode
from athletes.models import Athlete, Group, Organization, User
from athletes.organizations.serializers import GroupNameSerializer
from athletes.organizations.visible_memberships import VisibleMembership
from athletes.rights import Category
from athletes.roles import Role, Status
from coaching.assessments.acknowledgements import VisibleSignals
from coaching.models import PlanInstance, Race
from coaching.plan_instances.serializers import WeekProgressSerializer
from coaching.profile.recent_activities import ActivitySummary
from coaching.profile.summary import AthleteIdentity, AthleteSummary
from metrics.activities.serializers import round_value
from metrics.models import Activity
from metrics.science.pace import average_pace, mmss


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


class RaceAheadSerializer(serializers.Serializer[Any]):
    race_id = IdField(Race.prefix, help_text="The race, race_….")
    race_name = serializers.CharField(help_text="The name.")
    race_date = serializers.DateField(help_text="The local date.")
    distance = serializers.FloatField(help_text="Metres.")
    goal_time = serializers.CharField(allow_null=True, help_text="H:MM:SS aimed at.")
    predicted_time = serializers.CharField(
        allow_null=True, help_text="H:MM:SS of today's VDOT; null without one."
    )
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
    avg_heart_rate = serializers.FloatField(allow_null=True, help_text="bpm; null if not recorded.")
    training_load = serializers.FloatField(
        allow_null=True, help_text="Astral training load; null: not measured."
    )


class SignalSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Which signal, such as HRV_BELOW_BASELINE.")
    domain = serializers.CharField(
        help_text="recovery, load, adherence, intensity, performance, race, data or positive."
    )
    severity = serializers.CharField(help_text="critical, warning, info or positive.")
    since = serializers.DateField(help_text="The local date since which it is active; at most 28 days ago.")
    message = serializers.CharField(
        help_text="One sentence with the numbers; a prompt to look, no diagnosis."
    )
    evidence = serializers.DictField(help_text="The numbers behind it, and how many readings they come from.")
    confidence = serializers.FloatField(help_text="0–1.")
    acknowledged_until = serializers.DateField(
        allow_null=True, help_text="Acknowledged by a coach up to this local date, included."
    )


class WithheldField(serializers.ListField):
    """The categories the athlete withholds from the viewer."""

    def __init__(self) -> None:
        super().__init__(
            child=serializers.ChoiceField(Category.choices),
            help_text="Categories not shared with you: their values are null or empty, and not used in computations.",
        )


def serialize_identity(one: AthleteIdentity) -> dict[str, Any]:
    return {
        "user_id": one.public_id,
        "username": one.username,
        "display_name": one.display_name,
        "profile_image_url": one.profile_image_url or None,
        "timezone": one.timezone,
        "unit_system": one.unit_system,
    }


def serialize_visible_membership(one: VisibleMembership) -> dict[str, Any]:
    told = {
        "org_id": encode(Organization.prefix, one.organization_id),
        "org_name": one.organization_name,
        "role": one.role,
        "status": one.status,
        "joined_at": one.joined_at,
        "groups": [{"group_id": encode(Group.prefix, group.id), "name": group.name} for group in one.groups],
    }
    if one.is_own:
        return told
    coach = one.assigned_coach_id and encode(User.prefix, one.assigned_coach_id)
    return told | {"level": one.level, "labels": one.labels, "assigned_coach_id": coach}


def serialize_activity_summary(one: ActivitySummary) -> dict[str, Any]:
    return {
        "activity_id": encode(Activity.prefix, one.activity_id),
        "name": one.name,
        "activity_type": one.activity_type,
        "started_at": one.started_at,
        "distance": round_value(one.distance_m),
        "duration": round_value(one.duration_s),
        "avg_pace": mmss(average_pace(one.duration_s, one.distance_m)),
        "avg_heart_rate": round_value(one.avg_hr_bpm, 1),
        "training_load": round_value(one.training_load, 1),
    }


def serialize_signals(one: VisibleSignals, most: int | None = None) -> list[dict[str, Any]]:
    """Most urgent first."""
    return [_pick_fields(signal, _SIGNAL_FIELDS) for signal in one.signals[:most]]


def serialize_plans_ahead(one: AthleteSummary) -> list[dict[str, Any]]:
    return [_pick_fields(plan, _PLAN_FIELDS) for plan in one.plans]


def serialize_races_ahead(one: AthleteSummary) -> list[dict[str, Any]]:
    """Nearest first."""
    return [_pick_fields(race, _RACE_FIELDS) for race in one.races]


def _pick_fields(kept: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """jsonb does not keep the order of keys, so restore it."""
    return {name: kept[name] for name in names}


_SIGNAL_FIELDS, _PLAN_FIELDS, _RACE_FIELDS = (
    tuple(serializer().fields) for serializer in (SignalSerializer, PlanAheadSerializer, RaceAheadSerializer)
)
