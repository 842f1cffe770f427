"""A planned session as people read it: title, target, steps in words, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse

from astral.ids import encode
from athletes.models import Athlete, User
from coaching.calendar.day_rows import CalendarActivity
from coaching.calendar.matching import CalendarEntry
from coaching.calendar.targets import describe_target, format_amount
from coaching.models import CalendarSession
from coaching.steps.describe import describe_steps
from coaching.steps.reader import read_steps
from metrics.files.fit.writer import SPORT_NUMBERS
from metrics.formatting import format_number
from metrics.models import Activity

STATUS_BADGES = {"done": "good", "missed": "critical", "skipped": "label", "planned": "info"}
REST = str(CalendarSession.REST)


class ActivityLine(NamedTuple):
    """An activity as one line with a link. `amount` may be empty."""

    name: str
    amount: str
    address: str


@dataclass(frozen=True, slots=True)
class SessionCard:
    """`target`: such as "12.0 km, easy"; `steps`: one line each. `badge`: the CSS class of the status.

    Empty if there is none: `description`, `skip_reason`, `plan_name`, `workout_url`; `done` is None.
    """

    session_id: str
    version: int
    on: date
    title: str
    target: str
    steps: tuple[str, ...]
    description: str
    status: str
    badge: str
    is_key: bool
    is_rest: bool
    is_adjusted: bool
    skip_reason: str
    plan_name: str
    compliance: str
    done: ActivityLine | None
    page_url: str
    move_url: str
    workout_url: str
    may_change: bool = False


class CardBuilder(NamedTuple):
    """What cards of one athlete need besides the session.

    `units`: of the viewer; `activities`: what was done, by id; `editable`: the sessions that the viewer may
    change.
    """

    athlete: Athlete
    units: str
    threshold_mps: float | None
    activities: Mapping[UUID, CalendarActivity]
    editable: frozenset[str] = frozenset()

    def build(self, entry: CalendarEntry) -> SessionCard:
        row, session = entry.row, entry.row.planned
        user_id = encode(User.prefix, self.athlete.pk)
        public_id = encode(CalendarSession.prefix, UUID(session.id))
        has_workout = session.sport in SPORT_NUMBERS
        return SessionCard(
            session_id=public_id,
            version=row.version,
            on=entry.day,
            title=row.title or session.sport.capitalize(),
            target=describe_target(session, self.units),
            steps=tuple(
                describe_steps(read_steps(session.steps), self.units, session.sport, self.threshold_mps)
            ),
            description=row.description,
            status=entry.status,
            badge=STATUS_BADGES[entry.status],
            is_key=session.is_key,
            is_rest=session.sport == REST,
            is_adjusted=row.is_adjusted,
            skip_reason=row.skip_reason,
            plan_name=row.plan_name or "",
            compliance="" if entry.compliance is None else f"{format_number(entry.compliance)} %",
            done=self._build_done(entry),
            page_url=reverse("session-page", args=[user_id, public_id]),
            move_url=reverse("session-move-page", args=[user_id, public_id]),
            workout_url=reverse("calendar-session-workout", args=[user_id, public_id]) if has_workout else "",
            may_change=session.id in self.editable,
        )

    def build_all(self, entries: Iterable[CalendarEntry]) -> list[SessionCard]:
        return [self.build(entry) for entry in entries]

    def list_unplanned(
        self, activities: Iterable[CalendarActivity], cards: Iterable[SessionCard]
    ) -> list[ActivityLine]:
        """The activities that no session of these cards links to."""
        matched = {card.done.address for card in cards if card.done}
        lines = (self.build_activity(activity) for activity in activities)
        return [line for line in lines if line.address not in matched]

    def build_activity(self, activity: CalendarActivity) -> ActivityLine:
        amount = format_amount(activity.distance_m, activity.duration_s, activity.sport, self.units)
        return ActivityLine(
            activity.name or activity.sport.capitalize(), amount, _build_activity_url(activity.activity_id)
        )

    def _build_done(self, entry: CalendarEntry) -> ActivityLine | None:
        """The activity that the session was; without its words if it is outside of what was loaded."""
        if entry.activity_id is None:
            return None
        activity = self.activities.get(entry.activity_id)
        if activity is None:
            return ActivityLine("Activity", "", _build_activity_url(entry.activity_id))
        return self.build_activity(activity)


def _build_activity_url(activity_id: UUID) -> str:
    return reverse("activity-page", args=[encode(Activity.prefix, activity_id)])
