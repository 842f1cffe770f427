"""Match the sessions of a calendar with activities: as it is now, and as it is judged. Knows no queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from coaching.absences.current import find_absence
from coaching.calendar.day_rows import CalendarActivity, CalendarRow
from coaching.models import Absence
from coaching.plans.schedule import Schedule
from coaching.science.compliance import Outcome, PlannedSession, build_outcomes

CalendarStatus = Literal["planned", "done", "missed", "skipped"]
STATUSES: tuple[CalendarStatus, ...] = ("planned", "done", "missed", "skipped")


class CalendarEntry(NamedTuple):
    """A session with its outcome. `planned.load` is the given or the expected load.

    `compliance`: what was done, in per cent of what was planned on the day before. None: the session is not
    due, or was not planned then, or activities are withheld.
    """

    row: CalendarRow
    planned: PlannedSession
    status: CalendarStatus
    activity_id: UUID | None
    compliance: float | None

    @property
    def day(self) -> date:
        return self.planned.day


@dataclass(frozen=True, slots=True)
class CalendarMatch:
    """`entries`: the sessions in the calendar, by day. `judged`: the outcomes that count for compliance."""

    entries: Sequence[CalendarEntry]
    judged: Sequence[Outcome]


def match_calendar(
    rows: Sequence[CalendarRow],
    activities: Sequence[CalendarActivity] | None,
    absences: Sequence[Absence],
    today: date,
    threshold_mps: float | None,
) -> CalendarMatch:
    """`activities`: None if they are withheld; then nothing is done, missed or judged."""
    shown = [(row, row.planned.to_planned_session(threshold_mps)) for row in rows if row.is_shown]
    if activities is None:
        entries = [
            CalendarEntry(row, planned, "skipped" if row.is_skipped else "planned", None, None)
            for row, planned in shown
        ]
        return CalendarMatch(entries, ())
    schedule = Schedule(rows=[row.planned for row in rows])
    # A file from a zone where it is tomorrow is no outcome yet.
    done = [activity.to_done() for activity in activities if activity.day <= today]
    standing = {planned.session_id: planned for row, planned in shown if not row.is_skipped}
    links = schedule.links()
    links_now = {session: activity for session, activity in links.items() if session in standing}
    outcomes = {row.session.session_id: row for row in build_outcomes([*standing.values()], done, links_now)}
    judged = outcomes
    if any(row.planned.as_planned is not None for row in rows):
        as_judged = _list_judged_sessions(rows, standing, threshold_mps)
        judged = {row.session.session_id: row for row in build_outcomes(as_judged, done, links)}
    judged = {pk: outcome for pk, outcome in judged.items() if not _is_prevented(outcome, absences)}
    entries = [
        _build_entry(row, planned, outcomes.get(planned.session_id), judged, absences, today)
        for row, planned in shown
    ]
    return CalendarMatch(entries, list(judged.values()))


def _list_judged_sessions(
    rows: Sequence[CalendarRow], standing: Mapping[str, PlannedSession], threshold_mps: float | None
) -> list[PlannedSession]:
    """The sessions as they stood on the evening before; most of them still stand so."""
    unchanged = [
        standing[row.planned.id]
        for row in rows
        if row.planned.as_planned is None and row.planned.id in standing
    ]
    changed = [row.planned.as_judged() for row in rows if row.planned.as_planned is not None]
    return unchanged + [
        session.to_planned_session(threshold_mps)
        for session in changed
        if session.is_planned and session.is_due_by_plan()
    ]


def _is_prevented(outcome: Outcome, absences: Sequence[Absence]) -> bool:
    return not outcome.is_completed and find_absence(absences, outcome.session.day) is not None


def _build_entry(
    row: CalendarRow,
    planned: PlannedSession,
    outcome: Outcome | None,
    judged: Mapping[str, Outcome],
    absences: Sequence[Absence],
    today: date,
) -> CalendarEntry:
    activity_id = UUID(outcome.activity.activity_id) if outcome and outcome.activity else None
    judgement = judged.get(planned.session_id)
    is_due = judgement is not None and judgement.is_due(today)
    compliance = round(100 * judgement.ratio, 1) if judgement is not None and is_due else None
    status = _find_status(row, planned, activity_id, absences, today)
    return CalendarEntry(row, planned, status, activity_id, compliance)


def _find_status(
    row: CalendarRow,
    planned: PlannedSession,
    activity_id: UUID | None,
    absences: Sequence[Absence],
    today: date,
) -> CalendarStatus:
    """Rest is never missed. A session that an absence prevented counts as skipped."""
    if row.is_skipped:
        return "skipped"
    if activity_id:
        return "done"
    if planned.day >= today or planned.is_rest:
        return "planned"
    return "missed" if find_absence(absences, planned.day) is None else "skipped"
