"""Every migration can be taken back, and what is made forward again is what the models say."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

APPS = ("coaching", "metrics", "athletes")


@pytest.mark.django_db(transaction=True)
def test_every_migration_can_be_taken_back():
    before = tables()
    try:
        for app in APPS[:-1]:  # athletes owns the users that Django's own apps point to
            call_command("migrate", app, "zero", verbosity=0, interactive=False)
        assert not [table for table in tables() if table.startswith(("coaching_", "metrics_"))]
    finally:
        call_command("migrate", verbosity=0, interactive=False)
    assert tables() == before


def test_no_migration_of_ours_is_irreversible(db: None):
    migrations = MigrationExecutor(connection).loader.disk_migrations.items()
    operations = [
        (key, step) for key, migration in migrations if key[0] in APPS for step in migration.operations
    ]
    assert operations
    assert [key for key, step in operations if not step.reversible] == []


def tables() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))
