"""Dockerfile and docker-compose.yml, checked without Docker."""

import re
from typing import Any

import pytest
import yaml

from tests.support.paths import ROOT

APPS = ("astral", "athletes", "metrics", "coaching")
COMPOSE = (ROOT / "docker-compose.yml").read_text()


@pytest.fixture
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
    return found


def test_compose_secrets_are_required_without_default() -> None:
    for secret in ("SECRET_KEY", "POSTGRES_PASSWORD", "ALLOWED_HOSTS"):
        uses = re.findall(r"\$\{?" + secret + r"[^}]*", COMPOSE)
        assert uses
        assert all(use.startswith("${" + secret + ":?") for use in uses)


def test_compose_services_have_health_checks_and_the_database_a_volume(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["healthcheck"].get("test") or name in {"migrate", "worker"}  # they serve nothing
    assert services["database"]["volumes"] == ["database:/var/lib/postgresql"]


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
        assert services[name]["logging"] == services["web"]["logging"]


def test_compose_waits_for_answers_that_are_under_way(services: dict[str, Any]) -> None:
    found = re.search(r'"--graceful-timeout", "(\d+)"', (ROOT / "Dockerfile").read_text())
    assert found
    assert int(services["web"]["stop_grace_period"].removesuffix("s")) > int(found[1])
