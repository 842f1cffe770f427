"""The forecasts of races, for one viewer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from athletes.models import Athlete
from athletes.rights import Category, Viewer
from coaching.assessments.current import current_assessments
from coaching.models import Race
from coaching.science.forecast_efforts import GoalForecast


def load_race_forecasts(viewer: Viewer, races: Sequence[Race], now: datetime) -> dict[UUID, GoalForecast]:
    """One forecast for each race. It is withheld from viewers who may not see the athlete's activities.

    Two statements if all assessments are current; none without a race ahead.
    """
    ids = {race.athlete_id for race in races if _is_ahead(race, now)}
    sharing = Athlete.objects.visible_to(viewer, Category.ACTIVITIES).filter(pk__in=ids)
    shared = set(sharing.values_list("pk", flat=True))
    assessments = current_assessments(shared, now)
    known = {ahead.race_id: ahead.forecast for data in assessments.values() for ahead in data.races}
    return {race.pk: _find_forecast(race, known, race.athlete_id in shared, now) for race in races}


def _find_forecast(
    race: Race, known: dict[UUID, GoalForecast], is_shared: bool, now: datetime
) -> GoalForecast:
    if not _is_ahead(race, now):
        return GoalForecast.missing("race_is_over")
    if not is_shared:
        return GoalForecast.missing("withheld")
    # A race that was added or deleted at this moment has none.
    return known.get(race.pk) or GoalForecast.missing("no_race_or_hard_effort")


def _is_ahead(race: Race, now: datetime) -> bool:
    return race.date >= race.athlete.local_date(now) and race.result_time_s is None
