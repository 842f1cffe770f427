"""A plugin: run the tests of the API through pgbouncer. The database is made and migrated without it.

`pytest -p tests.ops.through_pgbouncer` deselects all tests that make no call of the API.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getsource
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from tests.ops.pgbouncer import serve_pgbouncer
from tests.support.processes import name_test_database


@pytest.fixture(scope="session", autouse=True)
def _through_pgbouncer(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("pgbouncer")
    with django_db_blocker.unblock(), serve_pgbouncer(folder, name_test_database()) as url:
        parts = urlsplit(url)
        close_pool()
        connection.settings_dict |= {"HOST": parts.hostname, "PORT": parts.port}
        connection.settings_dict["OPTIONS"]["prepare_threshold"] = None
        connection.ensure_connection()
        assert connection.connection.info.port == parts.port
        yield
        close_pool()


def close_pool() -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    kept = [item for item in items if "ApiClient" in getsource(item.module)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept
