"""manage.py ingest_files: watch files from disk, folders and ZIP archives too."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from athletes.models import Athlete
from metrics.activities.ingest import Upload, ingest_file
from metrics.files.archive import read_archive
from metrics.files.errors import FileError

RECORDINGS = (".fit", ".gpx", ".tcx", ".fit.gz", ".gpx.gz", ".tcx.gz", ".zip")


@dataclass(slots=True)
class IngestCounts:
    """What has become of the files so far; `refused` are lines with the reason."""

    files: int = 0
    stored: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list)


class Command(BaseCommand):
    help = (
        "Read FIT, GPX and TCX files (plain, gzip, in ZIPs and folders) for one athlete. What is there already is not "
        "stored twice, so an interrupted run is resumed by running it again. Exit status 1 if a file was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--athlete", required=True, metavar="EMAIL")
        parser.add_argument(
            "--accept-partial", action="store_true", help="store also recordings that break off"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        athlete = (
            Athlete.objects.select_related("user").filter(user__email=options["athlete"].lower()).first()
        )
        if athlete is None:
            raise CommandError(f"Nobody signs in as {options['athlete']}.")
        files = list(find_recording_files(options["paths"]))
        tally = IngestCounts()
        with tqdm(files, unit="file", disable=None) as bar:
            for path in bar:
                bar.set_postfix_str(path.name[-30:], refresh=False)
                before = len(tally.refused)
                _ingest_path(athlete, path, options["accept_partial"], tally)
                for line in tally.refused[before:]:
                    bar.write(line, file=self.stderr)
        self.stdout.write(
            f"{format_count(tally.files, 'file')} read. {format_count(tally.stored, 'activity', 'activities')} stored, "
            f"{format_count(tally.known, 'activity', 'activities')} known already, "
            f"{format_count(len(tally.refused), 'file')} refused."
        )
        if tally.refused:
            raise SystemExit(1)


def format_count(number: int, one: str, several: str = "") -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def find_recording_files(paths: list[Path]) -> Iterator[Path]:
    """Every named file, and from folders those that look like recordings, in a stable order."""
    for path in paths:
        if path.is_dir():
            inside = sorted(found for found in path.rglob("*") if found.is_file())
            yield from (found for found in inside if found.name.lower().endswith(RECORDINGS))
        else:
            yield path


def _ingest_path(athlete: Athlete, path: Path, accept_partial: bool, tally: IngestCounts) -> None:
    try:
        for name, data in _read_contents(path):
            tally.files += 1
            upload = Upload(
                data, name, accept_partial=accept_partial, not_after=timezone.now() + timedelta(days=1)
            )
            _ingest_upload(athlete, upload, f"{path}", tally)
    except OSError as error:
        tally.files += 1
        tally.refused.append(f"{path}: {error.strerror or error}")
    except FileError as refusal:
        tally.refused.append(f"{path}: {refusal.code}: {refusal.message}")


def _read_contents(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.suffix.lower() == ".zip":
        return read_archive(path, path.name)
    return iter([(path.name, path.read_bytes())])


def _ingest_upload(athlete: Athlete, upload: Upload, where: str, tally: IngestCounts) -> None:
    try:
        ingested = ingest_file(athlete, upload)
    except FileError as refusal:
        inside = "" if where.endswith(upload.filename) else f"/{upload.filename}"
        tally.refused.append(f"{where}{inside}: {refusal.code}: {refusal.message}")
    else:
        tally.stored += ingested.stored_count
        tally.known += len(ingested.activities) - ingested.stored_count
