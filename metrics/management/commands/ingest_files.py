"""manage.py ingest_files: the old name of `import`."""

from __future__ import annotations

from typing import Any

from metrics.management.import_command import ImportCommand

WARNING = "ingest_files is called import now. This name goes away with the next version."


class Command(ImportCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        self.stderr.write(WARNING)
        super().handle(*args, **options)
