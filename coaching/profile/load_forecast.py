"""Fitness, fatigue and form of the days ahead, if the athlete trains as planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from athletes.models import Athlete
from coaching.models import Absence
from coaching.plans.schedule import Schedule, load_session_rows
from coaching.profile.progress import DIGITS, TrainingProgress
from coaching.training_log.thresholds_and_sync import ThresholdHistory, load_thresholds
from metrics.science.load_series import project

MAX_REST_D = 7  # a race this many days after the last session is part of the forecast


@dataclass(frozen=True, slots=True)
class LoadForecast:
    """One entry per day from tomorrow on. Empty without planned load. Form is that of the morning."""

    days: Sequence[date] = ()
    load: Sequence[float] = ()
    fitness: Sequence[float] = ()
    fatigue: Sequence[float] = ()
    form: Sequence[float] = ()


def forecast_load(
    athlete: Athlete, training: TrainingProgress, now: datetime, days_ahead: int, races: Sequence[date]
) -> LoadForecast:
    """Forecast at most `days_ahead` days, to the last planned load or a race soon after it.

    Days of an absence have no load. Of today counts what is done, or what is planned if that is more. No
    statement without training; one without sessions ahead; else three.
    """
    if not any(training.fitness):
        return LoadForecast()
    today = athlete.local_date(now)
    last = today + timedelta(days=days_ahead)
    rows = load_session_rows([athlete.pk], today, last).get(athlete.pk, [])
    planned = _load_planned_loads(athlete, Schedule((), rows), today, last, now) if rows else {}
    end = max((day for day, load in planned.items() if load and day > today), default=None)
    if end is None:
        return LoadForecast()
    rest_end = min(end + timedelta(days=MAX_REST_D), last)
    end = max([end, *(race for race in races if race <= rest_end)])
    days = [today + timedelta(days=ahead) for ahead in range(1, (end - today).days + 1)]
    return _project_days(training, days, planned, max(planned.get(today, 0.0), training.load_today))


def _load_planned_loads(
    athlete: Athlete, schedule: Schedule, today: date, last: date, now: datetime
) -> dict[date, float]:
    """The planned load by day: two statements."""
    speed_mps = load_thresholds([athlete], now).get(athlete.pk, ThresholdHistory()).threshold_speed_on(today)
    absences = list(Absence.objects.since(today).filter(athlete=athlete))
    loads: dict[date, float] = {}
    for session in schedule.sessions(today, last, speed_mps):
        is_absent = any(row.first_day <= session.day <= (row.last_day or date.max) for row in absences)
        if session.load and not is_absent:
            loads[session.day] = loads.get(session.day, 0.0) + session.load
    return loads


def _project_days(
    training: TrainingProgress, days: Sequence[date], planned: dict[date, float], load_today: float
) -> LoadForecast:
    fitness, fatigue = (column[-2] or 0.0 for column in (training.fitness, training.fatigue))
    state = project(fitness, fatigue, [load_today])
    loads = [planned.get(day, 0.0) for day in days]
    states = [state]
    for load in loads:
        states.append(project(states[-1].fitness, states[-1].fatigue, [load]))
    return LoadForecast(
        days,
        loads,
        [round(state.fitness, DIGITS) for state in states[1:]],
        [round(state.fatigue, DIGITS) for state in states[1:]],
        [round(state.form, DIGITS) for state in states[:-1]],
    )
