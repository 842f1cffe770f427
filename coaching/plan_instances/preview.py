"""What it means to give a plan to athletes: its days, and what they have in these weeks already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TypeVar
from uuid import UUID

from django.db.models import Q

from athletes.models import Athlete
from coaching.models import Absence, Plan, PlanInstance, Race

WEEK = timedelta(days=7)
RowT = TypeVar("RowT", PlanInstance, Absence, Race)


@dataclass(frozen=True, slots=True)
class AthleteWeeksAhead:
    """One athlete in the weeks of the plan. `has_plan`: the same plan from the same day."""

    athlete: Athlete
    has_plan: bool
    overlaps: Sequence[PlanInstance]
    absences: Sequence[Absence]
    races: Sequence[Race]


@dataclass(frozen=True, slots=True)
class AssignmentPreview:
    """`start_date` to `end_date`: the days of the plan, both included. Athletes by name."""

    plan: Plan
    start_date: date
    end_date: date
    athletes: Sequence[AthleteWeeksAhead]

    @property
    def overlapping(self) -> list[AthleteWeeksAhead]:
        return [row for row in self.athletes if row.overlaps and not row.has_plan]


def find_start_before_race(total_weeks: int, race_day: date) -> date:
    """The Monday on which a plan starts, so that its last week is the week of the race."""
    return race_day - timedelta(days=race_day.weekday()) - WEEK * (total_weeks - 1)


def find_last_day(plan: Plan, start: date) -> date:
    """The last day of a plan that begins in the week of `start`."""
    return start - timedelta(days=start.weekday()) + WEEK * plan.total_weeks - timedelta(days=1)


def load_preview(plan: Plan, athlete_ids: Iterable[UUID], start: date) -> AssignmentPreview:
    """Four statements for any number of athletes, who must share goals and plans with the viewer."""
    ids, end = list(athlete_ids), find_last_day(plan, start)
    athletes = Athlete.objects.filter(pk__in=ids).select_related("user")
    instances = _load_instances(ids, start, end)
    rows = Absence.objects.since(start).filter(athlete_id__in=ids, first_day__lte=end)
    absences = _group_by_athlete(rows.order_by("athlete_id", "first_day"))
    races = _group_by_athlete(
        Race.objects.filter(athlete_id__in=ids, date__range=(start, end)).order_by("athlete_id", "date")
    )
    return AssignmentPreview(
        plan,
        start,
        end,
        [
            AthleteWeeksAhead(
                athlete,
                any(_is_same(instance, plan, start) for instance in instances.get(athlete.pk, ())),
                [row for row in instances.get(athlete.pk, ()) if not _is_same(row, plan, start)],
                absences.get(athlete.pk, ()),
                races.get(athlete.pk, ()),
            )
            for athlete in athletes.order_by("user__display_name", "pk")
        ],
    )


def find_overlaps(plan: Plan, athlete_ids: Iterable[UUID], start: date) -> list[PlanInstance]:
    """Other plans of these athletes on its days, with their athletes and users. One statement."""
    found = _load_instances(list(athlete_ids), start, find_last_day(plan, start))
    return [row for rows in found.values() for row in rows if not _is_same(row, plan, start)]


def _load_instances(ids: Sequence[UUID], start: date, end: date) -> Mapping[UUID, Sequence[PlanInstance]]:
    """Instances with a day from `start` to `end`. An ended one counts up to its last day."""
    began = Q(start_date__lte=end, start_date__gt=start - WEEK * (Plan.MAX_WEEKS + 1))
    rows = PlanInstance.objects.filter(began, athlete_id__in=ids).select_related("plan", "athlete__user")
    return _group_by_athlete(
        row
        for row in rows.order_by("athlete_id", "start_date", "pk")
        if row.last_day >= max(start, row.start_date)
    )


def _is_same(instance: PlanInstance, plan: Plan, start: date) -> bool:
    return instance.plan_id == plan.pk and instance.start_date == start


def _group_by_athlete(rows: Iterable[RowT]) -> dict[UUID, list[RowT]]:
    """`rows` are sorted by athlete."""
    return {pk: list(group) for pk, group in groupby(rows, key=lambda row: row.athlete_id)}
