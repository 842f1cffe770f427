"""manage.py doctor: each check is fine on a sound installation, and finds what was spoiled."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from astral.backups.manifest import BackupManifest, write_manifest
from astral.doctor.all_checks import run_all_checks
from astral.doctor.result import CheckResult, Level, grade_value
from tests.support.python_process import run_python

OLD_JOB_SQL = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at)
    VALUES ('a', 'b', now() - interval '20 min')
"""
OF_THIS_MACHINE = {"disks", "connections"}  # whoever runs the tests may have a full disk
NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


def run_sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def find(check: str, now: datetime | None = None) -> list[CheckResult]:
    return [finding for finding in run_all_checks(now or timezone.now()) if finding.check == check]


def is_failure_of_astral(found: dict[str, str]) -> bool:
    return found["level"] == "FAIL" and found["check"] not in OF_THIS_MACHINE


def start_worker() -> None:
    run_sql("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")


def test_a_sound_installation_has_no_failure_and_each_check_a_line(db: None):
    start_worker()
    out = StringIO()
    call_command("doctor", stdout=out)
    lines = out.getvalue().splitlines()
    failed = {line.split()[1] for line in lines if line.startswith("FAIL")}
    assert failed <= OF_THIS_MACHINE
    assert {line.split()[1] for line in lines} == {
        "versions", "settings", "cache", "disks", "mail", "backups", "postgresql", "migrations", "indexes",
        "vacuum", "connections", "clock", "statements", "replicas", "jobs",
    }  # fmt: skip


def test_json_is_for_programs_and_a_failure_is_the_exit_status(db: None):
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--json", stdout=out)
    assert ended.value.code == 1
    [dead] = [found for found in json.loads(out.getvalue()) if is_failure_of_astral(found)]
    assert dead == {
        "check": "jobs",
        "level": "FAIL",
        "sentence": "No worker is alive.",
        "advice": "Start `manage.py worker`, and read its log.",
    }


@pytest.mark.parametrize(
    ("check", "spoil", "level", "words"),
    [
        ("indexes", "DROP INDEX activity_statistics", "FAIL", "activity_statistics"),
        (
            "indexes",
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'activity_statistics'::regclass",
            "FAIL",
            "Not valid, so not used: activity_statistics",
        ),
        (
            "migrations",
            "DELETE FROM django_migrations WHERE app = 'coaching'",
            "FAIL",
            "Not applied: coaching.",
        ),
        (
            "migrations",
            "INSERT INTO django_migrations (app, name, applied) VALUES ('metrics', '9999_future', now())",
            "FAIL",
            "newer than this version: metrics.9999_future",
        ),
        (
            "jobs",
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('a', 'b', 'failed')",
            "WARN",
            "1 jobs failed",
        ),
        (
            "jobs",
            OLD_JOB_SQL,
            "WARN",
            "the oldest for 20 min",
        ),
    ],
)
def test_doctor_finds_what_was_spoiled(db: None, check: str, spoil: str, level: str, words: str):
    start_worker()
    run_sql(spoil)
    [found] = [finding for finding in find(check) if finding.level != Level.OK]
    assert (found.level, words in found.sentence) == (level, True), found
    assert found.advice


def test_a_check_that_cannot_run_fails_and_the_others_run(db: None):
    run_sql("ALTER TABLE procrastinate_jobs RENAME TO gone")
    [found] = find("jobs")
    assert found.level == Level.FAIL
    assert "could not run" in found.sentence


def test_without_a_database_and_a_cache_the_other_checks_still_run():
    gone = {"DATABASE_URL": "postgresql://astral@127.0.0.1:1/astral", "REDIS_URL": "redis://127.0.0.1:1/0"}
    ended = run_python("manage.py", "doctor", ASTRAL_ENV="test", **gone)
    assert ended.returncode == 1
    lines = ended.stdout.splitlines()
    assert [line for line in lines if line.startswith("FAIL  postgresql   PostgreSQL does not answer.")]
    assert [line for line in lines if line.startswith("WARN  cache        Redis does not answer.")]
    assert [line for line in lines if line.startswith("OK    versions")]


def make_backup(folder: Path, created_at: datetime) -> None:
    folder.mkdir()
    write_manifest(folder, BackupManifest("0.2.0", "18.6", created_at.isoformat(), [], {}, {}))


@pytest.mark.parametrize(
    ("make", "level"),
    [
        (lambda folder: None, Level.FAIL),
        (lambda folder: make_backup(folder / "one", NOW - timedelta(hours=10)), Level.OK),
        (lambda folder: make_backup(folder / "one", NOW - timedelta(hours=30)), Level.WARN),
        (lambda folder: make_backup(folder / "one", NOW - timedelta(days=8)), Level.FAIL),
    ],
)
def test_the_age_of_the_newest_backup_is_checked(
    db: None, settings: Any, tmp_path: Path, make: Callable[[Path], None], level: Level
):
    settings.BACKUPS_DIR = str(tmp_path)
    make(tmp_path)
    assert [finding.level for finding in find("backups", NOW)] == [level]


def test_a_mail_server_that_does_not_answer_is_found(db: None, settings: Any):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    [found] = find("mail")
    assert (found.level, "does not take e-mails" in found.sentence) == (Level.FAIL, True)


def test_grades():
    assert [grade_value(value, 2, 30) for value in (1.9, 2, 29, 30)] == ["OK", "WARN", "WARN", "FAIL"]
