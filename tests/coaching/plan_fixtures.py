"""Short helpers that create plans, races and absences for tests. Today is the Wednesday of `NOON`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from athletes.models import Athlete, Organization, User
from coaching.assessments.current import current_assessments
from coaching.assessments.stored_facts import decode_signals
from coaching.assessments.values import SignalView
from coaching.models import Absence, Plan, PlanInstance, PlanSession, Race
from coaching.plans.filling import fill_calendars
from tests.support.cast import NOON

TODAY = NOON.date()
MONDAY = TODAY - timedelta(days=2)
HOUR = 3_600.0


STORED_SIGNAL = {
    "code": "PROFILE_INCOMPLETE", "domain": "data", "severity": "info", "since": str(TODAY),
    "message": "Look.", "evidence": {}, "confidence": 1.0,
}  # fmt: skip


def build_signal(**stored: Any) -> SignalView:
    """Build a signal from JSON in its stored form."""
    (signal,) = decode_signals([STORED_SIGNAL | stored])
    return signal


def get_day(ahead: int) -> date:
    return TODAY + timedelta(days=ahead)


def create_test_plan(
    club: Organization, *sessions: dict[str, Any], weeks: int = 4, name: str = "Ten kilometres"
) -> Plan:
    """Create a plan. The default session is one hour of running on Monday of week 1."""
    plan = Plan.objects.create(organization=club, name=name, total_weeks=weeks)
    PlanSession.objects.bulk_create(
        [
            PlanSession(
                plan=plan, position=place, **({"week": 1, "weekday": 1, "duration_s": HOUR} | session)
            )
            for place, session in enumerate(sessions)
        ]
    )
    return plan


def list_daily_sessions(**more: Any) -> list[dict[str, Any]]:
    """Return a session for every day of four weeks."""
    return [{"week": week, "weekday": weekday, **more} for week in range(1, 5) for weekday in range(1, 8)]


def follow_plan(user: User, plan: Plan, start: date = MONDAY, **more: Any) -> PlanInstance:
    instance = PlanInstance.objects.create(athlete=user.athlete, plan=plan, start_date=start, **more)
    fill_calendars(plan, [instance])
    bump_data_version(user)
    return instance


def create_race(user: User, ahead: int, **more: Any) -> Race:
    given = {"name": "City run", "date": get_day(ahead), "distance_m": 10_000.0} | more
    return Race.objects.create(athlete=user.athlete, **given)


def create_absence(user: User, first: int, last: int | None, kind: str = "ill") -> Absence:
    """Create an absence. `first` and `last` are days from today; negative is the past; None is open-ended."""
    end = None if last is None else get_day(last)
    return Absence.objects.create(athlete=user.athlete, kind=kind, first_day=get_day(first), last_day=end)


def bump_data_version(user: User) -> None:
    Athlete.objects.filter(pk=user.pk).bump_version()


def get_data_version(user: User) -> int:
    return Athlete.objects.get(pk=user.pk).data_version


def load_signal_severities(user: User, now: Any = NOON) -> dict[str, str]:
    """Return the severity of each active signal by its code."""
    assessment = current_assessments([user.pk], now)[user.pk]
    return {signal.code: signal.severity for signal in assessment.signals}
