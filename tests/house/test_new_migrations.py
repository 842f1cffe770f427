"""New migrations are safe while the old version still runs, and on big tables.

The old version does not know a new column, so its INSERT needs a default of the database, or NULL. An index
or a constraint of a big table must not block writers. CONTRIBUTING ("Change the tables") says how.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED

# The last migrations from before this rule.
OLD = {
    "athletes": "0015_required_second_factor",
    "metrics": "0014_imported_rows",
    "coaching": "0010_links_of_calendar_sessions",
}
BIG_TABLES = {
    "athletes": {"accesslogentry"},
    "metrics": {
        "activity", "streams", "originalfile", "healthday", "activityrecording",
        "binactivity", "binstreams", "binrecording", "importfile", "importedactivity",
    },
    "coaching": {"calendarsession"},
}  # fmt: skip
# "app.name": why this migration may break the rule.
EXCEPTIONS: dict[str, str] = {}


def flatten_operations(steps: Sequence[Operation]) -> Iterator[Operation]:
    """The operations that change the database."""
    for step in steps:
        if isinstance(step, operations.SeparateDatabaseAndState):
            yield from flatten_operations(step.database_operations)
        else:
            yield step


def find_problems(app: str, steps: Sequence[Operation]) -> list[str]:
    """What of these operations would break the old version, or block writers."""
    steps = list(flatten_operations(steps))
    created = {step.name_lower for step in steps if isinstance(step, operations.CreateModel)}
    return [
        problem
        for step in steps
        if getattr(step, "model_name_lower", "") not in created
        for problem in [find_problem(step, getattr(step, "model_name_lower", "") in BIG_TABLES[app])]
        if problem
    ]


def find_problem(step: Operation, is_big: bool) -> str:
    if isinstance(step, operations.AddField) and not accepts_old_rows(step.field):
        return f"{step.model_name}.{step.name} needs db_default or null=True: old code does not write it."
    if is_big and isinstance(step, operations.AddIndex) and not isinstance(step, AddIndexConcurrently):
        return (
            f"{step.model_name} is big: use AddIndexConcurrently, alone in a migration with atomic = False."
        )
    if is_big and type(step) is operations.AddConstraint:
        return f"{step.model_name} is big: use AddConstraintNotValid, then ValidateConstraint in another one."
    return ""


def accepts_old_rows(field: models.Field[Any, Any]) -> bool:
    return field.many_to_many or field.null or field.db_default is not NOT_PROVIDED


def list_new_migrations() -> list[Migration]:
    migrations = MigrationLoader(None).disk_migrations.values()
    return [migration for migration in migrations if migration.name > OLD.get(migration.app_label, "~")]


def test_new_migrations_are_safe_beside_old_code_and_on_big_tables():
    found = {
        f"{migration.app_label}.{migration.name}": find_problems(migration.app_label, migration.operations)
        for migration in list_new_migrations()
    }
    assert {name: texts for name, texts in found.items() if texts and name not in EXCEPTIONS} == {}


def test_migrations_outside_of_a_transaction_do_one_thing():
    """If they stop in the middle, they must be able to run again."""
    found = [
        f"{migration.app_label}.{migration.name}"
        for migration in list_new_migrations()
        if not migration.atomic and len(migration.operations) > 1
    ]
    assert [name for name in found if name not in EXCEPTIONS] == []


def test_exceptions_and_old_migrations_exist():
    names = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    assert {f"{app}.{name}" for app, name in OLD.items()} | EXCEPTIONS.keys() <= names
    assert all(EXCEPTIONS.values())
    assert all(apps.get_model(app, name) for app, tables in BIG_TABLES.items() for name in tables)


INDEX = models.Index(fields=["name"], name="by_name")
CHECK = models.CheckConstraint(condition=models.Q(name=""), name="no_name")
NAMELESS = operations.AddField("activity", "extra", models.CharField(max_length=5, default=""))


@pytest.mark.parametrize(
    ("step", "is_safe"),
    [
        (NAMELESS, False),
        (operations.AddField("activity", "extra", models.IntegerField(null=True)), True),
        (operations.AddField("activity", "extra", models.IntegerField(default=1, db_default=1)), True),
        (operations.AddIndex("activity", INDEX), False),
        (AddIndexConcurrently("activity", INDEX), True),
        (operations.AddIndex("remeasuring", INDEX), True),
        (operations.AddConstraint("healthday", CHECK), False),
        (operations.AddConstraint("remeasuring", CHECK), True),
        (operations.SeparateDatabaseAndState(database_operations=[NAMELESS]), False),
        (operations.SeparateDatabaseAndState(state_operations=[NAMELESS]), True),
    ],
)
def test_the_rule_finds_unsafe_operations(step: Operation, is_safe: bool):
    assert (find_problems("metrics", [step]) == []) is is_safe


def test_a_table_of_the_same_migration_may_have_anything():
    created = operations.CreateModel("Activity", [("id", models.AutoField(primary_key=True))])
    assert find_problems("metrics", [created, NAMELESS, operations.AddIndex("activity", INDEX)]) == []
