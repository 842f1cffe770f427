"""Create, change and delete activities. Every write locks the athlete's row."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from astral.http.errors import ApiError
from athletes.events.kinds import EventKind
from athletes.events.outbox import record_event
from athletes.models import Athlete
from metrics.activities import streams as columns
from metrics.activities.measure import ThresholdsOverTime, measure_activity
from metrics.models import Activity, BinActivity, Streams
from metrics.storage.activity_bin import move_to_bin
from metrics.storage.locks import lock_athlete
from metrics.storage.quotas import check_activity_quota

# Fields of a manual entry that are totals, and their names in Totals.
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
# A change of these fields needs a new measurement; a new name does not.
MEASUREMENT_INPUTS = {
    *MANUAL_TOTALS,
    "activity_type",
    "is_race",
    "perceived_effort",
    "started_at",
    "utc_offset_min",
}


def local_date_at(athlete: Athlete, started_at: datetime, utc_offset_min: int | None) -> date:
    """The local date of the start. Without an offset, the athlete's own time zone is used."""
    if utc_offset_min is None:
        return athlete.local_date(started_at)
    return (started_at + timedelta(minutes=utc_offset_min)).date()


@transaction.atomic
def create_manual_activity(athlete: Athlete, entry: dict[str, Any]) -> Activity:
    """Store a validated manual entry. Raises QuotaReached."""
    lock_athlete(athlete.pk)
    check_activity_quota(athlete.pk)
    activity = Activity(athlete=athlete, source=Activity.Source.MANUAL)
    _apply_entry(activity, entry)
    measure_activity(activity, ThresholdsOverTime(athlete, athlete.thresholds.all()))
    activity.save(force_insert=True)
    record_event(EventKind.ACTIVITY_CREATED, athlete.pk, activity.pk)
    return activity


@transaction.atomic
def update_activity(activity: Activity, changes: dict[str, Any]) -> Activity:
    """Store validated changes to one activity. It is measured again only if a changed field needs that.

    Raises Activity.DoesNotExist if it was deleted meanwhile.
    """
    if not changes:
        return activity
    current = lock_activity(activity)
    # Check again under the lock: an upload may have merged a recording into this entry meanwhile.
    if current.source == Activity.Source.FILE and RECORDED_COLUMNS & changes.keys():
        raise ApiError("RECORDED", "This was recorded by a device and cannot be changed.")
    _apply_entry(current, changes)
    if MEASUREMENT_INPUTS & changes.keys():
        streams = Streams.objects.filter(pk=current.pk, athlete_id=current.athlete_id).first()
        remeasure_activity(
            current, ThresholdsOverTime(current.athlete, current.athlete.thresholds.all()), streams
        )
    current.save(force_update=True)
    record_event(EventKind.ACTIVITY_UPDATED, current.athlete_id, current.pk)
    return current


@transaction.atomic
def delete_activity(activity: Activity, by: BinActivity.DeletedBy, now: datetime) -> None:
    """Move an activity with its recordings and streams to the bin. All numbers change at once."""
    move_to_bin(lock_activity(activity), by, now)


def remeasure_activity(activity: Activity, thresholds: ThresholdsOverTime, streams: Streams | None) -> None:
    """Measure a stored activity again; does not save it."""
    if streams is None:
        measure_activity(activity, thresholds)
    else:
        samples = columns.decode(bytes(streams.content))
        measure_activity(activity, thresholds, samples, streams.pauses, streams.altitude_source)


def lock_activity(activity: Activity) -> Activity:
    """Read the activity again under the lock: it may have changed meanwhile."""
    lock_athlete(activity.athlete_id)
    rows = Activity.objects.select_related("athlete__user")
    return rows.get(pk=activity.pk, athlete_id=activity.athlete_id)


def _apply_entry(activity: Activity, entry: dict[str, Any]) -> None:
    """Set the fields of an entry. Totals are also stored in `recorded`, the input of every measurement."""
    for name, value in entry.items():
        setattr(activity, name, value)
    totals = {MANUAL_TOTALS[name]: value for name, value in entry.items() if name in MANUAL_TOTALS}
    recorded_totals = activity.recorded | totals
    if activity.source == Activity.Source.MANUAL:  # manual entries have no pauses
        activity.elapsed_s = recorded_totals["elapsed_s"] = recorded_totals["duration_s"]
    activity.recorded = {name: value for name, value in recorded_totals.items() if value is not None}
    # The athlete's time zone may have changed since. A change of other fields must not move the activity to
    # another date.
    if entry.keys() & {"started_at", "utc_offset_min"}:
        activity.local_date = local_date_at(activity.athlete, activity.started_at, activity.utc_offset_min)
