"""What new formulas changed for an athlete: told once, on the athlete's own page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from metrics.models import MeasurementState

WORDS_BY_COLUMNS = {
    "started_at": "the start",
    "distance_m": "the distance",
    "moving_time_s": "the moving time",
    "elevation_gain_m": "the climb",
    "graded_speed_mps": "the graded pace",
    "best_efforts": "best times",
    "training_load": "the load",
    "vo2max_ml_kg_min": "VO2max",
    "speed_curve_mmps": "the pace curve",
    "durability": "durability",
}


def describe_news(athlete_id: UUID) -> str:
    """`12 activities were measured again: the climb of 9, the load of 3.` Empty if there are no news."""
    state = MeasurementState.objects.filter(athlete=athlete_id, told_at=None, changed__gt=0).first()
    if state is None:
        return ""
    subject = "1 activity was" if state.changed == 1 else f"{state.changed:,} activities were"
    return f"{subject} measured again{_describe_columns(state.changed_columns)}."


def _describe_columns(changed_columns: Mapping[str, int]) -> str:
    parts = [
        f"{words} of {changed_columns[column]:,}"
        for column, words in WORDS_BY_COLUMNS.items()
        if changed_columns.get(column)
    ]
    return f": {', '.join(parts)}" if parts else ""


def mark_news_told(athlete_id: UUID, now: datetime) -> None:
    MeasurementState.objects.filter(athlete=athlete_id, told_at=None).update(told_at=now)
