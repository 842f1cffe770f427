"""Backups and restores that are refused: one plain sentence, and nothing is changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from astral import VERSION
from astral.backups.manifest import DUMP_FILENAME, BackupManifest, measure_file, write_manifest
from astral.backups.programs import BackupError, find_program
from astral.backups.restore import describe_differences
from astral.backups.table_contents import TableContent
from metrics.models import Activity
from tests.support.cast import create_person, create_run
from tests.support.python_process import run_python

MIGRATIONS = ["metrics.0001_activities"]


def make_folder(path: Path) -> Path:
    """A folder that looks like a backup."""
    path.mkdir()
    (path / DUMP_FILENAME).write_bytes(b"rows")
    files = {DUMP_FILENAME: measure_file(path / DUMP_FILENAME)}
    write_manifest(path, BackupManifest(VERSION, "18.6", "2026-06-10T12:00:00+00:00", MIGRATIONS, {}, files))
    return path


def change_manifest(folder: Path, **values: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "is no backup"),
        (lambda folder: (folder / "manifest.json").write_text("{}"), "cannot be read"),
        (lambda folder: (folder / DUMP_FILENAME).unlink(), "database.dump is missing"),
        (lambda folder: (folder / DUMP_FILENAME).write_bytes(b"row"), "database.dump is not as it was"),
        (lambda folder: change_manifest(folder, format=2), "format 2"),
        (
            lambda folder: change_manifest(folder, migrations=["metrics.9999_future"], astral_version="9.0"),
            "does not know metrics.9999_future. Restore with version 9.0 or later.",
        ),
    ],
)
def test_restore_refuses_a_bad_backup_and_changes_nothing(
    db: None, tmp_path: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    create_run(create_person("ada"))
    folder = make_folder(tmp_path / "one")
    spoil(folder)
    with pytest.raises(CommandError, match=re.escape(sentence)):
        call_command("restore", str(folder), "--replace")
    assert Activity.objects.count() == 1


def test_restore_refuses_a_database_that_is_not_empty(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="The database is not empty"):
        call_command("restore", str(make_folder(tmp_path / "one")))


def test_backup_refuses_an_existing_folder(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(tmp_path))


def test_backup_that_fails_leaves_nothing(tmp_path: Path) -> None:
    unreachable = {"ASTRAL_ENV": "test", "DATABASE_URL": "postgresql://astral@127.0.0.1:1/astral"}
    assert run_python("manage.py", "backup", str(tmp_path / "new"), **unreachable).returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_a_program_older_than_the_server_is_not_used() -> None:
    assert find_program("pg_dump", 18).name == "pg_dump"
    with pytest.raises(BackupError, match="Install the package postgresql-client-99"):
        find_program("pg_dump", 99)


def test_restore_says_which_tables_differ() -> None:
    one, two = TableContent(1, "5"), TableContent(2, "5")
    assert describe_differences({"a": one, "b": one, "c": one}, {"a": one, "b": two, "d": one}) == [
        "b has 2 rows instead of 1",
        "c is only in the backup",
        "d is only in the database",
    ]
    assert describe_differences({"a": one}, {"a": TableContent(1, "6")}) == ["a has other contents"]
    many = describe_differences(dict.fromkeys("abcdefg", one), {})
    assert many[-2:] == ["e is only in the backup", "and 2 more"]
