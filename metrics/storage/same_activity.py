"""Find the stored activities that a recording, or an activity in the bin, is the same as."""

from __future__ import annotations

from collections.abc import Iterable

from metrics.files.crop import WHOLE_KEY, parse_interval
from metrics.models import Activity
from metrics.models.activities import ActivityBase
from metrics.recording import Interval
from metrics.storage.identity import RecordedSpan, find_known_sports


def build_span(activity: ActivityBase) -> RecordedSpan:
    """The span of an activity. A sport that a person chose is never unknown."""
    elapsed_s = activity.duration_s if activity.elapsed_s is None else activity.elapsed_s
    sport = activity.activity_type
    if activity.source == Activity.Source.MANUAL:
        return RecordedSpan(activity.started_at, elapsed_s, frozenset([sport]))
    sports = find_known_sports(sport, activity.recorded.get("sport", sport))
    return RecordedSpan(
        activity.started_at,
        elapsed_s,
        sports,
        build_whole_span(parse_interval(activity.recorded, WHOLE_KEY), sports),
    )


def build_whole_span(interval: Interval | None, sports: frozenset[str]) -> RecordedSpan | None:
    """The span of a cropped recording before it was cropped. None if it is whole."""
    if interval is None:
        return None
    return RecordedSpan(interval[0], (interval[1] - interval[0]).total_seconds(), sports)


def find_same_activities(span: RecordedSpan, activities: Iterable[Activity]) -> list[Activity]:
    """The activities that were recorded in this span, the one with most seconds in common first.

    There are several if a person has taken recordings apart.
    """
    same = [activity for activity in activities if span.is_same_activity(build_span(activity))]
    return sorted(same, key=lambda activity: (-span.count_shared_seconds(build_span(activity)), activity.pk))
