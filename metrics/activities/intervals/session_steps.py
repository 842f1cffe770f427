"""The planned steps of an activity. `settings.ACTIVITY_STEPS` names who knows them: a higher app."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from athletes.rights import Viewer
from metrics.activities.intervals.stored_run import StoredRun
from metrics.models import Activity
from metrics.science.intervals.repetitions import Intervals, find_intervals
from metrics.science.intervals.steps import SessionPart

RUN_SPORTS = frozenset({"run"})


@dataclass(frozen=True, slots=True)
class SessionSteps:
    """The session that an activity was. `parts`: its steps without repeats."""

    session_id: str
    title: str
    parts: Sequence[SessionPart]


@dataclass(frozen=True, slots=True)
class ActivityIntervals:
    """`session`: whose steps were looked for."""

    found: Intervals | None
    session: SessionSteps | None = field(default=None)


FindSteps = Callable[[Viewer, Activity, datetime], SessionSteps | None]


@cache
def load_steps_finder() -> FindSteps:
    finder: FindSteps = import_string(settings.ACTIVITY_STEPS)
    return finder


def load_intervals(
    viewer: Viewer, activity: Activity, stored: StoredRun | None, now: datetime
) -> ActivityIntervals:
    """The repetitions of a run. The plan is asked only for what the viewer may see of it."""
    if stored is None or stored.clock is None or activity.activity_type not in RUN_SPORTS:
        return ActivityIntervals(None)
    session = load_steps_finder()(viewer, activity, now)
    found = find_intervals(stored.clock, stored.laps, session.parts if session else ())
    return ActivityIntervals(found, session)
