"""Loads assessments and recomputes those older than the data or the athlete's day.

A stale snapshot is recomputed with it, from the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from astral.database.replicas import require_primary
from athletes.models import Athlete
from athletes.rights import EVERYTHING, Visibility
from coaching.assessments.acknowledgements import drop_escalated
from coaching.assessments.assess import assess_athlete, count_severities
from coaching.assessments.inputs import AssessmentInputs, load_inputs
from coaching.assessments.stored_facts import (
    FORMULA_VERSION,
    StoredAssessment,
    decode_assessment,
    decode_personal_bests,
    encode_personal_bests,
    encode_plans,
    encode_races,
    encode_signals,
)
from coaching.assessments.values import AssessmentData
from coaching.attention import PersonalBest
from coaching.attention.episodes import RaisedSignal
from coaching.models import Assessment
from coaching.signal_history.episodes import DaySignals, store_episodes
from coaching.training_log.activities import load_training_logs
from metrics.science.data_quality import DataQuality
from metrics.snapshots.behind import EVERYBODY, AthleteShare, find_behind
from metrics.snapshots.compute import build_daily_series, compute_current_numbers
from metrics.snapshots.current import is_snapshot_current, store_snapshots, upsert_athlete_rows
from metrics.snapshots.history import load_histories
from metrics.snapshots.stamps import is_row_current

BATCH_SIZE = 200
DEFERRED_COLUMNS = (
    "snapshot__recovery_parts",
    "assessment__signals",
    "assessment__races",
    "assessment__plans",
)  # not needed to recompute
WRITTEN_COLUMNS = [field.attname for field in Assessment._meta.concrete_fields if not field.primary_key]


def current_assessments(athlete_ids: Iterable[UUID], now: datetime) -> dict[UUID, AssessmentData]:
    """Assessments as of `now` without regard to consent; statements as in `refresh_assessment_rows`."""
    rows = refresh_assessment_rows(athlete_ids, now)
    return {pk: decode_assessment(row) for pk, row in rows.items()}


def decode_current_assessments(
    stored: Mapping[UUID, StoredAssessment], now: datetime
) -> dict[UUID, AssessmentData]:
    """Decode assessments that were just refreshed. Those of another formula are computed again.

    During an update of the server, a process of another version can write its own form in between. An athlete
    who was deleted meanwhile has no entry. No statement if all are of this formula.
    """
    readable = {pk: row for pk, row in stored.items() if row.formula == FORMULA_VERSION}
    return {pk: decode_assessment(row) for pk, row in readable.items()} | current_assessments(
        stored.keys() - readable.keys(), now
    )


def refresh_assessment_rows(athlete_ids: Iterable[UUID], now: datetime) -> dict[UUID, Assessment]:
    """The stored assessment of each athlete; stale ones are recomputed in bulk.

    One statement when all are current, whatever their number; else a fixed number for each batch of 200.
    """
    # Ordered by id, so that two processes lock the same rows in one order and cannot deadlock.
    athletes = list(
        Athlete.objects.filter(pk__in=list(athlete_ids))
        .select_related("snapshot", "assessment")
        .order_by("pk")
    )
    stale = [athlete for athlete in athletes if not is_assessment_current(athlete, now)]
    recomputed = {
        assessment.athlete_id: assessment
        for batch in _split_batches(stale)
        for assessment in recompute_assessments(batch, now)
    }
    return {athlete.pk: recomputed.get(athlete.pk) or athlete.assessment for athlete in athletes}


def assessments_for_viewer(
    visibilities: Mapping[UUID, Visibility], now: datetime
) -> dict[UUID, AssessmentData]:
    """As `current_assessments`, for a viewer with this visibility of each athlete.

    Athletes who withhold something are assessed again without it. That assessment is not stored. An athlete
    who was deleted meanwhile has no entry. No statement without athletes.
    """
    rows = refresh_assessment_rows(visibilities, now)
    assessments = {pk: decode_assessment(row) for pk, row in rows.items() if visibilities[pk] == EVERYTHING}
    ids = [pk for pk, visibility in visibilities.items() if visibility != EVERYTHING]
    athletes = (
        list(Athlete.objects.filter(pk__in=ids).select_related("assessment").order_by("pk")) if ids else []
    )
    for batch in _split_batches(athletes):
        for athlete, inputs in zip(batch, _load_inputs(batch, now), strict=True):
            assessments[athlete.pk] = assess_athlete(athlete, inputs, now, visibilities[athlete.pk])
    return assessments


def is_assessment_current(athlete: Athlete, now: datetime) -> bool:
    return is_row_current(_stored_assessment(athlete), athlete, FORMULA_VERSION, now)


def recompute_assessments(athletes: Sequence[Athlete], now: datetime) -> list[Assessment]:
    """Compute and store the assessments of these athletes, and their snapshots if they are stale.

    The episodes of their signals go on, begin or end.

    The stored version is read *before* the data: data that arrives in between makes the assessment stale,
    so a stale one never looks current.
    """
    require_primary()
    all_inputs = _load_inputs(athletes, now, keep_snapshots=True)
    assessed = [
        (athlete, inputs.inputs.personal_bests, assess_athlete(athlete, inputs, now, EVERYTHING))
        for athlete, inputs in zip(athletes, all_inputs, strict=True)
    ]
    drop_escalated({athlete.pk: data.signals for athlete, _, data in assessed})
    rows = [_build_row(athlete, data, bests, now) for athlete, bests, data in assessed]
    upsert_athlete_rows(rows, WRITTEN_COLUMNS)
    store_episodes({athlete.pk: _list_day_signals(data) for athlete, _, data in assessed})
    return rows


def _list_day_signals(data: AssessmentData) -> DaySignals:
    raised = [
        RaisedSignal(signal.code, signal.severity, signal.since)
        for signal in data.signals
        if not signal.is_praise
    ]
    return DaySignals(data.local_date, raised)


def _build_row(
    athlete: Athlete, data: AssessmentData, bests: Iterable[PersonalBest], now: datetime
) -> Assessment:
    return Assessment(
        athlete_id=athlete.pk,
        data_version=athlete.data_version,
        local_date=data.local_date,
        formula=FORMULA_VERSION,
        computed_at=now,
        signals=encode_signals(data.signals),
        priority=data.priority,
        **count_severities(data.signals),
        next_a_race=data.next_a_race,
        races=encode_races(data.races),
        plans=encode_plans(data.plans),
        data_quality_score=DataQuality(data.data_quality_parts).score,
        data_quality_parts=data.data_quality_parts,
        personal_bests=encode_personal_bests(bests),
    )


def _stored_assessment(athlete: Athlete) -> Assessment | None:
    return getattr(athlete, "assessment", None)


def batch_stale_athletes(now: datetime, share: AthleteShare = EVERYBODY) -> Iterator[list[Athlete]]:
    """Athletes with stale assessments, in batches. Two statements for each."""
    athletes = (
        Athlete.objects.select_related("snapshot", "assessment").defer(*DEFERRED_COLUMNS).order_by("pk")
    )
    for ids in find_behind(Assessment, FORMULA_VERSION, now, share):
        yield list(athletes.filter(pk__in=ids))


def recompute_stale_assessments(now: datetime) -> int:
    """Recompute all stale assessments; returns their number."""
    return sum(len(recompute_assessments(batch, now)) for batch in batch_stale_athletes(now))


def _load_inputs(
    athletes: Sequence[Athlete], now: datetime, keep_snapshots: bool = False
) -> Iterator[AssessmentInputs]:
    logs = list(load_training_logs(athletes, now))
    columns = {athlete.pk: log.activity_columns() for athlete, log in zip(athletes, logs, strict=True)}
    pasts = load_histories(athletes, now, columns)
    series = build_daily_series(pasts)
    numbers = compute_current_numbers(pasts, series)
    if keep_snapshots:
        stale = [place for place, athlete in enumerate(athletes) if not is_snapshot_current(athlete, now)]
        if stale:
            store_snapshots(
                [athletes[place] for place in stale],
                [pasts[place] for place in stale],
                [numbers[place] for place in stale],
                now,
            )
    return load_inputs(athletes, pasts, series, numbers, logs, now, _unchanged_bests(athletes))


def _unchanged_bests(athletes: Iterable[Athlete]) -> dict[UUID, list[PersonalBest]]:
    """Stored personal bests of athletes with unchanged data: a new day alone makes no new one."""
    return {
        athlete.pk: decode_personal_bests(assessment.personal_bests)
        for athlete in athletes
        if (assessment := _stored_assessment(athlete))
        and assessment.formula == FORMULA_VERSION
        and assessment.data_version == athlete.data_version
    }


def _split_batches(athletes: Iterable[Athlete]) -> Iterator[list[Athlete]]:
    rest = iter(athletes)
    while batch := list(islice(rest, BATCH_SIZE)):
        yield batch
