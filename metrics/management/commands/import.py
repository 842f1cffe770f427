"""manage.py import: bring whole histories in."""

from __future__ import annotations

from metrics.management.import_command import ImportCommand


class Command(ImportCommand):
    pass
