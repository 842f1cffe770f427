"""The columns that a roster can have. The name is always there."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from coaching.profile.current_metrics import CurrentMetrics
from metrics.formatting import format_distance, format_number


class NumberColumn(NamedTuple):
    """A column with one number of today. `category`: what an athlete may withhold."""

    label: str
    category: str
    format: Callable[[CurrentMetrics, str], str]


DEFAULT_COLUMNS = {
    "team": "Team",
    "last_activity": "Last activity",
    "week": "This week (usual)",
    "load": "Load (usual)",
    "fitness_form": "Fitness / form",
    "hrv": "HRV",
    "recovery": "Recovery",
    "plan": "Plan",
    "race": "Next race",
}
NUMBER_COLUMNS = {
    "fatigue": NumberColumn("Fatigue", "activities", lambda now, _: format_number(now.fatigue)),
    "distance_7d": NumberColumn(
        "Last 7 days", "activities", lambda now, units: format_distance(now.week_distance_m, units)
    ),
    "load_jump": NumberColumn("Load jump", "activities", lambda now, _: format_number(now.load_jump, 2)),
    "monotony": NumberColumn("Monotony", "activities", lambda now, _: format_number(now.monotony, 1)),
    "vdot": NumberColumn("VDOT", "activities", lambda now, _: format_number(now.vdot, 1)),
    "resting_hr": NumberColumn(
        "Resting heart rate", "health", lambda now, _: format_number(now.resting_hr_bpm, 0, "bpm")
    ),
}
COLUMN_LABELS = DEFAULT_COLUMNS | {name: column.label for name, column in NUMBER_COLUMNS.items()}
