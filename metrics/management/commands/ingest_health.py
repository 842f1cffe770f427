"""manage.py ingest_health: the health exports of intervals.icu, HRV4Training and Whoop."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from athletes.models import Athlete
from metrics.files.errors import FileError
from metrics.health.days import (
    HealthDayUpdate,
    StoredDayCounts,
    get_latest_day,
    store_health_days,
    validate_export,
)
from metrics.health.imports.reading import read_health_export
from metrics.models.health import SOURCE_PATTERN

DAYS_PER_BATCH = 1_000


@dataclass(slots=True)
class HealthImport:
    """What the files say: the right days of each, and a line for everything that is wrong."""

    exports: list[list[HealthDayUpdate]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    skipped_count: int = 0


class Command(BaseCommand):
    help = (
        "Read exports of intervals.icu (wellness), HRV4Training and Whoop (physiological_cycles, sleeps) for one "
        "athlete. A day that is there already is not stored twice, so an interrupted run is resumed by running it "
        "again. Exit status 1 if a row or a file is wrong; each is named with its line."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--athlete", required=True, metavar="EMAIL")
        parser.add_argument(
            "--on-error",
            choices=("abort", "skip"),
            default="abort",
            help="when a row is wrong: store nothing of any file (default), or store the right rows",
        )
        parser.add_argument(
            "--source",
            type=parse_source,
            metavar="NAME",
            help="store the days as of this source, not the service",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        athlete = Athlete.objects.filter(user__email=options["athlete"].lower()).first()
        if athlete is None:
            raise CommandError(f"Nobody signs in as {options['athlete']}.")
        judged = HealthImport()
        for path in options["paths"]:
            add_export(path, options["source"], judged)
        for line in judged.errors:
            self.stderr.write(line)
        aborted = bool(judged.errors) and options["on_error"] == "abort"
        stored = StoredDayCounts(0, 0) if aborted else store_exports(athlete, judged.exports)
        self.stdout.write(format_import_summary(len(options["paths"]), stored, judged))
        if aborted:
            self.stdout.write("Nothing was stored; --on-error skip stores the right rows.")
        if judged.errors:
            raise SystemExit(1)


def parse_source(text: str) -> str:
    if not re.fullmatch(SOURCE_PATTERN, text):
        raise ArgumentTypeError("use 1 to 32 of the characters a to z, 0 to 9, dot, dash and underscore")
    return text


def add_export(path: Path, source: str | None, judged: HealthImport) -> None:
    """Read one file, and add what it says."""
    try:
        export = read_health_export(path.read_bytes(), path.name)
    except OSError as error:
        judged.errors.append(f"{path}: {error.strerror or error}")
    except FileError as refusal:
        judged.errors.append(f"{path}: {refusal.code}: {refusal.message}")
    else:
        days, wrong = validate_export(export, source or export.source, get_latest_day(timezone.now()))
        judged.exports.append(days)
        judged.skipped_count += export.skipped_count
        judged.errors += [f"{path}: line {row.line}: {row.message}." for row in wrong]


def store_exports(athlete: Athlete, exports: list[list[HealthDayUpdate]]) -> StoredDayCounts:
    """Store the days of each file, a thousand in a transaction."""
    stored = StoredDayCounts(0, 0)
    with tqdm(total=sum(map(len, exports)), unit="day", disable=None) as bar:
        for days in exports:
            for batch in split_batches(days):
                stored += store_health_days(athlete.pk, batch)
                bar.update(len(batch))
    return stored


def split_batches(days: list[HealthDayUpdate]) -> Iterator[list[HealthDayUpdate]]:
    for start in range(0, len(days), DAYS_PER_BATCH):
        yield days[start : start + DAYS_PER_BATCH]


def format_import_summary(files: int, stored: StoredDayCounts, judged: HealthImport) -> str:
    return (
        f"{files} files: {stored.stored} days stored, {stored.unchanged} known already, "
        f"{judged.skipped_count} rows without a measurement, {len(judged.errors)} wrong."
    )
