"""One run, recorded by a watch with sensors and by a phone that has positions only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from athletes.models import User
from metrics.activities.ingest import IngestResult, Upload, ingest_file
from metrics.activities.measure import MEASURED_COLUMNS
from metrics.files.xml.writer import encode_fit, encode_gpx
from metrics.models import Activity, ActivityRecording, OriginalFile, Streams
from metrics.recording import Recording
from tests.support.recordings import build_steady_run


def build_watch_run(**options: Any) -> Recording:
    return replace(build_steady_run(**options), device="Watch")


def build_phone_run(**options: Any) -> Recording:
    """Positions only, and 5 % more metres."""
    run = build_steady_run(**options)
    missing = np.full(len(run.samples), np.nan)
    samples = replace(
        run.samples,
        latitude_deg=10.0 + (run.samples.latitude_deg - 10.0) * 1.05,
        speed_mps=missing,
        distance_m=missing,
        heart_rate_bpm=missing,
        cadence_spm=missing,
    )
    totals = replace(run.totals, distance_m=None, avg_hr_bpm=None, max_hr_bpm=None)
    return replace(run, samples=samples, totals=totals)


def build_watch_file(**options: Any) -> bytes:
    return encode_fit(build_watch_run(**options))


def build_phone_file(**options: Any) -> bytes:
    return encode_gpx(build_phone_run(**options))


def ingest_recording(user: User, data: bytes, **options: Any) -> IngestResult:
    return ingest_file(user.athlete, Upload(data, **options))


def get_row(activity: Activity, *, counts: bool) -> ActivityRecording:
    return ActivityRecording.objects.get(activity=activity, counts=counts)


def read_numbers(activity: Activity) -> dict[str, Any]:
    """What is measured, and from which recording."""
    columns = (*MEASURED_COLUMNS, "started_at", "duration_s", "elapsed_s", "recorded", "device", "source")
    numbers: dict[str, Any] = Activity.objects.values(*columns, "original_id").get(pk=activity.pk)
    streams = Streams.objects.filter(pk=activity.pk).first()
    if streams:
        numbers |= {"content": bytes(streams.content), "pauses": streams.pauses, "laps": streams.laps}
    return numbers


def count_rows() -> tuple[int, int, int, int]:
    models = (Activity, ActivityRecording, Streams, OriginalFile)
    activities, recordings, streams, files = (model._default_manager.count() for model in models)
    return activities, recordings, streams, files


def read_stored_rows() -> list[dict[str, Any]]:
    """All columns of all recordings and activities, without times of writing."""
    rows = [*ActivityRecording.objects.order_by("pk").values(), *Activity.objects.order_by("pk").values()]
    return [{name: value for name, value in row.items() if name != "updated_at"} for row in rows]
