"""manage.py migrate: Django's command, which does not make others wait long for a table."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import connections

from astral.database.direct_address import refuse_pooler
from astral.database.lock_limits import LockNotAvailable, run_with_lock_limit


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        refuse_pooler()

        def apply_migrations() -> None:
            super(Command, self).handle(*args, **options)

        def pause(seconds: float) -> None:
            self.stdout.write(f"A table is in use. Trying again in {seconds:.0f} s.")
            time.sleep(seconds)

        timeout_s = settings.MIGRATION_LOCK_TIMEOUT_S
        try:
            run_with_lock_limit(connections[options["database"]], apply_migrations, timeout_s, pause)
        except LockNotAvailable:
            raise CommandError(
                "A table was in use all the time. Look for long transactions in pg_stat_activity, then run "
                "migrate again: it continues where it stopped."
            ) from None
