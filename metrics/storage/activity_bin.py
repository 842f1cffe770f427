"""Move activities to the bin and back, and delete them for good. Columns are copied inside PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import ForeignKey, Model, Q, QuerySet

from astral.http.errors import ApiError
from astral.logs import log_event
from athletes.events.kinds import EventKind
from athletes.events.outbox import record_event
from athletes.models import Athlete
from metrics.models import (
    Activity,
    ActivityRecording,
    BinActivity,
    BinRecording,
    BinStreams,
    MeasurementState,
    OriginalFile,
    Streams,
)
from metrics.models.activity_bin import KEPT_IN_BIN
from metrics.storage.locks import lock_athlete
from metrics.storage.same_activity import build_span, find_same_activities

COPIED_MODELS = (Streams, ActivityRecording)  # into tables of the bin; other rows go into `links`


def move_to_bin(activity: Activity, by: BinActivity.DeletedBy, now: datetime) -> None:
    """Move an activity with its recordings, streams and links. Its original files stay.

    The caller has locked the athlete.
    """
    kept = {"deleted_at": now, "deleted_by": by.value, "links": "[]"}
    _copy_rows(Activity, BinActivity, "id", activity.pk, kept)
    _copy_rows(Streams, BinStreams, "activity_id", activity.pk)
    _copy_rows(ActivityRecording, BinRecording, "activity_id", activity.pk)
    links = list(_export_links(activity))
    if links:
        BinActivity.objects.filter(athlete_id=activity.athlete_id, pk=activity.pk).update(links=links)
    log_event("activity_deleted", activity=activity.pk, athlete=activity.athlete_id)
    record_event(EventKind.ACTIVITY_DELETED, activity.athlete_id, activity.pk)
    activity.delete()


@transaction.atomic
def restore_activity(athlete_id: UUID, activity_id: UUID) -> Activity:
    """Bring an activity back exactly as it was, with all its recordings.

    If an upgrade has measured the athlete's activities meanwhile, a job does it once more. Raises
    BinActivity.DoesNotExist, and 409 ALREADY_STORED if the same activity was recorded or uploaded again.
    """
    lock_athlete(athlete_id)
    in_bin = BinActivity.objects.get(athlete_id=athlete_id, pk=activity_id)
    same = find_stored_again(in_bin)
    if same is not None:
        raise ApiError(
            "ALREADY_STORED",
            f"The same recording is stored again, as {same.public_id}. Delete that one first, then restore"
            " this one.",
            409,
        )
    _copy_rows(BinActivity, Activity, "id", activity_id)
    _copy_rows(BinStreams, Streams, "activity_id", activity_id)
    _copy_rows(BinRecording, ActivityRecording, "activity_id", activity_id)
    _restore_links(in_bin.links)
    # An upgrade does not measure what is in the bin.
    MeasurementState.objects.filter(athlete=athlete_id, updated_at__gt=in_bin.deleted_at).update(formula=0)
    in_bin.delete()
    log_event("activity_restored", activity=activity_id, athlete=athlete_id)
    record_event(EventKind.ACTIVITY_CREATED, athlete_id, activity_id)
    return Activity.objects.select_related("athlete__user").get(athlete_id=athlete_id, pk=activity_id)


def find_stored_again(in_bin: BinActivity) -> Activity | None:
    """The same activity, stored again. Two manual entries are never the same.

    Neither are two activities that a person has taken apart, unless one has got a file of the other since.
    """
    span = build_span(in_bin)
    stored = Activity.objects.filter(
        athlete_id=in_bin.athlete_id, started_at__range=span.find_possible_starts()
    )
    if in_bin.source == Activity.Source.MANUAL:
        stored = stored.exclude(source=Activity.Source.MANUAL)
    own = BinRecording.objects.filter(activity=in_bin)
    others = ActivityRecording.objects.filter(athlete_id=in_bin.athlete_id)
    apart = Q(pk__in=own.exclude(split_from=None).values("split_from")) | Q(
        pk__in=others.filter(split_from=in_bin.pk).values("activity")
    )
    files = {in_bin.original_id, *own.values_list("original_id", flat=True)} - {None}
    of_same_file = Q(original__in=files) | Q(pk__in=others.filter(original__in=files).values("activity"))
    return next(iter(find_same_activities(span, stored.filter(~apart | of_same_file))), None)


@transaction.atomic
def delete_for_good(athlete_id: UUID, activity_ids: Iterable[UUID] | None = None) -> int:
    """Delete these activities from the bin of an athlete; None: all of them. Returns how many there were.

    Their files go, too, unless another activity came from them. No number changes, so no version rises.
    """
    _lock_bin(athlete_id)
    in_bin = BinActivity.objects.filter(athlete_id=athlete_id)
    chosen = in_bin if activity_ids is None else in_bin.filter(pk__in=list(activity_ids))
    recordings = BinRecording.objects.filter(athlete_id=athlete_id, activity__in=chosen)
    originals = {
        original_id
        for rows in (chosen, recordings)
        for original_id in rows.exclude(original=None).values_list("original_id", flat=True)
    }
    _, deleted = chosen.delete()
    count = deleted.get(BinActivity._meta.label, 0)
    for model in (Activity, ActivityRecording, BinActivity, BinRecording):
        used = model._default_manager.filter(athlete_id=athlete_id, original_id__in=originals)
        originals -= set(used.values_list("original_id", flat=True))
    OriginalFile.objects.filter(athlete_id=athlete_id, pk__in=originals).delete()
    if count:
        log_event("bin_emptied", athlete=athlete_id)
    return count


def empty_expired_bins(now: datetime) -> Iterator[UUID]:
    """Delete what has been in a bin for 30 days, one athlete in each transaction. Yields each athlete."""
    expired = BinActivity.objects.filter(deleted_at__lte=now - KEPT_IN_BIN)
    for athlete_id in list(expired.order_by("athlete_id").values_list("athlete_id", flat=True).distinct()):
        with suppress(Athlete.DoesNotExist):  # the account was deleted meanwhile
            _delete_expired(athlete_id, expired)
            yield athlete_id


@transaction.atomic
def _delete_expired(athlete_id: UUID, expired: QuerySet[BinActivity]) -> None:
    """The lock comes first: what was restored and deleted again meanwhile stays in the bin."""
    _lock_bin(athlete_id)
    activities = expired.filter(athlete_id=athlete_id).values_list("pk", flat=True)
    delete_for_good(athlete_id, list(activities))


def _lock_bin(athlete_id: UUID) -> None:
    """Lock the athlete's row, as every writer does. Raises Athlete.DoesNotExist."""
    Athlete.objects.select_for_update(no_key=True).only("pk").get(pk=athlete_id)


def _copy_rows(
    source: type[Model], target: type[Model], key: str, value: UUID, further: dict[str, Any] | None = None
) -> None:
    """Copy the rows whose `key` has this value. Both models have the columns of the smaller one."""
    names = {field.column for field in source._meta.concrete_fields}
    columns = [field.column for field in target._meta.concrete_fields if field.column in names]
    further = further or {}
    inserted = ", ".join(f'"{column}"' for column in [*columns, *further])
    selected = ", ".join([*(f'"{column}"' for column in columns), *["%s"] * len(further)])
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{target._meta.db_table}" ({inserted})'  # noqa: S608  # names of our own columns
            f' SELECT {selected} FROM "{source._meta.db_table}" WHERE "{key}" = %s',
            [*further.values(), value],
        )


def _export_links(activity: Activity) -> Iterator[dict[str, Any]]:
    """The rows that go with the activity because they name it, in the form that `_restore_links` takes."""
    relations: Iterable[Any] = Activity._meta.get_fields(include_hidden=True)
    for relation in relations:
        model = relation.related_model
        if model in COPIED_MODELS or getattr(relation, "on_delete", None) is not models.CASCADE:
            continue
        if not relation.auto_created:  # a foreign key of the activity itself
            continue
        for row in model._base_manager.filter(**{relation.field.attname: activity.pk}):
            columns = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
            yield {
                "model": model._meta.label,
                "row": {name: None if value is None else str(value) for name, value in columns.items()},
            }


def _restore_links(links: list[dict[str, Any]]) -> None:
    """Store the rows again, but not where what they name is gone or has another link now."""
    for link in links:
        model: type[Model] = apps.get_model(link["model"])
        fields = model._meta.concrete_fields
        row = model(**{field.attname: field.to_python(link["row"].get(field.attname)) for field in fields})
        keys = [field for field in fields if isinstance(field, ForeignKey)]
        if all(_names_stored_row(row, field) for field in keys):
            model._base_manager.bulk_create([row], ignore_conflicts=True)


def _names_stored_row(row: Model, field: ForeignKey[Any, Any]) -> bool:
    key = getattr(row, field.attname)
    return key is None or field.related_model._base_manager.filter(pk=key).exists()
