"""PostgreSQL and Valkey for the tests, in temporary folders, unless DATABASE_URL and REDIS_URL are set.

It is an early plugin (`-p tests.support.servers` in pyproject.toml) and acts when it is imported, because
pytest-django reads the settings before all hooks. With xdist the controller starts the servers. Each worker
has its own database (by pytest-django), and its own Redis database and key prefix (by this module).
"""

import atexit
import os
import tempfile
from contextlib import ExitStack
from urllib.parse import parse_qsl, urlencode

from astral.local.postgres_valkey import remove_libpq_variables
from astral.local.servers import find_missing_servers, open_temporary_servers

IGNORED_SETTINGS = (
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "DEMO",
    "SECRET_KEY",
    "LOG_FORMAT",
    "INSIGHTS_LLM_BASE_URL",
    "INSIGHTS_LLM_MODEL",
    "INSIGHTS_LLM_API_KEY",
    "TRUSTED_PROXIES",
    "METRICS_TOKEN",
    "METRICS_NETWORKS",
    "BACKUPS_DIR",
    "DATABASE_POOLER",
    "DATABASE_REPLICA_URLS",
    "WORKER_DATABASE_URL",
)
_running = ExitStack()


def _start_servers() -> None:
    for name in IGNORED_SETTINGS:
        os.environ.pop(name, None)
    os.environ["ASTRAL_ENV"] = "test"
    os.environ["IMPORTS_DIR"] = _running.enter_context(tempfile.TemporaryDirectory(prefix="astral-imports-"))
    atexit.register(_running.close)
    missing = find_missing_servers(os.environ)
    if any(missing.values()):
        servers = _running.enter_context(open_temporary_servers(**missing))
        os.environ.update(servers.environment)
        if missing["postgres"]:
            for name in os.environ.keys() - remove_libpq_variables(os.environ).keys():
                del os.environ[name]


def _use_own_cache(worker: str) -> None:
    """Give the worker its own Redis database, which tests may empty, and its own key prefix."""
    address, _, query = os.environ["REDIS_URL"].partition("?")
    number = int(worker.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = f"{address}?{urlencode(dict(parse_qsl(query)) | {'db': number})}"
    os.environ["REDIS_PREFIX"] = f"astral-{worker}"


def pytest_unconfigure() -> None:
    _running.close()


if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    _use_own_cache(worker)
else:
    _start_servers()
