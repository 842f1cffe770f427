"""Small uploads of every kind, and imports of them that the test itself runs."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zipfile import ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile

from athletes.models import User
from metrics.archives.items import ActivityDescription, ActivityEntry, ImportItem, ItemKind, UploadKind
from metrics.archives.planning import UploadPlan
from metrics.files.xml.writer import encode_fit, encode_gpx, encode_tcx
from metrics.imports.create import ImportOptions, create_import
from metrics.imports.files.plan import write_plan
from metrics.imports.files.run import WorkSlice, run_import
from metrics.models import Import, ImportFile
from tests.metrics.health.imports.example_exports import INTERVALS_ICU, build_export
from tests.support.apple_exports import build_export as build_export_xml
from tests.support.apple_exports import build_record, build_workout, format_moment
from tests.support.cast import NOON
from tests.support.recordings import build_steady_run

WORK = WorkSlice(lambda: NOON)
WRITERS = (encode_fit, encode_gpx, encode_tcx)


def build_day_run(days_ago: int, sport: str = "run", duration_s: int = 120) -> bytes:
    """A short recording; FIT, GPX and TCX take turns."""
    recording = build_steady_run(NOON - timedelta(days=days_ago), duration_s=duration_s, sport=sport)
    return WRITERS[days_ago % len(WRITERS)](recording)


def build_zip(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def build_wellness(rows: Sequence[str] = ("2026-06-01,,44,61.5,,28800,,,",)) -> bytes:
    """A health export of intervals.icu."""
    return build_export(INTERVALS_ICU, rows)


def send_files(user: User, files: Mapping[str, bytes], **options: Any) -> Import:
    """Create an import as the athlete."""
    sent = [SimpleUploadedFile(name, data) for name, data in files.items()]
    fields: dict[str, Any] = {
        "added_by": "athlete",
        "made_by_id": user.pk,
        "may_write_health": True,
    } | options
    return create_import(user.athlete, sent, ImportOptions(**fields))


def send_planned(
    user: User, files: Mapping[str, bytes], items: Sequence[ImportItem], **options: Any
) -> Import:
    """Create an import that is planned already."""
    parent = send_files(user, {"export.zip": build_zip(files)}, **options)
    write_plan(parent, UploadPlan(UploadKind.FOLDER, list(items)), NOON)
    return parent


def run(parent: Import, work: WorkSlice = WORK) -> Import:
    """Run an import to its end. Returns it as it is then."""
    assert run_import(parent.pk, work)
    return Import.objects.get(pk=parent.pk)


def stop_after(count: int) -> WorkSlice:
    """A turn that ends after so many files."""
    done: list[ImportFile] = []

    def is_over() -> bool:
        return len(done) >= count

    return WorkSlice(lambda: NOON, is_over=is_over, report=lambda file, outcome: done.append(file))


def list_outcomes(parent: Import) -> list[tuple[str, str, str]]:
    """Name, status and code of each file."""
    return list(parent.files.order_by("position").values_list("name", "status", "code"))


def build_recording_item(path: str, **described: Any) -> ImportItem:
    description = ActivityDescription(**described) if described else None
    return ImportItem(path, ItemKind.RECORDING, path, 1_000, description)


def build_entry_item(started_at: datetime = NOON, duration_s: float = 1_800, **fields: Any) -> ImportItem:
    described = {name: fields.pop(name) for name in list(fields) if name in ActivityDescription.__slots__}
    entry = ActivityEntry(started_at, duration_s, **fields)
    return ImportItem(
        "activities.csv, line 2", ItemKind.ENTRY, description=ActivityDescription(**described), entry=entry
    )


def build_health_item(path: str) -> ImportItem:
    return ImportItem(path, ItemKind.HEALTH, path, 1_000)


def build_workout_export(count: int) -> bytes:
    """An Apple Health export with so many runs of ten minutes with heart rates."""
    elements = []
    for day in range(count):
        start = NOON - timedelta(days=day)
        moments = [format_moment(start + timedelta(seconds=second)) for second in range(0, 605, 5)]
        elements += [build_record("HeartRate", 140, moment) for moment in moments]
        attributes = 'duration="10" durationUnit="min"'
        elements.append(build_workout("Running", moments[0], moments[-1], "", attributes))
    return build_export_xml(*elements)
