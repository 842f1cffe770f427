"""Write a backup while others read and write."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from shutil import rmtree

from django.db import connection, transaction

from astral import VERSION
from astral.backups.manifest import DUMP_FILENAME, BackupManifest, measure_file, write_manifest
from astral.backups.programs import BackupError, find_program, read_server_version, run_program
from astral.backups.table_contents import read_table_contents

# Roles differ from server to server, and comments on extensions belong to superusers.
_DUMP_OPTIONS = (
    "--format=custom",
    "--no-owner",
    "--no-privileges",
    "--no-comments",
    "--lock-wait-timeout=60s",
)
# Others, such as pg_stat_statements, need a superuser, and hold nothing of Astral.
_EXTENSIONS_SQL = """
    SELECT installed.extname FROM pg_extension AS installed
      JOIN pg_available_extension_versions AS known
        ON known.name = installed.extname AND known.version = installed.extversion
     WHERE known.trusted AND installed.extname <> 'plpgsql'
"""


def write_backup(folder: Path, now: datetime) -> BackupManifest:
    """Write the backup into a new folder, which only its owner can read.

    It has another name until it is complete. The dump and the manifest show one moment, although writes go
    on. Raises BackupError.
    """
    if folder.exists():
        raise BackupError(f"{folder} exists already. Give the name of a new folder.")
    unfinished = folder.with_name(folder.name + ".unfinished")
    try:
        rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise BackupError(f"{unfinished} cannot be made: {error.strerror}.") from error
    try:
        manifest = _dump_snapshot(unfinished, now)
        unfinished.rename(folder)
    except BaseException:
        rmtree(unfinished, ignore_errors=True)
        raise
    return manifest


def _dump_snapshot(folder: Path, now: datetime) -> BackupManifest:
    major, version = read_server_version()
    program, dump = find_program("pg_dump", major), folder / DUMP_FILENAME
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        [snapshot] = cursor.fetchone()
        cursor.execute(_EXTENSIONS_SQL)
        extensions = [f"--extension={name}" for (name,) in cursor.fetchall()]
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        migrations = [name for (name,) in cursor.fetchall()]
        run_program(program, *_DUMP_OPTIONS, *extensions, f"--snapshot={snapshot}", f"--file={dump}")
        tables = read_table_contents(cursor)
    dump.chmod(0o600)
    files = {DUMP_FILENAME: measure_file(dump)}
    manifest = BackupManifest(VERSION, version, now.isoformat(timespec="seconds"), migrations, tables, files)
    write_manifest(folder, manifest)
    return manifest
