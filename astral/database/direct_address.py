"""Commands whose sessions must outlast a transaction, which pgbouncer does not grant."""

from __future__ import annotations

from django.conf import settings
from django.core.management import CommandError

from astral.database.config import PGBOUNCER


def refuse_pooler() -> None:
    """Raise CommandError behind pgbouncer."""
    if settings.DATABASE_POOLER == PGBOUNCER:
        raise CommandError(
            "This command does not run through pgbouncer. Run it with DATABASE_POOLER=none, and with the "
            "address of PostgreSQL itself in DATABASE_URL."
        )
