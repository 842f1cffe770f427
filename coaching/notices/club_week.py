"""The last week of a club for one coach: who needs them, how plans went, and who was silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from astral.ids import encode
from athletes.models import Athlete, Membership, Organization, User
from athletes.organizations.consent import load_visibilities
from athletes.rights import NOTHING, READ, Viewer, Visibility
from athletes.search import normalize_search_text
from coaching.assessments.inputs import LINKED_D
from coaching.attention import RULES_BY_CODE
from coaching.models import Absence, SignalEpisode
from coaching.plans.schedule import Schedule, load_schedules
from coaching.science.compliance import Outcome, build_outcomes
from coaching.signal_history.shown_codes import list_shown_codes
from coaching.training_log.activities import TrainingLog, load_training_logs
from coaching.training_log.thresholds_and_sync import ThresholdHistory, load_thresholds

WEEK = timedelta(days=7)
SEVERITIES = ("critical", "warning")  # the worst first


class NamedAthlete(NamedTuple):
    athlete_id: UUID
    name: str

    @property
    def public_id(self) -> str:
        return encode(User.prefix, self.athlete_id)


class AthleteSignals(NamedTuple):
    """Signals that were active when the week ended. `descriptions`: the worst first."""

    athlete: NamedAthlete
    is_urgent: bool
    descriptions: Sequence[str]


class AthleteSessions(NamedTuple):
    """Sessions of the week that were due, without those that an absence prevented."""

    athlete: NamedAthlete
    done: int
    due: int


@dataclass(frozen=True, slots=True)
class ClubWeek:
    """`first` and `last`: local dates. `shown`: all athletes of whom the week tells, with what is visible.

    `is_assigned`: only of athletes assigned to this coach. `signals`: urgent ones first. `sessions`: of
    athletes with a plan; those who did the least come first. `silent`: without an activity or an absence.
    """

    club: Organization
    first: date
    last: date
    is_assigned: bool
    shown: Mapping[UUID, Visibility]
    signals: Sequence[AthleteSignals]
    sessions: Sequence[AthleteSessions]
    silent: Sequence[NamedAthlete]

    @property
    def athlete_count(self) -> int:
        return len(self.shown)

    @property
    def done_count(self) -> int:
        return sum(row.done for row in self.sessions)

    @property
    def due_count(self) -> int:
        return sum(row.due for row in self.sessions)

    @property
    def unfinished(self) -> list[AthleteSessions]:
        return [row for row in self.sessions if row.done < row.due]


@dataclass(frozen=True, slots=True)
class _Members:
    """Athletes by name. `new`: who joined after the week had begun, so their silence says nothing."""

    names: Mapping[UUID, NamedAthlete]
    new: frozenset[UUID]
    is_assigned: bool


def load_club_week(viewer: Viewer, club: Organization, monday: date, now: datetime) -> ClubWeek:
    """The week before this Monday. Nine statements for any number of athletes."""
    first, last = monday - WEEK, monday - timedelta(days=1)
    members = _load_members(viewer, club, first)
    visibilities = load_visibilities(viewer, members.names)
    shown = {pk: visibilities.get(pk, NOTHING) for pk in members.names}
    absences = _load_absences([pk for pk in shown if shown[pk].goals_and_plans], first, last)
    athletes = list(Athlete.objects.filter(pk__in=[pk for pk in shown if shown[pk].activities]))
    span = (now.date() - first).days + LINKED_D + 2
    logs = dict(zip((row.pk for row in athletes), load_training_logs(athletes, now, days=span), strict=True))
    planning = [row for row in athletes if shown[row.pk].goals_and_plans]
    outcomes = _load_outcomes(planning, logs, first, last, now)
    quiet = [pk for pk, log in logs.items() if not log.done_activities(first, last)]
    silent = [members.names[pk] for pk in quiet if pk not in absences and pk not in members.new]
    return ClubWeek(
        club=club,
        first=first,
        last=last,
        is_assigned=members.is_assigned,
        shown=shown,
        signals=_load_signals(members.names, shown, last),
        sessions=_count_sessions(members.names, outcomes, absences),
        silent=sorted(silent, key=_sort_by_name),
    )


def _load_members(viewer: Viewer, club: Organization, first: date) -> _Members:
    """The athletes assigned to the viewer; without any, all of the club that the viewer may see."""
    rows = Membership.objects.reached_by(viewer, READ).active().athletes().filter(organization=club)
    found = list(rows.exclude(user=viewer.pk).select_related("user"))
    assigned = [row for row in found if row.assigned_coach_id == viewer.pk]
    chosen = assigned or found
    return _Members(
        {row.user_id: NamedAthlete(row.user_id, str(row.user)) for row in chosen},
        frozenset(row.user_id for row in chosen if row.joined_at.date() > first),
        bool(assigned),
    )


def _load_absences(athlete_ids: Sequence[UUID], first: date, last: date) -> dict[UUID, list[Absence]]:
    rows = Absence.objects.since(first).filter(athlete__in=athlete_ids, first_day__lte=last)
    found: dict[UUID, list[Absence]] = {}
    for row in rows:
        found.setdefault(row.athlete_id, []).append(row)
    return found


def _load_signals(
    names: Mapping[UUID, NamedAthlete], shown: Mapping[UUID, Visibility], last: date
) -> list[AthleteSignals]:
    """Signals that were active at the end of the week, without those that need a withheld category."""
    rows = SignalEpisode.objects.filter(athlete__in=list(names), raised_on__lte=last)
    still_active = rows.since(last + timedelta(days=1)).filter(worst_severity__in=SEVERITIES)
    codes = {visibility: {*list_shown_codes(visibility)} for visibility in set(shown.values())}
    found: dict[UUID, list[SignalEpisode]] = {}
    for row in still_active:
        if row.code in codes[shown[row.athlete_id]]:
            found.setdefault(row.athlete_id, []).append(row)
    signals = [_build_signals(names[pk], episodes) for pk, episodes in found.items()]
    return sorted(signals, key=lambda row: (not row.is_urgent, *_sort_by_name(row.athlete)))


def _build_signals(athlete: NamedAthlete, episodes: Iterable[SignalEpisode]) -> AthleteSignals:
    ordered = sorted(episodes, key=lambda row: (SEVERITIES.index(row.worst_severity), row.code))
    descriptions = [RULES_BY_CODE[row.code].description for row in ordered]
    return AthleteSignals(athlete, ordered[0].worst_severity == SEVERITIES[0], descriptions)


def _load_outcomes(
    athletes: Sequence[Athlete], logs: Mapping[UUID, TrainingLog], first: date, last: date, now: datetime
) -> Iterator[tuple[UUID, list[Outcome]]]:
    """The sessions of the week with their activities. The weeks around it take part in the matching."""
    ids, start, end = [athlete.pk for athlete in athletes], first - WEEK, last + WEEK
    schedules, thresholds = load_schedules(ids, start, end), load_thresholds(athletes, now)
    for athlete in athletes:
        schedule = schedules.get(athlete.pk, Schedule())
        history = thresholds.get(athlete.pk, ThresholdHistory())
        sessions = schedule.sessions(start, end, history.threshold_speed_on(athlete.local_date(now)))
        done = logs[athlete.pk].done_activities(start - timedelta(days=LINKED_D))
        matched = build_outcomes(sessions, done, schedule.links())
        yield (
            athlete.pk,
            [row for row in matched if first <= row.session.day <= last and not row.session.is_rest],
        )


def _count_sessions(
    names: Mapping[UUID, NamedAthlete],
    outcomes: Iterable[tuple[UUID, list[Outcome]]],
    absences: Mapping[UUID, Sequence[Absence]],
) -> list[AthleteSessions]:
    counted = []
    for pk, matched in outcomes:
        away = absences.get(pk, ())
        due = [row for row in matched if row.is_completed or not _is_absent(away, row.session.day)]
        if due:
            counted.append(AthleteSessions(names[pk], sum(row.is_completed for row in due), len(due)))
    return sorted(counted, key=lambda row: (row.done / row.due, *_sort_by_name(row.athlete)))


def _is_absent(absences: Iterable[Absence], day: date) -> bool:
    return any(row.first_day <= day <= (row.last_day or date.max) for row in absences)


def _sort_by_name(athlete: NamedAthlete) -> tuple[str, UUID]:
    return normalize_search_text(athlete.name), athlete.athlete_id
