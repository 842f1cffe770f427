"""Change a plan that is assigned: the call says whose calendars change with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import DayField, IdField
from astral.http.views import success
from astral.ids import encode
from athletes.access.permissions import get_permit
from athletes.models import ApiKey, Athlete, User
from athletes.rights import Category
from coaching.calendar.changes.plan_changes import AssignedPlanChange, change_assigned_plan
from coaching.models import CalendarChange, CalendarSession, Plan, PlanInstance
from coaching.plans.api import PlanViewSet
from coaching.plans.editing import archive_plan, unarchive_plan, update_plan
from coaching.plans.serializers import PlanDetailSerializer, PlanUpdate, serialize_plan_detail

ALL, NONE = "all", "none"
MAX_FOLLOWERS = 1_000


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "enum": [ALL, NONE]},
            {
                "type": "array",
                "maxItems": MAX_FOLLOWERS,
                "items": {"type": "string", "pattern": IdField(User.prefix).pattern},
            },
        ]
    }
)
class ApplyToField(serializers.Field[Any, Any, Any, Any]):
    """`all`, `none`, or a list of athletes. The validated value of a list is a set of UUIDs."""

    default_error_messages = {"invalid": "Use all, none, or a list of athletes."}

    def to_internal_value(self, data: Any) -> str | set[UUID]:
        if isinstance(data, str) and data in (ALL, NONE):
            return data
        if not isinstance(data, list) or len(data) > MAX_FOLLOWERS:
            self.fail("invalid")
        identifier = IdField(User.prefix)
        return {identifier.to_internal_value(text) for text in data}


class AssignedPlanUpdate(PlanUpdate):
    """Changes of a plan, and whose calendars change with its weeks."""

    apply_to = ApplyToField(
        required=False,
        help_text="For new weeks of an assigned plan: whose calendars change. all: of every follower for whom"
        " you may plan; none: the plan alone; or a list of athletes, usr_….",
    )
    apply_from = DayField(
        required=False,
        help_text="The first local day that changes; default: each athlete's tomorrow. Past days never do.",
    )


class AppliedPlanSerializer(serializers.Serializer[Any]):
    user_id = IdField(User.prefix, help_text="Whose calendar changed, usr_….")
    change_id = IdField(CalendarChange.prefix, help_text="The change, chg_…; for undo.")
    session_count = serializers.IntegerField(help_text="How many sessions changed.")


class KeptSessionsSerializer(serializers.Serializer[Any]):
    user_id = IdField(User.prefix, help_text="Whose calendar, usr_….")
    sessions = serializers.ListField(
        child=IdField(CalendarSession.prefix),
        help_text="Sessions that stay, because they were changed for this athlete, ses_….",
    )


class PlanChangeResultSerializer(PlanDetailSerializer):
    applied = AppliedPlanSerializer(many=True, help_text="The calendars that changed with the plan.")
    kept = KeptSessionsSerializer(many=True, help_text="The sessions that were left alone.")


class AssignedPlanViewSet(PlanViewSet):
    """One plan, also if athletes follow it."""

    @extend_schema(
        request=AssignedPlanUpdate,
        responses=PlanChangeResultSerializer,
        operation_id="training_plans_update",
        summary="Change a training plan",
    )
    def partial_update(self, request: Request, plan_id: str) -> Response:
        """Change a plan. New weeks of an assigned plan need `apply_to`, else the answer is 400 PLAN_ASSIGNED.

        With `version`, 409 CHANGED_MEANWHILE if somebody else has changed the plan since; `details.version`
        is the newest one. Sessions that were changed for one athlete stay, and the answer names them. An
        assistant coach may change and delete only plans that they made.
        """
        plan, permit = self.get_editable_plan(), get_permit(request)
        changes = AssignedPlanUpdate.parse(request.data)
        apply_to, since = changes.pop("apply_to", None), changes.pop("apply_from", None)
        is_archived, version = changes.pop("is_archived", None), changes.pop("version", None)
        if apply_to is None or "weeks" not in changes:
            changed = AssignedPlanChange(update_plan(plan, changes, version), (), {})
        else:
            followers, credential = self._choose_followers(plan, apply_to), request.auth
            key_name = credential.name if isinstance(credential, ApiKey) else ""
            changed = change_assigned_plan(
                plan, changes, followers, since, permit.author, key_name, timezone.now(), version
            )
        if is_archived is not None:
            archive_plan(changed.plan, timezone.now()) if is_archived else unarchive_plan(changed.plan)
        permit.note_shown({*(change.athlete_id for change in changed.applied), *changed.kept})
        return success(serialize_plan_detail(changed.plan) | serialize_plan_change(changed))

    def _choose_followers(self, plan: Plan, apply_to: str | set[UUID]) -> list[UUID]:
        """The followers for whom the caller may plan. Raises 403 (404 for staff) if a named one is none."""
        if apply_to == NONE:
            return []
        permit = get_permit(self.request)
        reached = Athlete.objects.reached_by(permit.viewer, permit.row.right, Category.GOALS_AND_PLANS)
        following = PlanInstance.objects.filter(plan=plan).values("athlete")
        found = list(reached.filter(pk__in=following).values_list("pk", flat=True))
        if isinstance(apply_to, str):
            return found
        if apply_to - {*found}:
            permit.get_or_forbidden(None)
        return [pk for pk in found if pk in apply_to]


def serialize_plan_change(changed: AssignedPlanChange) -> dict[str, Any]:
    return {
        "applied": [
            {
                "user_id": encode(User.prefix, change.athlete_id),
                "change_id": change.public_id,
                "session_count": len(change.rows),
            }
            for change in changed.applied
        ],
        "kept": [
            {
                "user_id": encode(User.prefix, athlete_id),
                "sessions": [encode(CalendarSession.prefix, pk) for pk in sessions],
            }
            for athlete_id, sessions in changed.kept.items()
        ],
    }
