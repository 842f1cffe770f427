"""A plan as the body that creates it again, here or on another server."""

from __future__ import annotations

from typing import Any

from coaching.models import Plan
from coaching.plans.serializers import serialize_plan_detail

BODY_FIELDS = ("name", "description")
SESSION_ID = "session_id"


def build_plan_body(plan: Plan) -> dict[str, Any]:
    """What `POST /api/v1/training_plans` accepts: name, description and weeks, without ids. One statement."""
    detail = serialize_plan_detail(plan)
    return {name: detail[name] for name in BODY_FIELDS} | {
        "weeks": [
            {"week": week["week"], "days": list(map(_copy_day, week["days"]))} for week in detail["weeks"]
        ]
    }


def _copy_day(day: dict[str, Any]) -> dict[str, Any]:
    sessions = [
        {name: value for name, value in session.items() if name != SESSION_ID} for session in day["sessions"]
    ]
    return {"weekday": day["weekday"], "sessions": sessions}
