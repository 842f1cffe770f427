"""Checks of PostgreSQL: version, migrations, indexes, dead rows, connections, clock, slow statements."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from astral.doctor.result import CheckResult, Level, grade_value

OLDEST_MAJOR_VERSION = 14
DEAD_ROWS, DEAD_SHARE = 50_000, 0.2
OLD_TRANSACTIONS_WARN, OLD_TRANSACTIONS_FAIL = 500_000_000, 1_500_000_000  # of 2,000,000,000
LONG_TRANSACTION_S = 3_600
SKEW_WARN_S, SKEW_FAIL_S = 2, 30
SLOW_STATEMENT_MS, SLOW_STATEMENT_CALLS, STATEMENT_LENGTH = 500, 10, 90
NAMES_IN_SENTENCE = 3
_INVALID_INDEXES_SQL = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1"
_NAMES_SQL = """
    SELECT relname FROM pg_class WHERE relkind IN ('i', 'I') UNION SELECT conname FROM pg_constraint
"""
_DEAD_ROWS_SQL = """
    SELECT relname FROM pg_stat_user_tables
     WHERE n_dead_tup > %s AND n_dead_tup > %s * (n_live_tup + n_dead_tup) ORDER BY n_dead_tup DESC
"""
_AGE_SQL = "SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database()"
_LONG_TRANSACTIONS_SQL = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND xact_start < now() - make_interval(secs => %s)
"""
_CONNECTIONS_SQL = "SELECT count(*)::float / current_setting('max_connections')::int FROM pg_stat_activity"
_SLOW_SQL = """
    SELECT round(mean_exec_time)::int, calls, left(regexp_replace(query, '\\s+', ' ', 'g'), %s)
      FROM pg_stat_statements
     WHERE calls >= %s AND mean_exec_time > %s
       AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
     ORDER BY total_exec_time DESC LIMIT 3
"""


def check_postgresql(now: datetime) -> Iterator[CheckResult]:
    connection.ensure_connection()
    major, minor = connection.get_database_version()
    [size] = _read_column("SELECT pg_size_pretty(pg_database_size(current_database()))")
    level = Level.OK if major >= OLDEST_MAJOR_VERSION else Level.FAIL
    advice = "" if level == Level.OK else f"Upgrade PostgreSQL to {OLDEST_MAJOR_VERSION} or later."
    yield CheckResult(
        "postgresql", level, f"PostgreSQL {major}.{minor} answers; the database has {size}.", advice
    )


def check_migrations(now: datetime) -> Iterator[CheckResult]:
    loader = (executor := MigrationExecutor(connection)).loader
    pending = [str(migration) for migration, _ in executor.migration_plan(loader.graph.leaf_nodes())]
    labels = {config.label for config in apps.get_app_configs()}
    newer = [
        f"{app}.{name}"
        for app, name in sorted(set(loader.applied_migrations) - set(loader.disk_migrations))
        if app in labels
    ]
    if newer:
        yield CheckResult(
            "migrations", Level.FAIL, f"The database is newer than this version: {list_names(newer)}.",
            "Run the version that made these migrations.",
        )  # fmt: skip
    if pending:
        yield CheckResult(
            "migrations", Level.FAIL, f"Not applied: {list_names(pending)}.", "Run `manage.py migrate`."
        )
    if not newer and not pending:
        yield CheckResult("migrations", Level.OK, "All migrations are applied.")


def check_indexes(now: datetime) -> Iterator[CheckResult]:
    invalid, there = _read_column(_INVALID_INDEXES_SQL), set(_read_column(_NAMES_SQL))
    wanted = {
        thing.name
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
        for thing in [*model._meta.indexes, *model._meta.constraints]
    }
    if invalid:
        yield CheckResult(
            "indexes", Level.FAIL, f"Not valid, so not used: {list_names(invalid)}.",
            f"Run `REINDEX INDEX CONCURRENTLY {invalid[0]}` as the owner of the tables.",
        )  # fmt: skip
    if missing := sorted(wanted - there):
        yield CheckResult(
            "indexes", Level.FAIL, f"Missing indexes or constraints: {list_names(missing)}.",
            "Somebody dropped them: `manage.py sqlmigrate` prints their statements.",
        )  # fmt: skip
    if not invalid and not missing:
        yield CheckResult("indexes", Level.OK, "All indexes and constraints are there and valid.")


def check_vacuum(now: datetime) -> Iterator[CheckResult]:
    dead, [age] = _read_column(_DEAD_ROWS_SQL, DEAD_ROWS, DEAD_SHARE), _read_column(_AGE_SQL)
    [long_transactions] = _read_column(_LONG_TRANSACTIONS_SQL, LONG_TRANSACTION_S)
    if dead:
        yield CheckResult(
            "vacuum", Level.WARN, f"Many dead rows are in {list_names(dead)}.",
            "Run `VACUUM (ANALYZE)` on them, and see whether autovacuum runs.",
        )  # fmt: skip
    level = grade_value(age, OLD_TRANSACTIONS_WARN, OLD_TRANSACTIONS_FAIL)
    advice = "" if level == Level.OK else "Run `VACUUM (FREEZE)` as superuser, soon."
    yield CheckResult("vacuum", level, f"The oldest row is {age:,} transactions old.", advice)
    if long_transactions:
        yield CheckResult(
            "vacuum", Level.WARN, f"{long_transactions} transactions are open for more than an hour.",
            "Find them in `pg_stat_activity`: they hold dead rows and locks.",
        )  # fmt: skip


def check_connections(now: datetime) -> Iterator[CheckResult]:
    [share] = _read_column(_CONNECTIONS_SQL)
    level = grade_value(share, 0.8, 0.95)
    advice = "" if level == Level.OK else "Lower DATABASE_POOL_SIZE, raise max_connections, or use pgbouncer."
    yield CheckResult("connections", level, f"{share:.0%} of PostgreSQL's connections are in use.", advice)


def check_clock(now: datetime) -> Iterator[CheckResult]:
    """Compare the two clocks. The time that the question takes is no skew."""
    before_s = time.time()
    [database_s] = _read_column("SELECT extract(epoch FROM clock_timestamp())::float")
    after_s = time.time()
    skew_s = max(before_s - database_s, database_s - after_s, 0.0)
    level = grade_value(skew_s, SKEW_WARN_S, SKEW_FAIL_S)
    advice = "" if level == Level.OK else "Start a time service (chrony, systemd-timesyncd) on both machines."
    yield CheckResult(
        "clock", level, f"The clocks of this machine and PostgreSQL differ by {skew_s:.1f} s.", advice
    )


def check_statements(now: datetime) -> Iterator[CheckResult]:
    """Statements of pg_stat_statements hold no values."""
    if not _read_column("SELECT 1 FROM pg_extension WHERE extname = 'pg_stat_statements'"):
        yield CheckResult(
            "statements", Level.OK, "pg_stat_statements is not installed, so slow statements are not known.",
            "As superuser: `CREATE EXTENSION pg_stat_statements`.",
        )  # fmt: skip
        return
    with connection.cursor() as cursor:
        cursor.execute(_SLOW_SQL, [STATEMENT_LENGTH, SLOW_STATEMENT_CALLS, SLOW_STATEMENT_MS])
        slow = cursor.fetchall()
    for mean_ms, calls, text in slow:
        yield CheckResult(
            "statements", Level.WARN, f"{mean_ms} ms on average, {calls} calls: {text}",
            "Look at it with `EXPLAIN (ANALYZE, BUFFERS)`. After an upgrade, run `ANALYZE`.",
        )  # fmt: skip
    if not slow:
        yield CheckResult("statements", Level.OK, f"No statement takes {SLOW_STATEMENT_MS} ms on average.")


def list_names(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - NAMES_IN_SENTENCE} more" if len(names) > NAMES_IN_SENTENCE else ""
    return ", ".join(names[:NAMES_IN_SENTENCE]) + more


def _read_column(sql: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return [value for (value,) in cursor.fetchall()]


DATABASE_CHECKS = (
    check_postgresql,
    check_migrations,
    check_indexes,
    check_vacuum,
    check_connections,
    check_clock,
    check_statements,
)
