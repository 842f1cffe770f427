"""Checks of everything besides PostgreSQL: settings, Redis, jobs, disks, mail, backups."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.cache import cache
from django.core.mail import get_connection
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from astral import VERSION
from astral.backups.manifest import FILENAME, read_manifest
from astral.backups.programs import BackupError
from astral.doctor.result import CheckResult, Level, grade_value
from astral.monitoring.jobs import count_live_workers, load_job_groups

WAIT_WARN_S, WAIT_FAIL_S = 600, 3_600
FULL_WARN, FULL_FAIL = 0.9, 0.97
BACKUP_WARN_H, BACKUP_FAIL_H = 26, 7 * 24


def check_versions(now: datetime) -> Iterator[CheckResult]:
    yield CheckResult("versions", Level.OK, f"Astral {VERSION} runs on Python {platform.python_version()}.")


def check_settings(now: datetime) -> Iterator[CheckResult]:
    """Django's own checks; in production those of the deployment, too."""
    problems = checks.run_checks(include_deployment_checks=settings.PRODUCTION)
    for problem in problems:
        if not problem.is_silenced() and problem.level >= checks.WARNING:
            level = Level.FAIL if problem.level >= checks.ERROR else Level.WARN
            yield CheckResult("settings", level, problem.msg, problem.hint or f"Django's check {problem.id}.")
    if not problems:
        yield CheckResult("settings", Level.OK, "Django's checks find no problem.")


def check_cache(now: datetime) -> Iterator[CheckResult]:
    try:
        facts = cache.client.get_client().info("server")  # type: ignore[attr-defined]
    except (RedisError, ConnectionInterrupted, OSError):
        yield CheckResult(
            "cache", Level.WARN, "Redis does not answer. Answers are right, but slower.",
            "Start Valkey or Redis, and check REDIS_URL.",
        )  # fmt: skip
        return
    name = "Valkey" if "valkey_version" in facts else "Redis"
    version = facts.get("valkey_version") or facts["redis_version"]
    yield CheckResult("cache", Level.OK, f"{name} {version} answers.")


def check_jobs(now: datetime) -> Iterator[CheckResult]:
    groups = load_job_groups(now)
    waiting = sum(group.count for group in groups if group.status == "todo")
    failed = sum(group.count for group in groups if group.status == "failed")
    longest_s = max((group.longest_wait_s for group in groups), default=0.0)
    if not count_live_workers(now):
        yield CheckResult(
            "jobs", Level.FAIL, "No worker is alive.", "Start `manage.py worker`, and read its log."
        )
    level = grade_value(longest_s, WAIT_WARN_S, WAIT_FAIL_S)
    advice = (
        ""
        if level == Level.OK
        else "See which queue waits, and whether a long job or a dead worker blocks it."
    )
    yield CheckResult("jobs", level, f"{waiting} jobs wait, the oldest for {longest_s / 60:.0f} min.", advice)
    if failed:
        yield CheckResult(
            "jobs", Level.WARN, f"{failed} jobs failed in the last three days.",
            "Look for their errors in the worker's log. Jobs are listed in the admin under Procrastinate.",
        )  # fmt: skip


def check_disks(now: datetime) -> Iterator[CheckResult]:
    """The disks of this machine. Only PostgreSQL's machine knows how full its own is."""
    for name, folder in (("IMPORTS_DIR", settings.IMPORTS_DIR), ("BACKUPS_DIR", settings.BACKUPS_DIR)):
        if folder and Path(folder).is_dir():
            usage = shutil.disk_usage(folder)
            level = grade_value(1 - usage.free / usage.total, FULL_WARN, FULL_FAIL)
            advice = "" if level == Level.OK else "Free some room, or give it a larger disk."
            yield CheckResult("disks", level, f"{name} has {usage.free / 1e9:.1f} GB free.", advice)


def check_mail(now: datetime) -> Iterator[CheckResult]:
    if not settings.EMAIL_HOST:
        level = Level.WARN if settings.PRODUCTION else Level.OK
        yield CheckResult(
            "mail", level, "No mail server is set: no invitations and no links for forgotten passwords.",
            "Set EMAIL_HOST.",
        )  # fmt: skip
        return
    try:
        server = get_connection()
        server.open()
        server.close()
    except OSError as error:  # smtplib's errors are OSErrors
        yield CheckResult(
            "mail", Level.FAIL, f"The mail server does not take e-mails ({type(error).__name__}).",
            "Check EMAIL_HOST, EMAIL_PORT, EMAIL_USER, EMAIL_PASSWORD and EMAIL_TLS.",
        )  # fmt: skip
    else:
        yield CheckResult("mail", Level.OK, "The mail server accepts the sign-in.")


def check_backups(now: datetime) -> Iterator[CheckResult]:
    if not settings.BACKUPS_DIR:
        level = Level.WARN if settings.PRODUCTION else Level.OK
        yield CheckResult("backups", level, "BACKUPS_DIR is not set, so the age of backups is not known.",
                      "Set it to the folder that has the backups in it.")  # fmt: skip
        return
    times = []
    for path in Path(settings.BACKUPS_DIR).glob(f"*/{FILENAME}"):
        try:
            times.append(datetime.fromisoformat(read_manifest(path.parent).created_at))
        except (BackupError, ValueError):
            yield CheckResult("backups", Level.WARN, f"{path} cannot be read.", "Make a new backup.")
    if not times:
        yield CheckResult("backups", Level.FAIL, "There is no backup.", "Run `manage.py backup` each night.")
        return
    age_h = (now - max(times)).total_seconds() / 3_600
    level = grade_value(age_h, BACKUP_WARN_H, BACKUP_FAIL_H)
    advice = "" if level == Level.OK else "See why the job that runs `manage.py backup` did not run."
    yield CheckResult("backups", level, f"The newest backup is {age_h:.0f} hours old.", advice)


SERVER_CHECKS = (check_versions, check_settings, check_cache, check_disks, check_mail, check_backups)
CHECKS_IN_DATABASE = (check_jobs,)
