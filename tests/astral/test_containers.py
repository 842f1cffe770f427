"""Dockerfile and docker-compose.yml, checked without Docker."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import yaml
from django.db import ProgrammingError, connection, transaction

from athletes.models import User
from tests.support.cast import create_person
from tests.support.paths import ROOT

APPS = ("astral", "athletes", "metrics", "coaching")
SECRETS = (
    "SECRET_KEY", "ALLOWED_HOSTS", "POSTGRES_PASSWORD", "POSTGRES_OWNER_PASSWORD", "POSTGRES_APP_PASSWORD",
    "VALKEY_PASSWORD",
)  # fmt: skip
COMPOSE = (ROOT / "docker-compose.yml").read_text()


@pytest.fixture
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
    return found


def test_compose_secrets_are_required_without_default() -> None:
    for secret in SECRETS:
        uses = re.findall(r"\$\{?" + secret + r"\b[^}]*", COMPOSE)
        assert uses
        assert all(use.startswith("${" + secret + ":?") for use in uses)


def test_compose_services_have_health_checks_and_the_database_a_volume(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["healthcheck"].get("test") or name in {"migrate", "worker"}  # they serve nothing
    assert services["database"]["volumes"][0] == "database:/var/lib/postgresql"


def test_compose_starts_database_then_migrations_then_web(services: dict[str, Any]) -> None:
    assert services["web"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services["migrate"]["depends_on"]["database"] == {"condition": "service_healthy"}


def test_compose_has_a_service_for_each_program_of_make_run(services: dict[str, Any]) -> None:
    started = re.findall(r'\["manage.py", "(\w+)"\]', (ROOT / "astral" / "local" / "run.py").read_text())
    commands = [service.get("command", [])[-1:] for service in services.values()]
    assert started == ["worker"]
    assert commands.count(started) == 1


def test_compose_passes_every_production_setting(services: dict[str, Any]) -> None:
    names = re.findall(r"^\| (`[A-Z_`, ]+`) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    table = re.findall(r"[A-Z_]+", " ".join(names))
    of_tests = {"ASTRAL_RECORDINGS", "ASTRAL_SOAK", "DEMO_NOW", "ORACLE_EXAMPLES"}
    here_only = of_tests | {"ASTRAL_HOME", "DEMO", "DEBUG", "REDIS_PREFIX", "STATIC_ROOT"}
    assert set(table) - here_only <= services["web"]["environment"].keys() | {"HOST", "PORT"}


def test_compose_publishes_only_to_this_machine_by_default(services: dict[str, Any]) -> None:
    assert services["web"]["ports"] == ["${HOST:-127.0.0.1}:${PORT:-8000}:8000"]
    assert [name for name, service in services.items() if "ports" in service] == ["web"]


def test_image_has_all_apps_and_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    for app in ("astral", "athletes", "metrics", "coaching"):
        assert f"COPY {app} {app}" in lines
    assert lines.index("USER astral") < next(i for i, line in enumerate(lines) if line.startswith("CMD"))


def test_image_does_not_contain_local_servers() -> None:
    assert "astral/local" in (ROOT / ".dockerignore").read_text().splitlines()
    shipped = [
        path
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if (ROOT / "astral/local") not in path.parents
    ]
    assert len(shipped) > 200
    assert [str(path) for path in shipped if re.search(r"\bastral\.local\b", path.read_text())] == []


def test_compose_bounds_memory_processes_and_logs(services: dict[str, Any]) -> None:
    for name in ("web", "worker", "migrate"):
        assert services[name].keys() >= {"mem_limit", "pids_limit", "logging", "stop_grace_period"}
    for name in ("database", "cache"):
        assert services[name].keys() >= {"mem_limit", "pids_limit"}
        assert services[name]["logging"] == services["web"]["logging"]


def test_compose_waits_for_answers_that_are_under_way(services: dict[str, Any]) -> None:
    found = re.search(r'"--graceful-timeout", "(\d+)"', (ROOT / "Dockerfile").read_text())
    assert found
    assert int(services["web"]["stop_grace_period"].removesuffix("s")) > int(found[1])


def test_compose_migrates_as_owner_and_serves_as_a_role_that_is_no_superuser(
    services: dict[str, Any],
) -> None:
    roles = {
        name: services[name]["environment"]["DATABASE_URL"].split(":")[1]
        for name in ("web", "worker", "migrate")
    }
    assert roles == {"web": "//astral_app", "worker": "//astral_app", "migrate": "//astral_owner"}
    assert services["migrate"]["environment"].keys() == services["web"]["environment"].keys()
    for volume in services["database"]["volumes"][1:]:
        assert (ROOT / volume.split(":")[0]).is_file()


def test_compose_gives_valkey_and_its_health_check_a_password(services: dict[str, Any]) -> None:
    assert "--requirepass" in services["cache"]["command"][-1]
    assert services["cache"]["environment"]["REDISCLI_AUTH"].startswith("${VALKEY_PASSWORD:?")
    assert services["web"]["environment"]["REDIS_URL"].startswith("redis://:${VALKEY_PASSWORD:?")


def test_compose_images_have_exact_versions(services: dict[str, Any]) -> None:
    images = [services[name]["image"] for name in ("database", "cache")]
    assert all(re.fullmatch(r"\$\{\w+:-[\w/]+:\d+\.\d+[\w.-]*\}", image) for image in images)


def test_make_env_fills_in_every_required_setting() -> None:
    command = ["sh", "deploy/make-env.sh", "astral.example.org"]
    first, second = (
        subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True) for _ in "ab"
    )
    lines = dict(line.split("=", 1) for line in first.stdout.splitlines() if not line.startswith("#"))
    assert all(lines[name] for name in SECRETS)
    assert lines["CSRF_TRUSTED_ORIGINS"] == "https://astral.example.org"
    assert len({lines[name] for name in SECRETS}) == len(SECRETS)
    assert first != second


def run_roles_script() -> None:
    script = (ROOT / "deploy" / "postgres-roles.sql").read_text()
    script = script.replace(":'owner_password'", "'one'").replace(":'app_password'", "'two'")
    with connection.cursor() as cursor:
        cursor.execute(script)


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        yield
        cursor.execute("RESET ROLE")


def is_refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


def test_application_role_writes_rows_and_changes_no_table(db: None) -> None:
    run_roles_script()
    with acting_as("astral_app"):
        user = create_person("ada")
        User.objects.filter(pk=user.pk).update(display_name="Ada")
        user.delete()
        refused = [
            is_refused(statement)
            for statement in (
                "CREATE TABLE public.mine (id int)", "ALTER TABLE athletes_user ADD mine int",
                "DROP TABLE knox_authtoken",
                "TRUNCATE athletes_user CASCADE", "CREATE ROLE mine", "SELECT pg_read_file('/etc/passwd')",
            )
        ]  # fmt: skip
    assert all(refused)


def test_owner_role_migrates_and_the_application_uses_its_new_tables(db: None) -> None:
    run_roles_script()
    run_roles_script()  # it may run again
    with acting_as("astral_owner"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE athletes_user ADD mine int")
        cursor.execute("CREATE TABLE mine (id int GENERATED ALWAYS AS IDENTITY, name text)")
        assert is_refused("CREATE ROLE mine")
    with acting_as("astral_app"), connection.cursor() as cursor:
        cursor.execute("INSERT INTO mine (name) VALUES ('x')")
        cursor.execute("SELECT count(*) FROM mine")
        assert cursor.fetchone() == (1,)
