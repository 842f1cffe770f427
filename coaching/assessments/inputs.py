"""Everything that athletes are judged by, gathered for any number of them with one statement for each kind of row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from athletes.models import Athlete
from coaching.attention import Absence, Inputs, PersonalBest, RaceGoal
from coaching.models import Absence as AbsenceRow
from coaching.models import PlanLink, Race
from coaching.plans.schedule import Followed, followed
from coaching.science.compliance import Outcome, outcomes
from coaching.training_log.activities import SESSIONS_D, Practice
from coaching.training_log.personal_bests import personal_bests
from coaching.training_log.thresholds_and_sync import LastSeen, Measured, last_seen, measured, profile_facts
from metrics.snapshots.compute import History, Numbers, Series
from metrics.snapshots.estimates import vdot_days, vo2max_days

AHEAD_D = 14  # how far ahead sessions can matter: to the next race's morning, and the rest of the week
ABSENCES_D = 112
VO2MAX_D, VO2MAX_READINGS_D = 36, 84
VDOT_DAYS = 71
LINKED_D = PlanLink.FURTHEST_D + 1  # and a day more: who linked it may have lived in another zone


@dataclass(frozen=True, slots=True)
class Gathered:
    """One athlete's inputs, and the rows behind them that are shown as well; `known` besides the training: values,
    (local day, VDOT) of races, when something came in."""

    athlete: Athlete
    known: tuple[Measured, Sequence[tuple[date, float]], LastSeen]
    inputs: Inputs
    races: Sequence[Race]
    plans: Sequence[Followed]
    vdot: float | None

    def inputs_without(self, withheld: Collection[str]) -> Inputs:
        """As a viewer sees them from whom these consent categories are withheld."""
        values, raced, seen = self.known
        raced, seen = () if "activities" in withheld else raced, seen.without(withheld)
        return replace(
            self.inputs.without(withheld),
            profile=profile_facts(self.athlete, values.without(withheld), raced, seen),
            is_connected=seen.sync_at is not None,
            last_sync_at=seen.sync_at,
        )


@dataclass(frozen=True, slots=True)
class Rows:
    """What was read of many athletes, by athlete."""

    measured: dict[UUID, Measured]
    seen: dict[UUID, LastSeen]
    races: dict[UUID, list[Race]]
    absences: dict[UUID, list[Absence]]
    plans: dict[UUID, list[Followed]]
    bests: dict[UUID, list[PersonalBest]]


def gather(
    athletes: Sequence[Athlete],
    pasts: Sequence[History],
    series: Series,
    numbers: Sequence[Numbers],
    done: Sequence[Practice],
    now: datetime,
    known_bests: dict[UUID, list[PersonalBest]],
) -> Iterator[Gathered]:
    """In the order of the athletes; `pasts`, `series`, `numbers` and `done` are theirs as of `now`.

    `known_bests`: of athletes whose data has not changed since. Nine statements at most. One by one, so that what one
    athlete was judged by is forgotten before the next.
    """
    rows = _rows(athletes, now, known_bests)
    for place, practice in enumerate(done):
        yield _gathered(athletes[place], pasts[place], series, place, numbers[place], practice, rows)


def _rows(athletes: Sequence[Athlete], now: datetime, known_bests: dict[UUID, list[PersonalBest]]) -> Rows:
    ids = [athlete.pk for athlete in athletes]
    # A day more than is asked for: somewhere it is still yesterday, or tomorrow already.
    first, last = now.date() - timedelta(days=SESSIONS_D + 1), now.date() + timedelta(days=AHEAD_D + 1)
    changed = [athlete for athlete in athletes if athlete.pk not in known_bests]
    return Rows(
        measured=measured(athletes, now),
        seen=last_seen(ids, now),
        races=_races(ids, now.date() - timedelta(days=1)),
        absences=_absences(ids, now.date() - timedelta(days=ABSENCES_D)),
        plans=followed(ids, first, last),
        bests=known_bests | personal_bests(changed, now),
    )


def _races(ids: Sequence[UUID], since: date) -> dict[UUID, list[Race]]:
    found: dict[UUID, list[Race]] = {}
    for race in Race.objects.filter(athlete_id__in=ids, date__gte=since).order_by("date", "pk"):
        found.setdefault(race.athlete_id, []).append(race)
    return found


def _absences(ids: Sequence[UUID], since: date) -> dict[UUID, list[Absence]]:
    found: dict[UUID, list[Absence]] = {}
    for row in AbsenceRow.objects.since(since).filter(athlete_id__in=ids).order_by("first_day", "pk"):
        found.setdefault(row.athlete_id, []).append(Absence(row.first_day, row.last_day or date.max))
    return found


def _gathered(
    athlete: Athlete,
    past: History,
    series: Series,
    place: int,
    numbers: Numbers,
    practice: Practice,
    rows: Rows,
) -> Gathered:
    today, pk = past.today, athlete.pk
    values, seen = rows.measured.get(pk, Measured()), rows.seen.get(pk, LastSeen())
    races = [race for race in rows.races.get(pk, ()) if race.date >= today and race.result_time_s is None]
    plans, raced = rows.plans.get(pk, []), practice.race_vdots()
    inputs = Inputs(
        **_series(series, place),
        **_performance(past, numbers, [*values.vdots(), *raced]),
        rough_load=practice.rough_load(),
        runs=practice.runs(),
        sessions=expected(plans, practice, today, values.speed_on(today)),
        races=[RaceGoal(race.date, race.distance_m, race.priority, race.name) for race in races],
        absences=rows.absences.get(pk, []),
        thresholds=values.speeds(),
        personal_bests=rows.bests.get(pk, []),
        profile=profile_facts(athlete, values, raced, seen),
        is_connected=seen.sync_at is not None,
        last_sync_at=seen.sync_at,
    )
    return Gathered(athlete, (values, raced, seen), inputs, races, plans, numbers.vdot)


def _series(series: Series, place: int) -> dict[str, Any]:
    names = ("load", "weeks", "hrv", "resting_hr", "recovery")
    return {name: getattr(series, name).row(place) for name in names}


def _performance(past: History, numbers: Numbers, efforts: Sequence[tuple[date, float]]) -> dict[str, Any]:
    shown, read = vo2max_days(past, numbers.vo2max_method, VO2MAX_D, VO2MAX_READINGS_D)
    return {
        "vo2max": shown,
        "vo2max_readings": read,
        "vo2max_method": numbers.vo2max_method,
        "vdot": vdot_days(efforts, past.today, VDOT_DAYS),
    }


def expected(
    plans: Sequence[Followed], practice: Practice, today: date, threshold_mps: float | None
) -> tuple[Outcome, ...]:
    """The sessions of these weeks with what became of them; over all plans at once: no activity is two sessions."""
    first, last = today - timedelta(days=SESSIONS_D - 1), today + timedelta(days=AHEAD_D)
    sessions = [session for plan in plans for session in plan.sessions(first, last, threshold_mps)]
    if not sessions:
        return ()
    links = {session: activity for plan in plans for session, activity in plan.links.items()}
    return outcomes(sessions, practice.done(first - timedelta(days=LINKED_D)), links)
