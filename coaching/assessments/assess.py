"""Assess athletes: signals, priority, races and plans ahead, and data quality as typed values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from math import isfinite

from athletes.models import Athlete
from athletes.rights import EVERYTHING, Visibility
from coaching.assessments.inputs import AssessmentInputs
from coaching.assessments.values import AssessmentData, PlanAhead, PlanAheadStatus, RaceAhead, SignalView
from coaching.attention import ActiveSignal
from coaching.attention.day import Day
from coaching.attention.day_index import DayIndex
from coaching.attention.evaluate import evaluate_day_index
from coaching.attention.rules.data_freshness import compute_profile_quality
from coaching.models import PlanInstance, Race
from coaching.science.compliance import Outcome, WeekProgress, plan_progress, week_progress
from coaching.science.forecast_efforts import ForecastBasis, GoalForecast, forecast_goals
from coaching.science.priority import RACE_NEAR_D, compute_priority
from metrics.science.pace import half_up

EVIDENCE_DIGITS = 3
STATUSES_AHEAD: dict[str, PlanAheadStatus] = {
    PlanInstance.Status.SCHEDULED: "scheduled",
    PlanInstance.Status.ACTIVE: "active",
}


def assess_athlete(
    athlete: Athlete, inputs: AssessmentInputs, now: datetime, visibility: Visibility
) -> AssessmentData:
    """Computed as of the start of the athlete's day, so it is the same at every hour."""
    today = athlete.local_date(now)
    signal_inputs = inputs.inputs if visibility == EVERYTHING else inputs.restrict_to(visibility)
    days = DayIndex(signal_inputs, datetime.combine(today, time(), athlete.zone))
    signals = [_build_signal(signal) for signal in evaluate_day_index(days).active_signals]
    next_a_race = min((race.day for race in signal_inputs.races if race.priority == "A"), default=None)
    shows_goals = visibility.goals_and_plans
    basis = inputs.forecast_basis if visibility.activities else None
    expected = days.expected_sessions if shows_goals and visibility.activities else None
    return AssessmentData(
        local_date=today,
        signals=signals,
        priority=_compute_priority(signals, next_a_race, today),
        next_a_race=next_a_race,
        races=_build_races(inputs.races, basis) if shows_goals else [],
        plans=_build_plans(inputs.instances, expected, today) if shows_goals else [],
        data_quality_parts=compute_profile_quality(Day(days, 0)).parts,
    )


def count_severities(signals: Iterable[SignalView]) -> dict[str, int]:
    counts = Counter(signal.severity for signal in signals)
    return {severity: counts[severity] for severity in ("critical", "warning", "info", "positive")}


def _compute_priority(signals: Iterable[SignalView], next_a_race: date | None, today: date) -> float:
    flags = [(signal.domain, signal.severity, signal.confidence, False) for signal in signals]
    is_race_near = next_a_race is not None and (next_a_race - today).days <= RACE_NEAR_D
    return round(compute_priority(flags, is_race_near), 2)


def _build_signal(signal: ActiveSignal) -> SignalView:
    return SignalView(
        signal.code,
        signal.domain,
        signal.severity,
        signal.since,
        signal.message,
        {name: _round_evidence(value) for name, value in signal.evidence.items()},
        signal.confidence,
    )


def _round_evidence(value: float | int | str | None) -> float | int | str | None:
    """None if not finite, which JSON cannot express."""
    if isinstance(value, float):
        return round(float(value), EVIDENCE_DIGITS) if isfinite(value) else None
    return value


def _build_races(races: Sequence[Race], basis: ForecastBasis | None) -> list[RaceAhead]:
    """`basis`: None if activities are withheld."""
    if basis is None:
        return [_build_race(race, GoalForecast.missing("withheld")) for race in races]
    forecasts = forecast_goals([race.distance_m for race in races], basis)
    return [_build_race(race, forecast) for race, forecast in zip(races, forecasts, strict=True)]


def _build_race(race: Race, forecast: GoalForecast) -> RaceAhead:
    return RaceAhead(
        race_id=race.pk,
        name=race.name,
        date=race.date,
        distance_m=race.distance_m,
        goal_time_s=_round_seconds(race.goal_time_s),
        forecast=forecast._replace(
            median_s=_round_seconds(forecast.median_s),
            low_s=_round_seconds(forecast.low_s),
            high_s=_round_seconds(forecast.high_s),
        ),
        priority=race.priority,
    )


def _round_seconds(seconds: float | None) -> float | None:
    return None if seconds is None else half_up(seconds)


def _build_plans(
    instances: Iterable[PlanInstance], expected: Sequence[Outcome] | None, today: date
) -> list[PlanAhead]:
    """`expected`: the outcomes of all sessions of these plans; None if activities are withheld."""
    return [
        _build_plan(instance, status, expected, today)
        for instance in instances
        if (status := STATUSES_AHEAD.get(instance.status_on(today)))
    ]


def _build_plan(
    instance: PlanInstance, status: PlanAheadStatus, expected: Sequence[Outcome] | None, today: date
) -> PlanAhead:
    progress = plan_progress(instance.start_date, instance.plan.total_weeks, today)
    return PlanAhead(
        plan_instance_id=instance.pk,
        name=instance.plan.name,
        status=status,
        start_date=instance.start_date,
        current_week=progress.current_week,
        total_weeks=progress.total_weeks,
        week_progress=None if expected is None else _build_week(instance, expected, today),
    )


def _build_week(instance: PlanInstance, expected: Sequence[Outcome], today: date) -> WeekProgress:
    """Progress over the instance's sessions; those an absence prevented do not count."""
    identifier = str(instance.pk)
    week = week_progress(
        [outcome for outcome in expected if outcome.session.instance_id == identifier], today
    )
    return week._replace(
        load_done=round(week.load_done, 1),
        load_planned=round(week.load_planned, 1),
        compliance=None if week.compliance is None else round(week.compliance, 1),
    )
