"""Loads the inputs of assessments for many athletes, one statement for each kind of row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from athletes.models import Athlete
from athletes.rights import Visibility
from coaching.attention import AbsencePeriod, PersonalBest, RaceGoal, SignalInputs
from coaching.models import Absence as AbsenceRow
from coaching.models import PlanInstance, PlanLink, Race
from coaching.plans.schedule import Schedule, load_schedules
from coaching.science.compliance import Outcome, build_outcomes
from coaching.science.forecast_efforts import EFFORTS_D, ForecastBasis, RaceEffort, choose_basis
from coaching.training_log.activities import SESSIONS_D, TrainingLog
from coaching.training_log.personal_bests import load_personal_bests
from coaching.training_log.race_efforts import load_race_efforts
from coaching.training_log.said_words import NO_WORDS, SaidWords, load_said_words
from coaching.training_log.thresholds_and_sync import (
    SyncState,
    ThresholdHistory,
    build_profile_facts,
    load_sync_states,
    load_thresholds,
)
from metrics.snapshots.compute import CurrentNumbers, DailySeries, History
from metrics.snapshots.estimates import compute_vdot_days, compute_vo2max_days

AHEAD_D = 14  # sessions can matter up to the morning of the next race, and to the end of the week
ABSENCES_D = 112
VO2MAX_D, VO2MAX_READINGS_D = 36, 84
VDOT_DAYS = 71
LINKED_D = PlanLink.MAX_DAYS_APART + 1  # one day more: the athlete may have changed the time zone


@dataclass(frozen=True, slots=True)
class AssessmentInputs:
    """One athlete's inputs, and those of their rows that are also shown.

    `profile_data`: thresholds, (local day, VDOT) of races, and the sync state. `forecast_basis`: empty if no
    race is ahead.
    """

    athlete: Athlete
    profile_data: tuple[ThresholdHistory, Sequence[tuple[date, float]], SyncState]
    inputs: SignalInputs
    races: Sequence[Race]
    instances: Sequence[PlanInstance]
    forecast_basis: ForecastBasis

    def restrict_to(self, visibility: Visibility) -> SignalInputs:
        """The inputs without the categories that are not visible."""
        thresholds, race_vdots, sync = self.profile_data
        sync = sync.restrict_to(visibility)
        return replace(
            self.inputs.restrict_to(visibility),
            profile=build_profile_facts(
                self.athlete,
                thresholds.restrict_to(visibility),
                race_vdots if visibility.activities else (),
                sync,
            ),
            is_connected=sync.sync_at is not None,
            last_sync_at=sync.sync_at,
        )


@dataclass(frozen=True, slots=True)
class BatchRows:
    """Rows of many athletes, by athlete id."""

    thresholds: dict[UUID, ThresholdHistory]
    sync_states: dict[UUID, SyncState]
    races: dict[UUID, list[Race]]
    race_efforts: dict[UUID, list[RaceEffort]]
    absences: dict[UUID, list[AbsencePeriod]]
    schedules: dict[UUID, Schedule]
    personal_bests: dict[UUID, list[PersonalBest]]
    words: dict[UUID, SaidWords]


def load_inputs(
    athletes: Sequence[Athlete],
    pasts: Sequence[History],
    series: DailySeries,
    numbers: Sequence[CurrentNumbers],
    logs: Sequence[TrainingLog],
    now: datetime,
    known_bests: dict[UUID, list[PersonalBest]],
) -> Iterator[AssessmentInputs]:
    """Yield the inputs of each athlete, in order. Eleven statements at most.

    `pasts`, `series`, `numbers` and `logs` have the same order, all as of `now`. `known_bests`: stored
    personal bests of athletes whose data has not changed since. Yields one athlete at a time to save memory.
    """
    rows = _load_rows(athletes, now, known_bests)
    for place, log in enumerate(logs):
        yield _build_inputs(athletes[place], pasts[place], series, place, numbers[place], log, rows)


def _load_rows(
    athletes: Sequence[Athlete], now: datetime, known_bests: dict[UUID, list[PersonalBest]]
) -> BatchRows:
    ids = [athlete.pk for athlete in athletes]
    # One day more on both sides: in some time zones it is still yesterday, or already tomorrow.
    first, last = now.date() - timedelta(days=SESSIONS_D + 1), now.date() + timedelta(days=AHEAD_D + 1)
    changed = [athlete for athlete in athletes if athlete.pk not in known_bests]
    races = _load_races(ids, now.date() - timedelta(days=EFFORTS_D + 1))
    todays = {athlete.pk: athlete.local_date(now) for athlete in athletes if athlete.pk in races}
    ahead = {
        pk: today for pk, today in todays.items() if any(is_race_ahead(race, today) for race in races[pk])
    }
    return BatchRows(
        thresholds=load_thresholds(athletes, now),
        sync_states=load_sync_states(ids, now),
        races=races,
        race_efforts=load_race_efforts(ahead),
        absences=_load_absences(ids, now.date() - timedelta(days=ABSENCES_D)),
        schedules=load_schedules(ids, first, last),
        personal_bests=known_bests | load_personal_bests(changed, now),
        words=load_said_words(athletes, now),
    )


def _load_races(ids: Sequence[UUID], since: date) -> dict[UUID, list[Race]]:
    found: dict[UUID, list[Race]] = {}
    for race in Race.objects.filter(athlete_id__in=ids, date__gte=since).order_by("date", "pk"):
        found.setdefault(race.athlete_id, []).append(race)
    return found


def _load_absences(ids: Sequence[UUID], since: date) -> dict[UUID, list[AbsencePeriod]]:
    found: dict[UUID, list[AbsencePeriod]] = {}
    for row in AbsenceRow.objects.since(since).filter(athlete_id__in=ids).order_by("first_day", "pk"):
        found.setdefault(row.athlete_id, []).append(AbsencePeriod(row.first_day, row.last_day or date.max))
    return found


def _build_inputs(
    athlete: Athlete,
    past: History,
    series: DailySeries,
    place: int,
    numbers: CurrentNumbers,
    log: TrainingLog,
    rows: BatchRows,
) -> AssessmentInputs:
    today, pk = past.today, athlete.pk
    thresholds, sync = rows.thresholds.get(pk, ThresholdHistory()), rows.sync_states.get(pk, SyncState())
    words = rows.words.get(pk, NO_WORDS)
    races = [race for race in rows.races.get(pk, ()) if is_race_ahead(race, today)]
    schedule, race_vdots = rows.schedules.get(pk, Schedule()), log.race_vdots()
    inputs = SignalInputs(
        **_series_inputs(series, place),
        **_performance_inputs(past, numbers, [*thresholds.vdots(), *race_vdots]),
        rough_load=log.rough_load(),
        runs=log.runs(),
        sessions=match_planned_sessions(schedule, log, today, thresholds.threshold_speed_on(today)),
        races=[RaceGoal(race.date, race.distance_m, race.priority, race.name) for race in races],
        absences=rows.absences.get(pk, []),
        thresholds=thresholds.threshold_speeds(),
        personal_bests=rows.personal_bests.get(pk, []),
        check_ins=words.check_ins,
        felt=words.felt,
        profile=build_profile_facts(athlete, thresholds, race_vdots, sync),
        is_connected=sync.sync_at is not None,
        last_sync_at=sync.sync_at,
    )
    basis = ForecastBasis()
    if races:
        efforts = rows.race_efforts.get(pk, ())
        basis = choose_forecast_basis(athlete, log, rows.races.get(pk, ()), efforts, numbers.vdot)
    return AssessmentInputs(athlete, (thresholds, race_vdots, sync), inputs, races, schedule.instances, basis)


def is_race_ahead(race: Race, today: date) -> bool:
    return race.date >= today and race.result_time_s is None


def choose_forecast_basis(
    athlete: Athlete,
    log: TrainingLog,
    races: Iterable[Race],
    recorded: Sequence[RaceEffort],
    vdot: float | None,
) -> ForecastBasis:
    """What the forecasts of this athlete rest on."""
    last, first = log.today, log.today - timedelta(days=EFFORTS_D - 1)
    results = [
        RaceEffort(race.distance_m, race.result_time_s, race.date, None, is_race=True)
        for race in races
        if race.result_time_s is not None and first <= race.date <= last
    ]
    is_female = athlete.sex == Athlete.Sex.FEMALE if athlete.sex else None
    return choose_basis(results, recorded, log.past_runs(), vdot, is_female)


def _series_inputs(series: DailySeries, place: int) -> dict[str, Any]:
    names = ("load", "weeks", "hrv", "resting_hr", "recovery")
    return {name: getattr(series, name).row(place) for name in names}


def _performance_inputs(
    past: History, numbers: CurrentNumbers, efforts: Sequence[tuple[date, float]]
) -> dict[str, Any]:
    vo2max, readings = compute_vo2max_days(past, numbers.vo2max_method, VO2MAX_D, VO2MAX_READINGS_D)
    return {
        "vo2max": vo2max,
        "vo2max_readings": readings,
        "vo2max_method": numbers.vo2max_method,
        "vdot": compute_vdot_days(efforts, past.today, VDOT_DAYS),
    }


def match_planned_sessions(
    schedule: Schedule, log: TrainingLog, today: date, threshold_mps: float | None
) -> tuple[Outcome, ...]:
    """Sessions of these weeks with outcomes. One activity is one session."""
    first, last = today - timedelta(days=SESSIONS_D - 1), today + timedelta(days=AHEAD_D)
    sessions = schedule.sessions(first, last, threshold_mps)
    if not sessions:
        return ()
    done = log.done_activities(first - timedelta(days=LINKED_D))
    return build_outcomes(sessions, done, schedule.links())
