"""The plans of an athlete that the viewer may end, resume or take back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from athletes.models import Athlete
from athletes.rights import ARRANGE, Category, Viewer
from coaching.models import PlanInstance

SHOWN_AFTER_END = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class PlanControl:
    """`is_running`: active or scheduled, so that it can be ended; an ended one can be resumed."""

    instance_id: str
    plan_id: str
    name: str
    start_date: date
    end_date: date
    status: str
    is_running: bool


def load_plan_controls(viewer: Viewer, athlete: Athlete, now: datetime) -> Sequence[PlanControl]:
    """Running plans, and those that were cancelled in the last four weeks. One statement."""
    today = athlete.local_date(now)
    rows = PlanInstance.objects.filter(athlete=athlete).editable_by(viewer, ARRANGE, Category.GOALS_AND_PLANS)
    controls = [
        _build_control(row, today) for row in rows.select_related("plan").order_by("start_date", "pk")
    ]
    return [control for control in controls if control.is_running or _is_recently_ended(control, today)]


def _build_control(row: PlanInstance, today: date) -> PlanControl:
    status = row.status_on(today)
    is_running = status in (PlanInstance.Status.ACTIVE, PlanInstance.Status.SCHEDULED)
    return PlanControl(
        row.public_id, row.plan.public_id, row.plan.name, row.start_date, row.last_day, status, is_running
    )


def _is_recently_ended(control: PlanControl, today: date) -> bool:
    return control.status == PlanInstance.Status.CANCELLED and control.end_date >= today - SHOWN_AFTER_END
