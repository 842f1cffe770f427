"""What the change history tracks of plans and races."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from athletes.changes.tracked_kinds import TrackedField, TrackedKind, format_choice
from coaching.models import Plan, PlanInstance, Race
from metrics.formatting import format_duration


def load_plan_names(plan_ids: Collection[UUID]) -> Mapping[UUID, str]:
    return dict(Plan.everything.filter(pk__in=plan_ids).values_list("pk", "name"))


TRACKED_KINDS = (
    TrackedKind(
        "plan",
        "plan",
        Plan,
        {
            "name": TrackedField("name"),
            "total_weeks": TrackedField("weeks"),
            "version": TrackedField("version"),
            "archived_at": TrackedField("archived", lambda value: value[:10]),
        },
        Plan.prefix,
    ),
    TrackedKind(
        "plan_instance",
        "plan of an athlete",
        PlanInstance,
        {
            "plan_id": TrackedField("plan", prefix=Plan.prefix, load_names=load_plan_names),
            "start_date": TrackedField("start"),
            "ended_as": TrackedField("ended", format_choice(dict(PlanInstance.Ending.choices))),
            "ended_on": TrackedField("last day"),
        },
        PlanInstance.prefix,
    ),
    TrackedKind(
        "race",
        "race",
        Race,
        {
            "name": TrackedField("name"),
            "date": TrackedField("day"),
            "distance_m": TrackedField("distance", lambda value: f"{value:g} m"),
            "goal_time_s": TrackedField("goal", format_duration),
            "result_time_s": TrackedField("result", format_duration),
        },
        Race.prefix,
    ),
)
