"""Loads assessments and recomputes those older than the data or the athlete's day.

A stale snapshot is recomputed with it, from the same rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import islice
from uuid import UUID

from athletes.models import Athlete
from coaching.assessments.acknowledgements import drop_escalated
from coaching.assessments.inputs import AssessmentInputs, load_inputs
from coaching.assessments.payload import (
    compute_data_quality,
    plans_payload,
    races_payload,
    severity_counts,
    signal_payload,
)
from coaching.attention import PersonalBest
from coaching.attention.day_index import DayIndex
from coaching.attention.evaluate import evaluate_day_index
from coaching.attention.signal import Evaluation
from coaching.models import Assessment
from coaching.science.priority import RACE_NEAR_D, compute_priority
from coaching.training_log.activities import load_training_logs
from coaching.training_log.personal_bests import decode_personal_bests, encode_personal_bests
from metrics.snapshots.compute import build_daily_series, compute_current_numbers
from metrics.snapshots.current import is_snapshot_current as is_snapshot_current
from metrics.snapshots.current import store_snapshots, upsert_athlete_rows
from metrics.snapshots.history import load_histories

FORMULA_VERSION = (
    3  # raise it when a signal or anything else that is kept here changes: every assessment is then renewed
)
BATCH_SIZE = 200
DEFERRED_COLUMNS = (
    "snapshot__recovery_parts",
    "assessment__signals",
    "assessment__races",
    "assessment__plans",
)  # not needed to recompute
WRITTEN_COLUMNS = [field.attname for field in Assessment._meta.concrete_fields if not field.primary_key]


def current_assessments(athlete_ids: Iterable[UUID], now: datetime) -> dict[UUID, Assessment]:
    """Assessments as of `now` without regard to consent; stale ones are recomputed in bulk.

    One statement when all are current, whatever their number; else a fixed number for each batch of 200.
    """
    # Ordered by id, so that two processes lock the same rows in one order and cannot deadlock.
    wanted = (
        Athlete.objects.filter(pk__in=list(athlete_ids))
        .select_related("snapshot", "assessment")
        .order_by("pk")
    )
    athletes = list(wanted)
    stale = [athlete for athlete in athletes if not is_assessment_current(athlete, now)]
    renewed = {
        assessment.athlete_id: assessment
        for batch in _split_batches(stale)
        for assessment in recompute_assessments(batch, now)
    }
    kept_ones = {
        assessment.athlete_id: assessment for assessment in map(_stored_assessment, athletes) if assessment
    }
    return kept_ones | renewed


def assessments_for_viewer(withheld: Mapping[UUID, Collection[str]], now: datetime) -> dict[UUID, Assessment]:
    """As `current_assessments`, for a viewer from whom each athlete withholds these categories.

    Who withholds something is judged anew without it, and that is kept nowhere.
    """
    assessments = current_assessments(withheld, now)
    partly = [pk for pk, categories in withheld.items() if categories]
    athletes = (
        list(Athlete.objects.filter(pk__in=partly).select_related("assessment").order_by("pk"))
        if partly
        else []
    )
    for batch in _split_batches(athletes):
        for athlete, one in zip(batch, _load_inputs(batch, now), strict=True):
            assessments[athlete.pk] = _build_assessment(athlete, one, now, withheld[athlete.pk])
    return assessments


def is_assessment_current(athlete: Athlete, now: datetime) -> bool:
    """Whether the assessment is of this data version, this local day and this formula."""
    assessment = _stored_assessment(athlete)
    return (
        assessment is not None
        and assessment.data_version == athlete.data_version
        and assessment.local_date == athlete.local_date(now)
        and assessment.formula == FORMULA_VERSION
    )


def recompute_assessments(athletes: Sequence[Athlete], now: datetime) -> list[Assessment]:
    """Judge and store the assessments of these athletes, and their snapshots where those are behind.

    The stored version is read *before* the data: data that arrives in between makes the assessment stale,
    so a stale one never looks current.
    """
    gathered = _load_inputs(athletes, now, keep_snapshots=True)
    fresh = [_build_assessment(athlete, one, now) for athlete, one in zip(athletes, gathered, strict=True)]
    drop_escalated(fresh)
    upsert_athlete_rows(fresh, WRITTEN_COLUMNS)
    return fresh


def _stored_assessment(athlete: Athlete) -> Assessment | None:
    return getattr(athlete, "assessment", None)


def batch_stale_athletes(now: datetime) -> Iterator[list[Athlete]]:
    """Athletes with stale assessments, in batches."""
    everybody = (
        Athlete.objects.select_related("snapshot", "assessment").defer(*DEFERRED_COLUMNS).order_by("pk")
    )
    yield from _split_batches(
        athlete for athlete in everybody.iterator(chunk_size=1000) if not is_assessment_current(athlete, now)
    )


def recompute_stale_assessments(now: datetime) -> int:
    """Recompute all stale assessments; returns their number."""
    return sum(len(recompute_assessments(batch, now)) for batch in batch_stale_athletes(now))


def _load_inputs(
    athletes: Sequence[Athlete], now: datetime, keep_snapshots: bool = False
) -> Iterator[AssessmentInputs]:
    done = list(load_training_logs(athletes, now))
    pasts = load_histories(
        athletes,
        now,
        {one.pk: practice.activity_columns() for one, practice in zip(athletes, done, strict=True)},
    )
    series = build_daily_series(pasts)
    numbers = compute_current_numbers(pasts, series)
    if keep_snapshots:
        behind = [place for place, athlete in enumerate(athletes) if not is_snapshot_current(athlete, now)]
        if behind:
            store_snapshots(
                [athletes[place] for place in behind],
                [pasts[place] for place in behind],
                [numbers[place] for place in behind],
                now,
            )
    return load_inputs(athletes, pasts, series, numbers, done, now, _unchanged_bests(athletes))


def _unchanged_bests(athletes: Iterable[Athlete]) -> dict[UUID, list[PersonalBest]]:
    """Stored personal bests of athletes with unchanged data: a new day alone makes no new one."""
    return {
        athlete.pk: decode_personal_bests(assessment.personal_bests)
        for athlete in athletes
        if (assessment := _stored_assessment(athlete))
        and assessment.formula == FORMULA_VERSION
        and assessment.data_version == athlete.data_version
    }


def _build_assessment(
    athlete: Athlete, one: AssessmentInputs, now: datetime, withheld: Collection[str] = ()
) -> Assessment:
    """Computed as of the start of the athlete's day, so it is the same at every hour."""
    today = athlete.local_date(now)
    as_of = datetime.combine(today, time(), athlete.zone)
    inputs = one.inputs_without(withheld) if withheld else one.inputs
    calendar = DayIndex(inputs, as_of)
    evaluation, quality = evaluate_day_index(calendar), compute_data_quality(calendar)
    goals = "goals_and_plans" not in withheld
    vdot = None if "activities" in withheld else one.vdot
    next_a_race = min((race.day for race in inputs.races if race.priority == "A"), default=None)
    return Assessment(
        athlete_id=athlete.pk,
        data_version=athlete.data_version,
        local_date=today,
        formula=FORMULA_VERSION,
        computed_at=now,
        signals=[signal_payload(flag) for flag in evaluation.active_signals],
        priority=_compute_priority(evaluation, next_a_race, today),
        **severity_counts(evaluation.active_signals),
        next_a_race=next_a_race,
        races=races_payload(one.races, today, vdot) if goals else [],
        plans=plans_payload(one.plans, calendar, today, withheld) if goals else [],
        data_quality_score=quality.score,
        data_quality_parts=quality.parts,
        personal_bests=encode_personal_bests(inputs.personal_bests),
    )


def _compute_priority(evaluation: Evaluation, next_a_race: date | None, today: date) -> float:
    flags = [(flag.domain, flag.severity, flag.confidence, False) for flag in evaluation.active_signals]
    return round(
        compute_priority(flags, next_a_race is not None and (next_a_race - today).days <= RACE_NEAR_D), 2
    )


def _split_batches(athletes: Iterable[Athlete]) -> Iterator[list[Athlete]]:
    rest = iter(athletes)
    while batch := list(islice(rest, BATCH_SIZE)):
        yield batch
