"""Every migration is reversible, and migrating forward again gives the same list_tables."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

APPS = ("coaching", "metrics", "athletes")


@pytest.mark.django_db(transaction=True)
def test_migrations_can_be_reversed_and_applied_again():
    before = list_tables()
    try:
        for app in APPS[:-1]:  # athletes owns the users that Django's own apps point to
            call_command("migrate", app, "zero", verbosity=0, interactive=False)
        assert not [table for table in list_tables() if table.startswith(("coaching_", "metrics_"))]
    finally:
        call_command("migrate", verbosity=0, interactive=False)
    assert list_tables() == before


def test_all_operations_of_our_migrations_are_reversible(db: None):
    migrations = MigrationExecutor(connection).loader.disk_migrations.items()
    operations = [
        (key, step) for key, migration in migrations if key[0] in APPS for step in migration.operations
    ]
    assert operations
    assert [key for key, step in operations if not step.reversible] == []


def list_tables() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))
