"""Assessments that are true when they are shown: whoever reads them here gets none older than the data or the day.

A snapshot of the numbers that is behind is renewed along: both are made of one reading.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import islice
from uuid import UUID

from athletes.models import Athlete
from coaching.assessments.acknowledgements import forget_risen
from coaching.assessments.inputs import Gathered, gather
from coaching.assessments.payload import counted, plans_ahead, quality_told, races_ahead, signal_told
from coaching.attention import PersonalBest
from coaching.attention.day_index import Calendar
from coaching.attention.evaluate import evaluate
from coaching.attention.signal import Evaluation
from coaching.models import Assessment
from coaching.science.priority import RACE_NEAR_D, priority
from coaching.training_log.activities import practices
from coaching.training_log.personal_bests import from_kept, kept
from metrics.snapshots.compute import numbers_of, series_of
from metrics.snapshots.current import is_current as is_snapshot_current
from metrics.snapshots.current import keep, store
from metrics.snapshots.history import histories

FORMULA = (
    2  # raise it when a signal or anything else that is kept here changes: every assessment is then renewed
)
BATCH = 200
SHOWN = (
    "snapshot__recovery_parts",
    "assessment__signals",
    "assessment__races",
    "assessment__plans",
)  # to nobody who renews
WRITTEN = [field.attname for field in Assessment._meta.concrete_fields if not field.primary_key]


def current_assessments(athlete_ids: Iterable[UUID], now: datetime) -> dict[UUID, Assessment]:
    """The assessment of each athlete as of `now`, for who may see everything; those that are behind renewed in bulk.

    One statement when all are current, whatever their number; else a fixed number for each batch of 200.
    """
    # In the order of the ids, so that two who renew the same rows wait for each other and never in a circle.
    wanted = (
        Athlete.objects.filter(pk__in=list(athlete_ids))
        .select_related("snapshot", "assessment")
        .order_by("pk")
    )
    athletes = list(wanted)
    stale = [athlete for athlete in athletes if not is_current(athlete, now)]
    renewed = {
        assessment.athlete_id: assessment for batch in _batches(stale) for assessment in renew(batch, now)
    }
    kept_ones = {assessment.athlete_id: assessment for assessment in map(_kept, athletes) if assessment}
    return kept_ones | renewed


def seen_assessments(withheld: Mapping[UUID, Collection[str]], now: datetime) -> dict[UUID, Assessment]:
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
    for batch in _batches(athletes):
        for athlete, one in zip(batch, _gathered(batch, now), strict=True):
            assessments[athlete.pk] = _assessment(athlete, one, now, withheld[athlete.pk])
    return assessments


def is_current(athlete: Athlete, now: datetime) -> bool:
    """Whether the assessment is of this data version, this local day and this formula."""
    assessment = _kept(athlete)
    return (
        assessment is not None
        and assessment.data_version == athlete.data_version
        and assessment.local_date == athlete.local_date(now)
        and assessment.formula == FORMULA
    )


def renew(athletes: Sequence[Athlete], now: datetime) -> list[Assessment]:
    """Judge and store the assessments of these athletes, and their snapshots where those are behind.

    Each is stamped with the version that was read *before* its data: what arrives in between makes it stale, and
    never the other way round.
    """
    gathered = _gathered(athletes, now, keep_snapshots=True)
    fresh = [_assessment(athlete, one, now) for athlete, one in zip(athletes, gathered, strict=True)]
    forget_risen(fresh)
    keep(fresh, WRITTEN)
    return fresh


def _kept(athlete: Athlete) -> Assessment | None:
    return getattr(athlete, "assessment", None)


def stale_batches(now: datetime) -> Iterator[list[Athlete]]:
    """The athletes whose assessments are behind, in batches to renew."""
    everybody = Athlete.objects.select_related("snapshot", "assessment").defer(*SHOWN).order_by("pk")
    yield from _batches(
        athlete for athlete in everybody.iterator(chunk_size=1000) if not is_current(athlete, now)
    )


def renew_stale(now: datetime) -> int:
    """Renew every assessment that is behind; how many there were."""
    return sum(len(renew(batch, now)) for batch in stale_batches(now))


def _gathered(athletes: Sequence[Athlete], now: datetime, keep_snapshots: bool = False) -> Iterator[Gathered]:
    done = list(practices(athletes, now))
    pasts = histories(
        athletes, now, {one.pk: practice.outings() for one, practice in zip(athletes, done, strict=True)}
    )
    series = series_of(pasts)
    numbers = numbers_of(pasts, series)
    if keep_snapshots:
        behind = [place for place, athlete in enumerate(athletes) if not is_snapshot_current(athlete, now)]
        if behind:
            store(
                [athletes[place] for place in behind],
                [pasts[place] for place in behind],
                [numbers[place] for place in behind],
                now,
            )
    return gather(athletes, pasts, series, numbers, done, now, _unchanged_bests(athletes))


def _unchanged_bests(athletes: Iterable[Athlete]) -> dict[UUID, list[PersonalBest]]:
    """Of those whose data is the same as when they were last judged: a new day alone makes no personal best."""
    return {
        athlete.pk: from_kept(assessment.personal_bests)
        for athlete in athletes
        if (assessment := _kept(athlete))
        and assessment.formula == FORMULA
        and assessment.data_version == athlete.data_version
    }


def _assessment(athlete: Athlete, one: Gathered, now: datetime, withheld: Collection[str] = ()) -> Assessment:
    """Judged once a day: the sync and everything else is as old as it was when the athlete's day began."""
    today = athlete.local_date(now)
    as_of = datetime.combine(today, time(), athlete.zone)
    inputs = one.inputs_without(withheld) if withheld else one.inputs
    calendar = Calendar(inputs, as_of)
    evaluation, quality = evaluate(calendar), quality_told(calendar)
    goals = "goals_and_plans" not in withheld
    vdot = None if "activities" in withheld else one.vdot
    next_a_race = min((race.day for race in inputs.races if race.priority == "A"), default=None)
    return Assessment(
        athlete_id=athlete.pk,
        data_version=athlete.data_version,
        local_date=today,
        formula=FORMULA,
        computed_at=now,
        signals=[signal_told(flag) for flag in evaluation.flags],
        priority=_priority(evaluation, next_a_race, today),
        **counted(evaluation.flags),
        next_a_race=next_a_race,
        races=races_ahead(one.races, today, vdot) if goals else [],
        plans=plans_ahead(one.plans, calendar, today, withheld) if goals else [],
        data_quality_score=quality.score,
        data_quality_parts=quality.parts,
        personal_bests=kept(inputs.personal_bests),
    )


def _priority(evaluation: Evaluation, next_a_race: date | None, today: date) -> float:
    flags = [(flag.domain, flag.severity, flag.confidence, False) for flag in evaluation.flags]
    return round(priority(flags, next_a_race is not None and (next_a_race - today).days <= RACE_NEAR_D), 2)


def _batches(athletes: Iterable[Athlete]) -> Iterator[list[Athlete]]:
    rest = iter(athletes)
    while batch := list(islice(rest, BATCH)):
        yield batch
