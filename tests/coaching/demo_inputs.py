"""What the signals ask of one athlete of the demo: from rows; races, plans and absences from the story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from athletes.models import Threshold
from coaching.attention import Absence, Inputs, PersonalBest, ProfileFacts, RaceGoal, Run, ThresholdSpeed
from coaching.compliance import DoneActivity, outcomes
from coaching.demo.circumstances import absences
from coaching.demo.planning import next_race_of, planned_sessions
from coaching.demo.training import Training
from metrics.models import Activity, HealthDay
from metrics.numbers import History, series_of
from metrics.science.vdot import vdot_current

DAYS = 215
SOURCES = {"manual": "measured", "laboratory": "measured", "device": "measured"}


def inputs_of(
    training: Training,
    history: History,
    activities: Sequence[Activity],
    health_days: Sequence[HealthDay],
    thresholds: Sequence[Threshold],
) -> Inputs:
    """`activities`, `health_days` and `thresholds` in order of their days."""
    series, today = series_of([history]), history.today
    runs = [activity for activity in activities if activity.activity_type == "run"]
    race = next_race_of(training)
    stamps = [a.created_at for a in activities[-1:]] + [h.updated_at for h in health_days[-1:]]
    return Inputs(
        load=series.load.row(0),
        weeks=series.weeks.row(0),
        rough_load=_by_day(
            today, ((a.local_date, a.training_load or 0.0) for a in activities if a.load_quality in "DE")
        ),
        hrv=series.hrv.row(0),
        resting_hr=series.resting_hr.row(0),
        recovery=series.recovery.row(0),
        vo2max=_filled(_readings(today, health_days)),
        vo2max_readings=_readings(today, health_days),
        vdot=_vdot(today, runs, thresholds),
        runs=[_run(run) for run in runs],
        sessions=outcomes(planned_sessions(training), [_done(activity) for activity in activities]),
        races=[RaceGoal(race.day, race.distance_m, race.priority, race.name)],
        absences=[
            Absence(training.date_of(away.first), training.date_of(away.last)) for away in absences(training.person)
        ],
        thresholds=[
            ThresholdSpeed(row.valid_from, 1000 / row.value) for row in thresholds if row.kind == "threshold_pace"
        ],
        personal_bests=_personal_bests(runs),
        profile=_profile(training, thresholds),
        is_connected=bool(stamps),
        last_sync_at=max(stamps, default=None),
    )


def _run(run: Activity) -> Run:
    zoned = sum(_zones(run))
    suspect = {"gps_glitch", "altitude_unreliable"} & set(run.warnings)
    return Run(
        day=run.local_date,
        distance_m=run.distance_m or 0.0,
        is_race=run.is_race,
        z1_s=run.zone1_s or 0.0,
        zoned_s=zoned,
        best_30min_ngs_mps=run.best_30min_ngs_mps,
        is_suspect=bool(suspect),
    )


def _zones(run: Activity) -> list[float]:
    return [getattr(run, f"zone{number}_s") or 0.0 for number in range(1, 6)]


def _done(activity: Activity) -> DoneActivity:
    zoned = sum(_zones(activity))
    return DoneActivity(
        activity_id=str(activity.id),
        day=activity.local_date,
        sport=activity.activity_type,
        duration_s=activity.duration_s,
        distance_m=activity.distance_m,
        load=activity.training_load,
        above_z1_share=1 - (activity.zone1_s or 0.0) / zoned if zoned else None,
    )


def _by_day(today: date, values) -> np.ndarray:
    column = np.zeros(DAYS)
    for day, value in values:
        if 0 <= (today - day).days < DAYS:
            column[DAYS - 1 - (today - day).days] += value
    return column


def _readings(today: date, health_days: Sequence[HealthDay]) -> np.ndarray:
    column = np.full(DAYS, np.nan)
    for row in health_days:
        if row.vo2max_ml_kg_min is not None and 0 <= (today - row.date).days < DAYS:
            column[DAYS - 1 - (today - row.date).days] = row.vo2max_ml_kg_min
    return column


def _filled(column: np.ndarray) -> np.ndarray:
    known = np.isfinite(column)
    last = np.maximum.accumulate(np.where(known, np.arange(len(column)), -1))
    return np.where(last >= 0, column[last], np.nan)


def _vdot(today: date, runs: Sequence[Activity], thresholds: Sequence[Threshold]) -> np.ndarray:
    efforts = [(run.local_date, run.race_vdot) for run in runs if run.race_vdot]
    efforts += [(row.valid_from, row.value) for row in thresholds if row.kind == "vdot"]
    column = []
    for day in (today - timedelta(days=back) for back in reversed(range(80))):
        shown = vdot_current([((day - on).days, value) for on, value in efforts if on <= day])
        column.append(np.nan if shown.value is None or "stale" in shown.warnings else shown.value)
    return np.array(column)


def _personal_bests(runs: Sequence[Activity]) -> list[PersonalBest]:
    """Efforts better than every earlier one over that distance, where there was one."""
    best: dict[float, float] = {}
    found = []
    for run in runs:
        for effort in run.best_efforts:
            distance, seconds = effort["distance_m"], effort["duration_s"]
            if seconds < best.get(distance, 0.0):
                found.append(PersonalBest(run.local_date, f"{distance:g} m", seconds))
            best[distance] = min(seconds, best.get(distance, np.inf))
    return found


def _profile(training: Training, thresholds: Sequence[Threshold]) -> ProfileFacts:
    newest = {row.kind: row for row in thresholds}
    pace, heart, vdot = (newest.get(kind) for kind in ("threshold_pace", "lthr", "vdot"))
    known = training.person.story.has_profile
    return ProfileFacts(
        pace_on=pace.valid_from if pace else None,
        hr_on=heart.valid_from if heart else None,
        vdot_on=vdot.valid_from if vdot else None,
        sources=(_worth(pace), _worth(heart), _worth(vdot)),
        timezone_confirmed=known,
        units_chosen=known,
    )


def _worth(row: Threshold | None) -> str:
    return SOURCES.get(row.source, row.source) if row else "measured"
