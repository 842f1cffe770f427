"""Serializers of plan instances."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from rest_framework import serializers

from astral.http.fields import (
    ChoiceField,
    DayField,
    IdField,
    QueryBooleanField,
    StrictBooleanField,
    StrictSerializer,
)
from astral.ids import encode
from athletes.models import Athlete, Group, User
from coaching.models import Plan, PlanInstance, Race
from coaching.plan_instances.progress import PlanProgressDetail, SessionOutcome
from coaching.plans.serializers import PlanSessionSerializer, serialize_plan_session
from coaching.science.compliance import WeekProgress, plan_progress
from metrics.models import Activity

SESSION_RESULTS = ("green", "yellow", "orange", "missed", "planned", "rest", "absent", "withheld")


class PlanInstanceCreate(StrictSerializer):
    """Assign a plan to an athlete, or to all current members of a group."""

    plan_id = IdField(Plan.prefix, help_text="Which plan, plan_….")
    user_id = IdField(User.prefix, required=False, help_text="The athlete, usr_….")
    group_id = IdField(
        Group.prefix, required=False, help_text="Or the group whose current members get the plan, grp_…."
    )
    start_date = DayField(required=False, help_text="The first day; week 1 begins on the Monday of its week.")
    race_id = IdField(
        Race.prefix,
        required=False,
        help_text="Instead of start_date, a race of somebody you may plan for, race_…: the last week of the"
        " plan is the week of the race.",
    )
    race_day = DayField(required=False, help_text="The same for a day without a race.")
    allow_overlap = StrictBooleanField(
        default=False,
        help_text="Whether athletes may have other plans in these weeks; both are then in the calendar.",
    )
    dry_run = StrictBooleanField(
        default=False, help_text="true: change nothing and answer 200 with what it would mean."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("user_id" in attrs) == ("group_id" in attrs):
            message = serializers.ErrorDetail("Give user_id or group_id, not both.", "required")
            raise serializers.ValidationError({"user_id": [message]})
        if sum(name in attrs for name in ("start_date", "race_id", "race_day")) != 1:
            message = serializers.ErrorDetail("Give one of start_date, race_id and race_day.", "required")
            raise serializers.ValidationError({"start_date": [message]})
        return attrs


class AssignPlanQuery(StrictSerializer):
    """The same flags as in the body."""

    allow_overlap = QueryBooleanField(
        default=False, help_text="1: athletes may have other plans in these weeks, as in the body."
    )
    dry_run = QueryBooleanField(default=False, help_text="1: change nothing, as in the body.")


class PlanInstanceUpdate(StrictSerializer):
    status = ChoiceField(
        [(value, value) for value in ("completed", "cancelled", "active")],
        help_text="completed or cancelled: no sessions are expected from today on; active undoes this.",
    )


class LinkActivityRequest(StrictSerializer):
    activity_id = IdField(
        Activity.prefix, help_text="The activity of this athlete that was the session, act_…."
    )


class WeekProgressSerializer(serializers.Serializer[Any]):
    sessions_completed = serializers.IntegerField(help_text="Sessions of this ISO week that are done.")
    sessions_planned = serializers.IntegerField(
        help_text="Sessions of this ISO week, without those an absence prevents."
    )
    load_done = serializers.FloatField(help_text="Training load of the matched activities.")
    load_planned = serializers.FloatField(help_text="Planned training load.")
    compliance = serializers.FloatField(
        allow_null=True,
        help_text="Per cent of the volume due that was done; a longer session does not make up for another.",
    )


class PlanInstanceSerializer(serializers.Serializer[Any]):
    plan_instance_id = IdField(PlanInstance.prefix, help_text="The plan in this calendar, pi_….")
    user_id = IdField(User.prefix, help_text="Whose calendar, usr_….")
    plan_id = IdField(Plan.prefix, help_text="Which plan, plan_….")
    group_id = IdField(
        Group.prefix,
        allow_null=True,
        help_text="The group it was assigned to, grp_…; null: assigned to the athlete.",
    )
    name = serializers.CharField(help_text="The plan's name.")
    status = serializers.ChoiceField(PlanInstance.Status.choices, help_text="As of the athlete's local day.")
    start_date = serializers.DateField(help_text="The first day.")
    end_date = serializers.DateField(help_text="The last day that can have an expected session.")
    current_week = serializers.IntegerField(help_text="From 1 to total_weeks.")
    total_weeks = serializers.IntegerField(help_text="Length in weeks.")
    week_progress = WeekProgressSerializer(
        allow_null=True,
        help_text="Progress of this ISO week while scheduled or active; null if activities are withheld.",
    )


class SessionOutcomeSerializer(PlanSessionSerializer):
    date = serializers.DateField(help_text="Its local date.")
    week = serializers.IntegerField(help_text="Its week of the plan, from 1.")
    became = serializers.ChoiceField(
        [(word, word) for word in SESSION_RESULTS],
        help_text="green: within 20 % of the plan, yellow: within 50 %, orange: beyond; missed;"
        " planned: not due yet; rest; absent: prevented; withheld.",
    )
    ratio = serializers.FloatField(allow_null=True, help_text="Done / planned; null if no activity matches.")
    activity_id = IdField(
        Activity.prefix, allow_null=True, help_text="The activity that matches the session, act_…."
    )


class PlanInstanceDetailSerializer(PlanInstanceSerializer):
    completed_weeks = serializers.IntegerField(help_text="Weeks that have passed.")
    compliance = serializers.FloatField(
        allow_null=True, help_text="Per cent of all volume due so far that was done."
    )
    sessions = SessionOutcomeSerializer(many=True, help_text="Every session, by date.")


class MemberWithoutPlanSerializer(serializers.Serializer[Any]):
    user_id = IdField(User.prefix, help_text="A member without this plan, usr_….")
    display_name = serializers.CharField(help_text="The name as shown; may be empty.")


class AssignPlanResultSerializer(serializers.Serializer[Any]):
    plan_instances = PlanInstanceSerializer(
        many=True, help_text="The instances that the athletes have now, new or existing."
    )
    without_instance = MemberWithoutPlanSerializer(
        many=True, help_text="Members of the group without the plan, also those you may not plan for."
    )


class GroupPlanSerializer(serializers.Serializer[Any]):
    plan_id = IdField(Plan.prefix, help_text="The plan, plan_….")
    name = serializers.CharField(help_text="The name.")
    start_date = serializers.DateField(help_text="The first day.")
    total_weeks = serializers.IntegerField(help_text="Length in weeks.")
    plan_instance_ids = serializers.ListField(
        child=IdField(PlanInstance.prefix), help_text="The instances you may see, pi_…."
    )
    without_instance = MemberWithoutPlanSerializer(
        many=True, help_text="Members without the plan, such as athletes who joined the group later."
    )


def serialize_plan_instance(instance: PlanInstance, today: date, week: WeekProgress | None) -> dict[str, Any]:
    """Serialize an instance; `instance.plan` must be loaded."""
    group = instance.group_id
    return {
        "plan_instance_id": instance.public_id,
        "user_id": User(id=instance.athlete_id).public_id,
        "plan_id": Plan(id=instance.plan_id).public_id,
        "group_id": Group(id=group).public_id if group else None,
        "name": instance.plan.name,
        "status": instance.status_on(today),
        "start_date": instance.start_date,
        "end_date": instance.last_day,
        "current_week": plan_progress(instance.start_date, instance.plan.total_weeks, today).current_week,
        "total_weeks": instance.plan.total_weeks,
        "week_progress": serialize_week_progress(week),
    }


def serialize_week_progress(week: WeekProgress | None) -> dict[str, Any] | None:
    if week is None:
        return None
    return {
        "sessions_completed": week.sessions_completed,
        "sessions_planned": week.sessions_planned,
        "load_done": week.load_done,
        "load_planned": week.load_planned,
        "compliance": week.compliance,
    }


def serialize_progress(
    instance: PlanInstance, detail: PlanProgressDetail, shows_activities: bool
) -> dict[str, Any]:
    """`shows_activities`: the athlete shares activities with the viewer."""
    compliance = None if detail.compliance is None or not shows_activities else round(detail.compliance, 1)
    return {
        "completed_weeks": detail.progress.completed_weeks,
        "compliance": compliance,
        "sessions": [
            _serialize_session(session, instance, detail.today, shows_activities)
            for session in detail.sessions
        ],
    }


def _serialize_session(
    row: SessionOutcome, instance: PlanInstance, today: date, shows_activities: bool
) -> dict[str, Any]:
    activity = row.outcome.activity if row.outcome and shows_activities else None
    return serialize_plan_session(row.session) | {
        "date": row.session.day,
        "week": instance.week_of(row.session.day),
        "became": _session_result(row, today) if shows_activities else "withheld",
        "ratio": round(row.outcome.ratio, 3) if row.outcome and activity else None,
        "activity_id": encode(Activity.prefix, UUID(activity.activity_id)) if activity else None,
    }


def _session_result(row: SessionOutcome, today: date) -> str:
    return "absent" if row.outcome is None else row.outcome.status(today)


def serialize_members_without_plan(athletes: Iterable[Athlete]) -> list[dict[str, Any]]:
    return [{"user_id": athlete.public_id, "display_name": athlete.user.display_name} for athlete in athletes]
