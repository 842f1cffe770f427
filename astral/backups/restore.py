"""Restore a backup into an empty database, and check every row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from astral import VERSION
from astral.backups.manifest import DUMP_FILENAME, BackupManifest, check_files, read_manifest
from astral.backups.programs import BackupError, find_program, read_server_version, run_program
from astral.backups.table_contents import TableContent, list_tables, read_table_contents

# Restores all or nothing, and stops at the first error.
_RESTORE_OPTIONS = (
    "--no-owner",
    "--no-privileges",
    "--no-comments",
    "--exit-on-error",
    "--single-transaction",
)
TABLES_IN_SENTENCE = 5
# Everything in the schema, except what belongs to an extension or to a table.
_DROP_SQL = """
    DO $$
    DECLARE
        names text[];
        name text;
    BEGIN
        SET LOCAL lock_timeout = '10s';
        -- All names first: a deleted thing has none any more.
        SELECT array_agg(thing.name) INTO names FROM (
            SELECT CASE class.relkind
                       WHEN 'v' THEN 'VIEW'
                       WHEN 'm' THEN 'MATERIALIZED VIEW'
                       WHEN 'S' THEN 'SEQUENCE'
                       ELSE 'TABLE'
                   END || ' IF EXISTS ' || class.oid::regclass AS name
              FROM pg_class AS class
             WHERE class.relnamespace = 'public'::regnamespace AND class.relkind IN ('r', 'p', 'v', 'm', 'S')
               AND NOT class.relispartition
               AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = class.oid AND refobjid <> class.oid
                                 AND deptype IN ('e', 'a', 'i'))
            UNION ALL
            SELECT 'ROUTINE IF EXISTS ' || routine.oid::regprocedure FROM pg_proc AS routine
             WHERE routine.pronamespace = 'public'::regnamespace
               AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = routine.oid AND deptype = 'e')
            UNION ALL
            SELECT 'TYPE IF EXISTS ' || type.oid::regtype FROM pg_type AS type
             WHERE type.typnamespace = 'public'::regnamespace
               AND (type.typtype IN ('e', 'd')
                    OR type.typrelid IN (SELECT oid FROM pg_class WHERE relkind = 'c'))
               AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = type.oid AND deptype = 'e')
        ) AS thing;
        FOREACH name IN ARRAY coalesce(names, '{}') LOOP
            EXECUTE 'DROP ' || name || ' CASCADE';
        END LOOP;
    END
    $$
"""


@dataclass(frozen=True, slots=True)
class RestoredBackup:
    """`is_migrated`: no migration is left to apply. `is_cache_empty`: False if the cache did not answer."""

    manifest: BackupManifest
    is_migrated: bool
    is_cache_empty: bool


def restore_backup(folder: Path, *, replace: bool) -> RestoredBackup:
    """Restore into an empty database. With `replace`, delete first what is in it.

    Before it deletes, it checks the files and the versions. Raises BackupError.
    """
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    _check_migrations(manifest, known)
    program = find_program("pg_restore", read_server_version()[0])
    with connection.cursor() as cursor:
        tables = list_tables(cursor)
    if tables:
        if not replace:
            raise BackupError(
                f"The database is not empty: it has {len(tables)} tables. Give an empty one, or --replace."
            )
        _delete_everything()
    run_program(program, *_RESTORE_OPTIONS, str(folder / DUMP_FILENAME))
    _check_tables(manifest)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return RestoredBackup(manifest, known <= set(manifest.migrations), _empty_cache())


def _check_migrations(manifest: BackupManifest, known: set[str]) -> None:
    if unknown := sorted(set(manifest.migrations) - known):
        raise BackupError(
            f"Astral {manifest.astral_version} made this backup, and this is {VERSION}. It does not know "
            f"{unknown[0]}. Restore with version {manifest.astral_version} or later."
        )


def _delete_everything() -> None:
    try:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(_DROP_SQL)
    except OperationalError as error:
        raise BackupError("Something still uses the database. Stop the web server and the worker.") from error


def _check_tables(manifest: BackupManifest) -> None:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found = read_table_contents(cursor)
    if differences := describe_differences(manifest.tables, found):
        raise BackupError("The restored database differs from the backup: " + "; ".join(differences) + ".")


def describe_differences(wanted: dict[str, TableContent], found: dict[str, TableContent]) -> list[str]:
    """What differs, for the first tables."""
    texts = []
    for name in sorted(wanted.keys() | found.keys()):
        there, here = wanted.get(name), found.get(name)
        if there is None or here is None:
            texts.append(f"{name} is only in the {'database' if there is None else 'backup'}")
        elif there.rows != here.rows:
            texts.append(f"{name} has {here.rows} rows instead of {there.rows}")
        elif there != here:
            texts.append(f"{name} has other contents")
    more = [f"and {len(texts) - TABLES_IN_SENTENCE} more"] if len(texts) > TABLES_IN_SENTENCE else []
    return texts[:TABLES_IN_SENTENCE] + more


def _empty_cache() -> bool:
    """Delete the stored answers. Versions of athletes go back, so old answers could seem to be current."""
    try:
        cache.delete_pattern("*")  # type: ignore[attr-defined]  # of this installation's prefix
        cache.client.get_client().ping()  # type: ignore[attr-defined]
    except (RedisError, ConnectionInterrupted, OSError):
        return False
    return True
