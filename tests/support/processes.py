"""Web servers, workers and commands as processes, on the database of this test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.db import connection

from tests.support.paths import ROOT


def name_test_database() -> str:
    """The address of this test's database."""
    url = urlsplit(os.environ["DATABASE_URL"])
    return url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


@contextmanager
def start_command(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run `manage.py ARGUMENTS` on this test's database. The process is killed at the end of the block."""
    command = [sys.executable, "manage.py", *arguments]
    environ = os.environ | {"DATABASE_URL": name_test_database()} | environment
    with subprocess.Popen(command, cwd=ROOT, env=environ, text=True, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()
