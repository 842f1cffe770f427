"""manage.py backup: write the whole database into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from astral.backups.backup import write_backup
from astral.backups.manifest import DUMP_FILENAME
from astral.backups.programs import BackupError
from astral.database.direct_address import refuse_pooler


class Command(BaseCommand):
    help = "Write a backup of the database into a new folder. Astral may run meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="The new folder. Existing folders are not changed.")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        refuse_pooler()
        try:
            manifest = write_backup(path.absolute(), timezone.now())
        except BackupError as error:
            raise CommandError(f"No backup was made. {error}") from error
        rows = sum(content.rows for content in manifest.tables.values())
        megabytes = manifest.files[DUMP_FILENAME].bytes / 1e6
        self.stdout.write(
            f"{path} holds {rows} rows of {len(manifest.tables)} tables, {megabytes:.1f} MB. "
            "It is personal data: keep it encrypted and on another machine."
        )
