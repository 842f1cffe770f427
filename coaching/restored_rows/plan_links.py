"""Restore links between sessions of the calendar and activities."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from astral.http.errors import ApiError
from athletes.personal_data.restorer import (
    RestoredRows,
    RestoreTarget,
    Row,
    RowRestorer,
    check_day,
    parse_archived_instant,
    restore_each,
)
from coaching.models import PlanLink
from coaching.plan_instances.assign import link_activity
from coaching.restored_rows.calendar_sessions import find_named_session
from coaching.restored_rows.plans import load_instances
from metrics.models import Activity


def restore_plan_links(target: RestoreTarget, rows: Sequence[Row]) -> RestoredRows:
    """Link sessions with activities, if neither has a link. The plan and the activity must be there."""
    instances = load_instances(target.athlete)
    links = PlanLink.objects.filter(athlete=target.athlete)
    linked = set(links.values_list("session", flat=True))
    used = set(links.values_list("activity", flat=True))

    def restore_row(row: Row) -> PlanLink | bool:
        session = find_named_session(target.athlete, instances, row)
        activity = _find_activity(target, row)
        if session is None or activity is None:
            raise ValidationError("The session or the activity of a link is not there.")
        if session.pk in linked or activity.pk in used:
            return False
        try:
            link_activity(target.athlete, session, activity)
        except ApiError as error:
            raise ValidationError(str(error.detail)) from error
        linked.add(session.pk)
        used.add(activity.pk)
        return PlanLink.objects.get(athlete=target.athlete, activity=activity)

    return restore_each(rows, restore_row)


def _find_activity(target: RestoreTarget, row: Row) -> Activity | None:
    started_at = parse_archived_instant(row.get("activity_started_at"), target.now)
    check_day(started_at.date())
    return Activity.objects.filter(athlete=target.athlete, started_at=started_at).first()


PLAN_LINK_RESTORER = RowRestorer("link of a session", "links of sessions", restore_plan_links, PlanLink)
