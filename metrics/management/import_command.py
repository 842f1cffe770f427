"""The command of `manage.py import`: bring whole histories in, from archives, folders and files."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from athletes.models import Athlete
from metrics.archives.folder_members import is_zip
from metrics.files.errors import FileError
from metrics.imports.command_run import CommandRun, run_command_import
from metrics.imports.create import COMMAND, ImportOptions
from metrics.models import Activity


class ImportCommand(BaseCommand):
    help = (
        "Import exports of Strava, Garmin, Apple Health and Astral, ZIPs, folders and files with recordings "
        "or health data for one athlete. What they are, their content says. Nothing is stored twice. After "
        "Ctrl-C or a crash, the same command goes on where it stopped. Exit status 1 if a file was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--athlete", required=True, metavar="EMAIL")
        parser.add_argument("--dry-run", action="store_true", help="only say what would come")
        parser.add_argument(
            "--accept-partial", action="store_true", help="import incomplete files as far as possible"
        )
        parser.add_argument(
            "--sport", choices=Activity.Type.values, help="the sport of recordings that do not name theirs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        athlete = (
            Athlete.objects.select_related("user").filter(user__email=options["athlete"].lower()).first()
        )
        if athlete is None:
            raise CommandError(f"No account has the e-mail address {options['athlete']}.")
        chosen = ImportOptions(
            COMMAND,
            may_write_health=True,
            is_dry_run=options["dry_run"],
            accept_partial=options["accept_partial"],
            activity_type_if_unknown=options["sport"] or "",
        )
        run = CommandRun(athlete, chosen, timezone.now, self.stdout.write, self.stderr.write)
        is_complete = True
        for sources in group_sources(options["paths"]):
            is_complete = run_command_import(run, sources) and is_complete
        if not is_complete:
            raise SystemExit(1)


def group_sources(paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
    """A folder or an archive is one import, and all other files together are one."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir() or is_archive(path):
            yield [path]
        else:
            files.append(path)
    if files:
        yield files


def is_archive(path: Path) -> bool:
    try:
        return is_zip(path)
    except FileError as error:
        raise CommandError(f"{path}: {error.message}") from error
