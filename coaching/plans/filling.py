"""Fill the calendars of athletes with the sessions of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from coaching.models import CalendarSession, Plan, PlanInstance, PlanSession
from coaching.models.plans import Prescription

COPIED_COLUMNS = tuple(field.name for field in Prescription._meta.get_fields())
ROWS_AT_ONCE = 2_000


def fill_calendars(plan: Plan, instances: Iterable[PlanInstance]) -> list[CalendarSession]:
    """Store the sessions of new instances of this plan. The caller holds the athletes' locks."""
    planned = list(plan.sessions.order_by("week", "weekday", "position"))
    sessions = [
        session for instance in instances for session in build_calendar_sessions(instance, plan, planned)
    ]
    return CalendarSession.objects.bulk_create(sessions, batch_size=ROWS_AT_ONCE)


def build_calendar_sessions(
    instance: PlanInstance, plan: Plan, planned: Sequence[PlanSession]
) -> Iterator[CalendarSession]:
    """The sessions from the first day of the instance on, in the order of `planned`."""
    for session in planned:
        day = instance.day_of(session)
        if day >= instance.start_date:
            yield CalendarSession(
                athlete_id=instance.athlete_id,
                day=day,
                position=session.position,
                instance=instance,
                plan_session=session,
                organization_id=plan.organization_id,
                **{name: getattr(session, name) for name in COPIED_COLUMNS},
            )
