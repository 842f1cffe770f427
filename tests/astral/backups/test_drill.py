"""The drill: back up under writes, restore into a fresh server, and compare answers and every row."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from astral.backups.manifest import read_manifest
from astral.backups.restore import describe_differences
from astral.backups.table_contents import read_table_contents
from astral.local.servers import open_temporary_servers
from metrics.activities.ingest import Upload, ingest_file
from metrics.files.xml.writer import encode_fit
from metrics.models import Activity
from tests.athletes.access.world import World, make_world
from tests.support.cast import NOON, ApiClient, create_person
from tests.support.paths import ROOT
from tests.support.processes import name_test_database
from tests.support.python_process import run_python
from tests.support.recordings import build_steady_run

# Both databases are asked at the same moment of the clock.
ASK = """
import json, sys
import django
django.setup()
import time_machine
from django.test import Client
now, token, *paths = sys.argv[1:]
with time_machine.travel(now, tick=False):
    client = Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)
    print(json.dumps([[path, answer.status_code, answer.content.decode()]
                      for path in paths for answer in [client.get(path)]]))
"""


def list_paths(world: World, now: datetime) -> dict[str, list[str]]:
    """Twenty addresses, by the person who asks."""
    ada, run, club = world.user_id("ada"), world.activity_id("ada"), world.club_id("harbour")
    end = int(now.timestamp())
    span = f"from_timestamp={end - 604_800}&to_timestamp={end}"
    own = [
        "/api/v1/auth/me", "/api/v1/activities", f"/api/v1/activities/{run}",
        f"/api/v1/activities/{run}/recordings", f"/api/v1/activities/{run}/streams",
        f"/api/v1/analytics/athlete_profile?user_id={ada}", "/api/v1/analytics/fitness_stats?days=30",
        f"/api/v1/analytics/running_stats?{span}", f"/api/v1/athletes/{ada}/absences",
        f"/api/v1/athletes/{ada}/bin", f"/api/v1/athletes/{ada}/records", "/api/v1/health/days",
        "/api/v1/imports", "/api/v1/races", "/api/v1/plan_instances",
    ]  # fmt: skip
    of_coach = [
        "/api/v1/analytics/coach_athletes_metrics", f"/api/v1/organizations/{club}/members",
        f"/api/v1/organizations/{club}/groups", f"/api/v1/organizations/{club}/invitations",
        "/api/v1/training_plans",
    ]  # fmt: skip
    return {"ada": own, "hanna": of_coach}


def build_drill_environment(database_url: str) -> dict[str, str]:
    # Redis with another prefix for each database: kept answers of one are not those of the other.
    prefix = f"drill-{database_url.__hash__()}"
    own = {name: os.environ[name] for name in ("REDIS_URL", "IMPORTS_DIR")}
    setup = {"ASTRAL_ENV": "test", "DJANGO_SETTINGS_MODULE": "astral.settings", "REDIS_PREFIX": prefix}
    return own | setup | {"DATABASE_URL": database_url}


def ask_all(database_url: str, now: datetime, tokens: dict[str, str], world: World) -> list[list[Any]]:
    answers: list[list[Any]] = []
    for person, paths in list_paths(world, now).items():
        ended = run_python(
            "-c", ASK, now.isoformat(), tokens[person], *paths, **build_drill_environment(database_url)
        )
        assert ended.returncode == 0, ended.stderr
        answers += json.loads(ended.stdout)
    return answers


def make_roles(database_url: str) -> None:
    """Make the roles of a production server. Its owner restores, and its application role answers."""
    script = (ROOT / "deploy" / "postgres-roles.sql").read_text()
    script = script.replace(":'owner_password'", "'one'").replace(":'app_password'", "'two'")
    with psycopg.connect(database_url) as fresh:
        fresh.execute(script.encode())


@contextmanager
def writing() -> Iterator[threading.Event]:
    """Upload runs all the time. The event says that the first one is stored."""
    wrote, stop = threading.Event(), threading.Event()
    walker = create_person("walker").athlete

    def upload() -> None:
        number = 0
        try:
            while not stop.is_set():
                file = encode_fit(build_steady_run(NOON + timedelta(hours=number), duration_s=60))
                ingest_file(walker, Upload(file, f"{number}.fit"))
                number += 1
                wrote.set()
        finally:
            connection.close()

    thread = threading.Thread(target=upload)
    thread.start()
    try:
        yield wrote
    finally:
        stop.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_restored_server_gives_the_same_answers_and_has_the_same_rows(tmp_path: Path) -> None:
    world, now = make_world(), datetime.now(UTC).replace(microsecond=0)
    tokens = {person: ApiClient(world.people[person]).token for person in ("ada", "hanna")}
    before = ask_all(name_test_database(), now, tokens, world)
    assert [(path, body) for path, status, body in before if status != 200] == []
    folder = tmp_path / "drill"
    with writing() as wrote:
        assert wrote.wait(30)
        call_command("backup", str(folder), stdout=StringIO())
        written = Activity.objects.filter(athlete__user__username="walker").count()
    manifest = read_manifest(folder)
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder, *folder.iterdir()))
    assert 0 < manifest.tables["public.metrics_activity"].rows <= Activity.objects.count()
    assert written

    with open_temporary_servers(valkey=False) as servers:
        url = servers.environment["DATABASE_URL"]
        make_roles(url)
        owner, application = (url.replace("//astral@", f"//astral_{role}@") for role in ("owner", "app"))
        restored = run_python("manage.py", "restore", str(folder), **build_drill_environment(owner))
        assert restored.returncode == 0, restored.stderr
        assert "Row counts and checksums are those of the backup." in restored.stdout
        after = ask_all(application, now, tokens, world)
        with psycopg.connect(url) as fresh, fresh.cursor() as cursor:
            found = read_table_contents(cursor)
        replaced = run_python(
            "manage.py", "restore", str(folder), "--replace", **build_drill_environment(owner)
        )

    assert len(after) == 20
    assert [drop_request_times(answer) for answer in after] == [
        drop_request_times(answer) for answer in before
    ]
    assert replaced.returncode == 0, replaced.stderr
    # The answers store kept numbers, which are no data: all other tables are as they were.
    derived = {name for name in found if name.endswith(("_snapshot", "_assessment"))}
    assert len(found) > 60
    assert len(derived) == 2
    stored = {name: content for name, content in manifest.tables.items() if name not in derived}
    assert describe_differences(stored, {n: c for n, c in found.items() if n not in derived}) == []


def drop_request_times(answer: list[Any]) -> list[Any]:
    path, status, body = answer
    return [path, status, re.sub(r'"(as_of|computed_at)": ?"[^"]*"', "", body)]
