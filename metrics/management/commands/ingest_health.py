"""manage.py ingest_health: store health exports of Garmin, Whoop, Oura, intervals.icu and others."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from athletes.models import Athlete
from metrics.archives.health import read_health_data
from metrics.files.errors import FileError
from metrics.health.days import (
    HealthDayUpdate,
    StoredDayCounts,
    get_latest_day,
    store_health_days,
    validate_export,
)
from metrics.models.health import SOURCE_PATTERN
from metrics.storage.quotas import QuotaReached

DAYS_PER_BATCH = 1_000


@dataclass(slots=True)
class HealthImport:
    """The valid days of each file, and a line for each error."""

    exports: list[list[HealthDayUpdate]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    skipped_count: int = 0


class Command(BaseCommand):
    help = (
        "Store exports of Garmin (wellness tables and JSON), intervals.icu (wellness), HRV4Training, Whoop "
        "(physiological_cycles, sleeps), Oura and Elite HRV for one athlete. A day is never stored twice, so "
        "you can run the command again after an interruption. Exit status 1 if a row or a file is wrong; "
        "each error names its line."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--athlete", required=True, metavar="EMAIL")
        parser.add_argument(
            "--on-error",
            choices=("abort", "skip"),
            default="abort",
            help="if a row is wrong: store nothing of any file (default), or store the valid rows",
        )
        parser.add_argument(
            "--source",
            type=parse_source,
            metavar="NAME",
            help="store the days with this source instead of the service",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        athlete = Athlete.objects.filter(user__email=options["athlete"].lower()).first()
        if athlete is None:
            raise CommandError(f"No account has the e-mail address {options['athlete']}.")
        health_import = HealthImport()
        for path in options["paths"]:
            add_export(path, options["source"], athlete.zone, health_import)
        for line in health_import.errors:
            self.stderr.write(line)
        aborted = bool(health_import.errors) and options["on_error"] == "abort"
        stored = StoredDayCounts(0, 0) if aborted else store_exports(athlete, health_import.exports)
        self.stdout.write(format_import_summary(len(options["paths"]), stored, health_import))
        if aborted:
            self.stdout.write("Nothing was stored. With --on-error skip, the valid rows are stored.")
        if health_import.errors:
            raise SystemExit(1)


def parse_source(text: str) -> str:
    if not re.fullmatch(SOURCE_PATTERN, text):
        raise ArgumentTypeError("use 1 to 32 characters: a to z, 0 to 9, dot, dash or underscore")
    return text


def add_export(path: Path, source: str | None, zone: tzinfo, health_import: HealthImport) -> None:
    """Read one file and add its days and errors."""
    now = timezone.now()
    try:
        export = read_health_data(path.read_bytes(), path.name, zone, now.astimezone(zone).date())
    except OSError as error:
        health_import.errors.append(f"{path}: {error.strerror or error}")
    except FileError as error:
        health_import.errors.append(f"{path}: {error.code}: {error.message}")
    else:
        days, invalid_rows = validate_export(export, source or export.source, get_latest_day(now))
        health_import.exports.append(days)
        health_import.skipped_count += export.skipped_count
        health_import.errors += [f"{path}: line {row.line}: {row.message}." for row in invalid_rows]


def store_exports(athlete: Athlete, exports: list[list[HealthDayUpdate]]) -> StoredDayCounts:
    """Store the days of all files, a thousand in each transaction."""
    stored = StoredDayCounts(0, 0)
    with tqdm(total=sum(map(len, exports)), unit="day", disable=None) as bar:
        for days in exports:
            for batch in split_batches(days):
                try:
                    stored += store_health_days(athlete.pk, batch)
                except QuotaReached as error:
                    raise CommandError(str(error.detail)) from error
                bar.update(len(batch))
    return stored


def split_batches(days: list[HealthDayUpdate]) -> Iterator[list[HealthDayUpdate]]:
    for start in range(0, len(days), DAYS_PER_BATCH):
        yield days[start : start + DAYS_PER_BATCH]


def format_import_summary(files: int, stored: StoredDayCounts, health_import: HealthImport) -> str:
    return (
        f"Files: {files}. Days stored: {stored.stored}, already stored: {stored.unchanged}. "
        f"Rows without a reading: {health_import.skipped_count}. Errors: {len(health_import.errors)}."
    )
