"""manage.py restore: fill an empty database from a backup, and check it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from astral.backups.programs import BackupError
from astral.backups.restore import restore_backup
from astral.database.direct_address import refuse_pooler


class Command(BaseCommand):
    help = "Restore a backup into an empty database. Stop the web server and the worker first."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="A folder that `backup` wrote.")
        parser.add_argument(
            "--replace", action="store_true", help="Delete everything that is in the database first."
        )

    def handle(self, *args: Any, path: Path, replace: bool, **options: Any) -> None:
        refuse_pooler()
        try:
            restored = restore_backup(path.absolute(), replace=replace)
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows = sum(content.rows for content in restored.manifest.tables.values())
        self.stdout.write(
            f"Restored {rows} rows of {len(restored.manifest.tables)} tables, as they were at "
            f"{restored.manifest.created_at}. Row counts and checksums are those of the backup."
        )
        if not restored.is_migrated:
            self.stdout.write("The backup is of an older version. Run `manage.py migrate` next.")
        if not restored.is_cache_empty:
            self.stdout.write("The cache did not answer. Empty it before you start the web server.")
