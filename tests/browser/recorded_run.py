"""A recorded run with laps, for the pages that show it."""

from __future__ import annotations

from datetime import date, timedelta

from athletes.models import Threshold
from metrics.activities.ingest import Upload, ingest_file
from metrics.files.xml.writer import encode_gpx
from metrics.models import Activity, Streams
from tests.support.cast import Cast
from tests.support.recordings import MORNING, build_uneven_run


def record_run(people: Cast) -> Activity:
    athlete = people.ada.athlete
    for kind, value in (("threshold_pace", 300.0), ("lthr", 165.0)):
        Threshold.objects.create(athlete=athlete, kind=kind, value=value, valid_from=date(2026, 5, 1))
    upload = Upload(encode_gpx(build_uneven_run()), "run.gpx", None, False, MORNING + timedelta(days=365))
    activity = ingest_file(athlete, upload).activities[0]
    laps = [
        {
            "start_s": 600.0 * lap,
            "elapsed_s": 600.0,
            "distance_m": 1_900.0 + 50 * lap,
            "avg_hr_bpm": 140.0 + lap,
        }
        for lap in range(6)
    ]
    Streams.objects.filter(pk=activity.pk).update(laps=laps)
    return activity
