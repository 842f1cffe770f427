"""Serializers of plans: weeks → days → sessions."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rest_framework import serializers

from astral.http.fields import (
    ChoiceField,
    IdField,
    StrictBooleanField,
    StrictSerializer,
    TextField,
    WholeNumberField,
)
from astral.http.list_field import ListField
from astral.ids import encode
from athletes.models import Organization
from coaching.models import CalendarSession, Plan, PlanSession
from coaching.plans.step_serializers import (
    MAX_DISTANCE_M,
    MAX_DURATION_S,
    StepsField,
    StoredStepsField,
    count_steps,
    define_target_field,
    define_zone_field,
    gather_items,
    has_lap_step,
    require_any,
)
from coaching.science.planned_load import measure_steps

MAX_LOAD, MAX_SESSIONS_PER_DAY = 2_000, 4
# Limits of one plan: two sessions on each day of two years, and four of ten parts in each of its weeks.
MAX_SESSIONS_PER_PLAN, MAX_STEPS_PER_PLAN = 1_456, 4_160
TARGETS = ("duration_s", "distance_m", "load")
SPORT_NAMES = [(value, value) for value, _ in PlanSession.SPORTS]


class PlanSessionRequest(StrictSerializer):
    """One session; at least one target or steps, unless it is rest."""

    sport = ChoiceField(
        SPORT_NAMES, default="run", help_text="Which sport; rest: a planned day without training."
    )
    title = TextField(required=False, allow_blank=True, max_length=120, help_text="The name.")
    description = TextField(
        required=False, allow_blank=True, max_length=2_000, multiline=True, help_text="What to do, in words."
    )
    duration = define_target_field("Planned seconds.", MAX_DURATION_S, source="duration_s")
    distance = define_target_field("Planned metres.", MAX_DISTANCE_M, source="distance_m")
    training_load = define_target_field(
        "Planned load; if it is left out, it is estimated from the other fields.", MAX_LOAD, source="load"
    )
    zone = define_zone_field("The pace zone of the whole session, 1–5; 1 is easy.")
    steps = StepsField(
        required=False,
        help_text="The parts of the session. Without another target, its length is theirs. Steps until the"
        " lap button have none.",
    )
    is_key = StrictBooleanField(required=False, help_text="Whether it is a key session of the week.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["sport"] == PlanSession.REST:
            return attrs
        if attrs.get("steps") and all(attrs.get(name) is None for name in TARGETS):
            duration_s, distance_m = measure_steps(attrs["sport"], attrs["steps"])
            _refuse_long_steps(duration_s or 0.0, distance_m or 0.0)
            if duration_s is None and distance_m is None and has_lap_step(attrs["steps"]):
                raise serializers.ValidationError(
                    "Say how long or how far: a step until the lap button has no length.", "no_target"
                )
            attrs |= {"duration_s": duration_s, "distance_m": distance_m}
        require_any(attrs, *TARGETS)
        return attrs


def _refuse_long_steps(duration_s: float, distance_m: float) -> None:
    if duration_s > MAX_DURATION_S or distance_m > MAX_DISTANCE_M:
        raise serializers.ValidationError("The steps add up to more than 24 hours or 500 km.", "max_value")


class PlanDayRequest(StrictSerializer):
    weekday = WholeNumberField(min_value=1, max_value=7, help_text="1 is Monday, 7 is Sunday.")
    sessions = ListField(
        child=PlanSessionRequest(),
        min_length=1,
        max_length=MAX_SESSIONS_PER_DAY,
        help_text="Its sessions, in order.",
    )


class PlanWeekRequest(StrictSerializer):
    week = WholeNumberField(min_value=1, max_value=Plan.MAX_WEEKS, help_text="From 1.")
    days = ListField(
        child=PlanDayRequest(), max_length=7, help_text="Days with sessions; the others are free."
    )

    def validate_days(self, days: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return _require_unique(days, "weekday")


def _require_unique(rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    if len({row[name] for row in rows}) < len(rows):
        raise serializers.ValidationError(f"Give each {name} once.", "repeated")
    return rows


class PlanWeeksField(ListField):
    """The weeks of a plan. It counts all sessions and their parts before it validates them."""

    def to_internal_value(self, data: Any) -> Any:
        sessions = gather_items(gather_items(data, "days"), "sessions")
        _refuse_too_many(len(sessions), MAX_SESSIONS_PER_PLAN, "sessions")
        _refuse_too_many(count_steps(gather_items(sessions, "steps")), MAX_STEPS_PER_PLAN, "steps")
        return super().to_internal_value(data)


def _refuse_too_many(count: int, highest: int, parts: str) -> None:
    if count > highest:
        raise serializers.ValidationError(
            f"A plan has at most {highest:,} {parts}, not {count:,}.", "max_length"
        )


class PlanUpdate(StrictSerializer):
    """PATCH of a plan; `weeks` replaces all of its sessions."""

    name = TextField(required=False, max_length=120, help_text="The name.")
    description = TextField(
        required=False, allow_blank=True, max_length=2_000, multiline=True, help_text="What it is for."
    )
    weeks = PlanWeeksField(
        child=PlanWeekRequest(),
        required=False,
        min_length=1,
        max_length=Plan.MAX_WEEKS,
        help_text="Weeks with their days. The highest week is the length of the plan."
        " A session with the place of an earlier one keeps its id.",
    )
    is_archived = StrictBooleanField(
        required=False, help_text="Whether the plan is offered no more. Athletes who follow it keep it."
    )
    version = WholeNumberField(
        required=False,
        min_value=1,
        help_text="The version that you have read: 409 CHANGED_MEANWHILE if the plan has another one now.",
    )

    def validate_weeks(self, weeks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return _require_unique(weeks, "week")


class PlanCreate(PlanUpdate):
    """A new plan."""

    org_id = IdField(
        Organization.prefix,
        required=False,
        help_text="The organization of the plan, org_…; default: the only one you plan in.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("name", "weeks"):
            self.fields[name].required = True
        for name in ("is_archived", "version"):
            del self.fields[name]


class PlanDuplicate(StrictSerializer):
    """A copy of a plan."""

    name = TextField(required=False, max_length=120, help_text="Its name; default: “Copy of …”.")


class PlanSessionSerializer(serializers.Serializer[Any]):
    session_id = IdField(PlanSession.prefix, help_text="The session, ses_….")
    sport = serializers.ChoiceField(SPORT_NAMES, help_text="Which sport, or rest.")
    title = serializers.CharField(help_text="The name; may be empty.")
    description = serializers.CharField(help_text="What to do, in words; may be empty.")
    duration = serializers.FloatField(allow_null=True, help_text="Planned seconds.")
    distance = serializers.FloatField(allow_null=True, help_text="Planned metres.")
    training_load = serializers.FloatField(
        allow_null=True, help_text="Planned load; null if the plan gives none."
    )
    zone = serializers.IntegerField(allow_null=True, help_text="The pace zone of the whole session, 1–5.")
    steps = StoredStepsField(help_text="The parts of the session, as they were sent.")
    is_key = serializers.BooleanField(help_text="Whether it is a key session of the week.")


class PlanDaySerializer(serializers.Serializer[Any]):
    weekday = serializers.IntegerField(help_text="1 is Monday, 7 is Sunday.")
    sessions = PlanSessionSerializer(many=True, help_text="Its sessions, in order.")


class PlanWeekSerializer(serializers.Serializer[Any]):
    week = serializers.IntegerField(help_text="From 1.")
    days = PlanDaySerializer(many=True, help_text="Days with sessions.")


class PlanSerializer(serializers.Serializer[Any]):
    plan_id = IdField(Plan.prefix, help_text="The plan, plan_….")
    org_id = IdField(
        Organization.prefix,
        allow_null=True,
        help_text="The organization of the plan, org_…; null: an athlete's own plan, out of an archive.",
    )
    name = serializers.CharField(help_text="The name.")
    description = serializers.CharField(help_text="What it is for; may be empty.")
    total_weeks = serializers.IntegerField(help_text="Length in weeks.")
    archived_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when it is offered no more, UTC; null: it is offered."
    )
    version = serializers.IntegerField(help_text="Grows with each change of its name, text and sessions.")


class PlanDetailSerializer(PlanSerializer):
    weeks = PlanWeekSerializer(many=True, help_text="Every week, also those without sessions.")


class PlanExportSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="The name.")
    description = serializers.CharField(help_text="What it is for; may be empty.")
    weeks = PlanWeekSerializer(many=True, help_text="Every week; the sessions have no ids.")


def serialize_plan(plan: Plan) -> dict[str, Any]:
    return {
        "plan_id": plan.public_id,
        "org_id": encode(Organization.prefix, plan.organization_id) if plan.organization_id else None,
        "name": plan.name,
        "description": plan.description,
        "total_weeks": plan.total_weeks,
        "archived_at": plan.archived_at,
        "version": plan.version,
    }


def serialize_plan_detail(plan: Plan) -> dict[str, Any]:
    sessions = list(plan.sessions.order_by("week", "weekday", "position"))
    by_week = {week: list(rows) for week, rows in groupby(sessions, key=lambda session: session.week)}
    weeks = [
        {"week": number, "days": _serialize_days(by_week.get(number, []))}
        for number in range(1, plan.total_weeks + 1)
    ]
    return serialize_plan(plan) | {"weeks": weeks}


def _serialize_days(sessions: list[PlanSession]) -> list[dict[str, Any]]:
    by_day = groupby(sessions, key=lambda session: session.weekday)
    return [
        {"weekday": day, "sessions": [serialize_plan_session(session) for session in rows]}
        for day, rows in by_day
    ]


def serialize_plan_session(session: PlanSession | CalendarSession) -> dict[str, Any]:
    return {
        "session_id": session.public_id,
        "sport": session.sport,
        "title": session.title,
        "description": session.description,
        "duration": session.duration_s,
        "distance": session.distance_m,
        "training_load": session.load,
        "zone": session.zone,
        "steps": session.steps,
        "is_key": session.is_key,
    }
