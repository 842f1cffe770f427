"""Activities that people enter, change and delete: every write under the lock of the athlete's row."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from astral.http.errors import ApiError
from athletes.models import Athlete
from metrics.activities import streams as columns
from metrics.activities.measure import ThresholdsOverTime, measure_activity
from metrics.models import Activity, OriginalFile, Streams

# A manual entry's fields that are totals, and what Recording calls them.
MANUAL_TOTALS = {
    "duration_s": "duration_s",
    "distance_m": "distance_m",
    "moving_time_s": "moving_s",
    "elevation_gain_m": "elevation_gain_m",
    "elevation_loss_m": "elevation_loss_m",
    "avg_hr_bpm": "avg_hr_bpm",
    "max_hr_bpm": "max_hr_bpm",
    "calories_kcal": "calories_kcal",
}
RECORDED_COLUMNS = {*MANUAL_TOTALS, "started_at", "utc_offset_min"}
# What an activity's numbers depend on; a new name changes none of them.
MEASUREMENT_INPUTS = {
    *MANUAL_TOTALS,
    "activity_type",
    "is_race",
    "perceived_effort",
    "started_at",
    "utc_offset_min",
}


def lock_athlete(athlete_id: UUID) -> None:
    """Raise the data version; until the transaction ends nobody else writes for this athlete.

    Raises Athlete.DoesNotExist for somebody who was deleted meanwhile.
    """
    if not Athlete.objects.filter(pk=athlete_id).bump_version():
        raise Athlete.DoesNotExist


def local_date_at(athlete: Athlete, started_at: datetime, utc_offset_min: int | None) -> date:
    """The day at the place where it started; where the file does not tell, in the athlete's own zone."""
    if utc_offset_min is None:
        return athlete.local_date(started_at)
    return (started_at + timedelta(minutes=utc_offset_min)).date()


@transaction.atomic
def create_manual_activity(athlete: Athlete, entry: dict[str, Any]) -> Activity:
    """Store a validated manual entry."""
    lock_athlete(athlete.pk)
    activity = Activity(athlete=athlete, source=Activity.Source.MANUAL)
    _apply_entry(activity, entry)
    measure_activity(activity, ThresholdsOverTime(athlete, athlete.thresholds.all()))
    activity.save(force_insert=True)
    return activity


@transaction.atomic
def update_activity(activity: Activity, changes: dict[str, Any]) -> Activity:
    """Store validated changes to one activity, as it is by now.

    It is measured again only where a change can change its numbers. Raises Activity.DoesNotExist where it was deleted
    meanwhile.
    """
    if not changes:
        return activity
    current = _lock_and_reload(activity)
    if (
        current.source == Activity.Source.FILE and RECORDED_COLUMNS & changes.keys()
    ):  # a file may have taken it over meanwhile
        raise ApiError("RECORDED", "This was recorded by a device and cannot be changed.")
    _apply_entry(current, changes)
    if MEASUREMENT_INPUTS & changes.keys():
        streams = Streams.objects.filter(pk=current.pk, athlete_id=current.athlete_id).first()
        remeasure_activity(
            current, ThresholdsOverTime(current.athlete, current.athlete.thresholds.all()), streams
        )
    current.save(force_update=True)
    return current


@transaction.atomic
def delete_activity(activity: Activity) -> None:
    """Remove an activity with its streams, and its file once no other activity is made from it."""
    current = _lock_and_reload(activity)
    original_id, athlete_id = current.original_id, current.athlete_id
    current.delete()
    if original_id and not Activity.objects.filter(athlete_id=athlete_id, original_id=original_id).exists():
        OriginalFile.objects.filter(athlete_id=athlete_id, pk=original_id).delete()


def remeasure_activity(activity: Activity, yardsticks: ThresholdsOverTime, streams: Streams | None) -> None:
    """Measure a stored activity again, unsaved."""
    if streams is None:
        measure_activity(activity, yardsticks)
    else:
        samples = columns.decode(bytes(streams.content))
        measure_activity(activity, yardsticks, samples, streams.pauses, streams.altitude_source)


def _lock_and_reload(activity: Activity) -> Activity:
    """The activity read again under the lock: what was read before it may have changed or gone."""
    lock_athlete(activity.athlete_id)
    rows = Activity.objects.select_related("athlete__user")
    return rows.get(pk=activity.pk, athlete_id=activity.athlete_id)


def _apply_entry(activity: Activity, entry: dict[str, Any]) -> None:
    """Set an entry's fields; its totals also as what was recorded, because everything is measured from that."""
    for name, value in entry.items():
        setattr(activity, name, value)
    totals = {MANUAL_TOTALS[name]: value for name, value in entry.items() if name in MANUAL_TOTALS}
    kept = activity.recorded | totals
    if activity.source == Activity.Source.MANUAL:  # nobody was asked for breaks
        activity.elapsed_s = kept["elapsed_s"] = kept["duration_s"]
    activity.recorded = {name: value for name, value in kept.items() if value is not None}
    if entry.keys() & {
        "started_at",
        "utc_offset_min",
    }:  # a new name does not take an old run along when somebody moves
        activity.local_date = local_date_at(activity.athlete, activity.started_at, activity.utc_offset_min)
