"""Debian's pgbouncer with deploy/pgbouncer/pgbouncer.ini, in front of the PostgreSQL of the tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from astral.local import child_processes
from tests.support.paths import ROOT

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
START_TIMEOUT_S = 10.0
# So few that transactions of different clients always share a connection.
SERVER_CONNECTIONS = 3


@contextmanager
def serve_pgbouncer(folder: Path, database_url: str) -> Iterator[str]:
    """The address of the same database through pgbouncer."""
    assert PGBOUNCER
    url = urlsplit(database_url)
    place = parse_qs(url.query)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    config = folder / "pgbouncer.ini"
    host = place.get("host", [url.hostname or ""])[0]
    database_port = place.get("port", [str(url.port or 5432)])[0]
    text = (ROOT / "deploy" / "pgbouncer" / "pgbouncer.ini").read_text()
    replaced = {
        "host=database port=5432": f"host={host} port={database_port}",
        "listen_addr = *": "listen_addr = 127.0.0.1",
        "listen_port = 5432": f"listen_port = {port}",
        "auth_type = scram-sha-256": f"auth_type = trust\nlogfile = {folder}/pgbouncer.log",
        "/tmp/userlist.txt": f"{folder}/userlist.txt",
        "default_pool_size = 20": f"default_pool_size = {SERVER_CONNECTIONS}",
        "query_wait_timeout = 5": "query_wait_timeout = 30",  # the machine of the tests may be busy
    }
    for old, new in replaced.items():
        assert old in text, old
        text = text.replace(old, new)
    config.write_text(text)
    (folder / "userlist.txt").write_text(f'"{url.username}" ""\n')
    # It refuses root. In a namespace of its own it is nobody, and reaches the socket all the same.
    process = child_processes.start_child(
        [PGBOUNCER, "--quiet", str(config)],
        signal.SIGINT,
        output=subprocess.DEVNULL,
        as_nobody=os.geteuid() == 0,
    )
    try:
        _wait_for_port(process, port, folder)
        yield url._replace(netloc=f"{url.username}@127.0.0.1:{port}", query="").geturl()
    finally:
        child_processes.stop_child(process, signal.SIGTERM, 5)


def _wait_for_port(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    until = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError((folder / "pgbouncer.log").read_text())
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("pgbouncer does not listen")
