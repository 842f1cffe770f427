"""The next hard session of athletes: find it, make it easy, move it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from astral.http.errors import ApiError
from astral.ids import encode
from athletes.models import Athlete
from athletes.rights import SCHEDULE, Category, Viewer
from coaching.attention.suggested_actions import SuggestedAction
from coaching.calendar.changes.make_change import MadeChange, make_change
from coaching.calendar.changes.requests import ChangeAuthor, ChangeRequest
from coaching.calendar.changes.stored_rows import find_editable
from coaching.models import CalendarChange, CalendarSession
from coaching.models.querysets import CalendarSessionQuerySet
from coaching.signal_history.actions import record_taken_action
from coaching.steps.reader import read_steps
from coaching.steps.step import EffortTarget, PaceTarget, Repeat, Step, StepKind, ZoneTarget
from coaching.training_log.thresholds_and_sync import ThresholdHistory, load_thresholds
from metrics.science.load import PLANNED_INTENSITY, planned_minutes

LOOKED_AHEAD_D = 7
TEMPO_ZONE, TEMPO_EFFORT, EASY_ZONE = 3, 5, 1
EASY_MARK = " (easy)"
MAX_TITLE = 120
Kind = CalendarChange.Kind


@dataclass(frozen=True, slots=True)
class HardSession:
    """What a button about it needs. `title` is never empty."""

    session_id: UUID
    version: int
    day: date
    title: str
    is_tomorrow: bool

    @property
    def public_id(self) -> str:
        return encode(CalendarSession.prefix, self.session_id)


def load_hard_sessions(viewer: Viewer, today: Mapping[UUID, date]) -> dict[UUID, HardSession]:
    """The next hard session of each athlete that the viewer may change, from tomorrow on. One statement.

    `today`: the local day of each athlete. Athletes without one in LOOKED_AHEAD_D days are left out.
    """
    if not today:
        return {}
    first, last = min(today.values()), max(today.values())
    rows = CalendarSession.objects.filter(athlete__in=list(today)).editable_by(
        viewer, SCHEDULE, Category.GOALS_AND_PLANS
    )
    found: dict[UUID, HardSession] = {}
    for session in _between(rows, first + timedelta(1), last + timedelta(LOOKED_AHEAD_D)):
        ahead = (session.day - today[session.athlete_id]).days
        if 0 < ahead <= LOOKED_AHEAD_D and is_hard(session):
            title = session.title or session.sport.capitalize()
            hard = HardSession(session.pk, session.version, session.day, title, ahead == 1)
            found.setdefault(session.athlete_id, hard)
    return found


@transaction.atomic
def make_tomorrow_easy(athlete: Athlete, author: ChangeAuthor, now: datetime) -> MadeChange:
    """Make tomorrow's hard session easy, of the same duration.

    Raises ApiError 409 NO_HARD_SESSION if there is none, and as `make_change`.
    """
    tomorrow = athlete.local_date(now) + timedelta(1)
    session = _find_hard_session(athlete, author, tomorrow, tomorrow)
    thresholds = load_thresholds([athlete], now).get(athlete.pk, ThresholdHistory())
    values = _build_easy_values(session, thresholds.threshold_speed_on(tomorrow))
    made = make_change(athlete, _build_request(Kind.CHANGE, session, values), author, now)
    _record(athlete, author, "make_tomorrow_easy", now)
    return made


@transaction.atomic
def move_hard_session(athlete: Athlete, day: date, author: ChangeAuthor, now: datetime) -> MadeChange:
    """Move the next hard session, from tomorrow on, to another day. Raises as `make_tomorrow_easy`."""
    today = athlete.local_date(now)
    session = _find_hard_session(athlete, author, today + timedelta(1), today + timedelta(LOOKED_AHEAD_D))
    request = _build_request(Kind.MOVE, session, {"day": day.isoformat()})
    made = make_change(athlete, request, author, now)
    _record(athlete, author, "move_hard_session", now)
    return made


def _record(athlete: Athlete, author: ChangeAuthor, action: SuggestedAction, now: datetime) -> None:
    """Record in the history of the athlete's signals that a coach acted."""
    record_taken_action(athlete, author.permit.viewer, author.permit.row.right, action, now)


def is_hard(session: CalendarSession) -> bool:
    """A key session, or one with a hard zone or step."""
    if session.sport == CalendarSession.REST:
        return False
    in_hard_zone = not session.steps and (session.zone or EASY_ZONE) >= TEMPO_ZONE
    return session.is_key or in_hard_zone or any(map(_is_hard_step, read_steps(session.steps)))


def _is_hard_step(step: Step | Repeat) -> bool:
    """Steps of work without a target count as hard, as in the expected load. Heart rates do not say it."""
    if isinstance(step, Repeat):
        return any(map(_is_hard_step, step.steps))
    match step.target:
        case ZoneTarget(zone):
            return zone >= TEMPO_ZONE
        case EffortTarget(effort):
            return effort >= TEMPO_EFFORT
    return step.kind == StepKind.WORK and (step.target is None or isinstance(step.target, PaceTarget))


def _find_hard_session(athlete: Athlete, author: ChangeAuthor, first: date, last: date) -> CalendarSession:
    sessions = _between(find_editable(athlete, author.permit), first, last)
    hard = next(filter(is_hard, sessions), None)
    if hard is None:
        sentence = "There is no hard session that you can change."
        raise ApiError("NO_HARD_SESSION", sentence, 409)
    return hard


def _between(rows: CalendarSessionQuerySet, first: date, last: date) -> Sequence[CalendarSession]:
    """The sessions of these days that are planned, by day; key sessions first. One statement."""
    planned = rows.expected().filter(day__range=(first, last), is_skipped=False)
    return list(planned.order_by("day", "-is_key", "position", "pk"))


def _build_easy_values(session: CalendarSession, threshold_mps: float | None) -> dict[str, Any]:
    """Zone 1 and no steps. A distance becomes the time that it would have taken, if that is known."""
    title = (session.title or session.sport.capitalize()).removesuffix(EASY_MARK)
    values: dict[str, Any] = {
        "zone": EASY_ZONE,
        "steps": [],
        "is_key": False,
        "title": title[: MAX_TITLE - len(EASY_MARK)] + EASY_MARK,
    }
    duration_s = session.duration_s
    if not duration_s and session.distance_m and threshold_mps and session.sport == "run":
        intensity = PLANNED_INTENSITY[f"z{session.zone or TEMPO_ZONE}"]
        duration_s = 60.0 * round(planned_minutes(session.distance_m, intensity, threshold_mps))
    if duration_s:
        values |= {"duration_s": duration_s, "distance_m": None}
    # The load was that of the hard session. A session of a load alone keeps it, or nothing would be left.
    return values | ({"load": None} if duration_s or session.distance_m else {})


def _build_request(
    kind: CalendarChange.Kind, session: CalendarSession, values: dict[str, Any]
) -> ChangeRequest:
    return ChangeRequest(kind, values, session.pk, {str(session.pk): session.version})
