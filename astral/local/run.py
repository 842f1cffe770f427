"""`make run`: the web server, the worker, PostgreSQL and Valkey in one process tree.

`python -m astral.local.run` serves Astral. `python -m astral.local.run COMMAND …` runs a command with the
same database, cache and secret key, whether or not Astral is being served.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from astral import environment as env
from astral.local import child_processes
from astral.local.postgres_valkey import remove_libpq_variables
from astral.local.programs import Program
from astral.local.servers import LocalServers, build_server_urls, find_missing_servers, is_home_in_use
from astral.local.welcome import EXIT_DEMO_EXISTS, build_welcome_text

ROOT = Path(__file__).resolve().parents[2]
HEALTH_TIMEOUT_S = 60.0
POLL_INTERVAL_S = 0.25
GUNICORN_ARGUMENTS = (
    *("-m", "gunicorn", "astral.wsgi:application", "--threads", "4"),
    *("--worker-class", "astral.server.worker.BufferingWorker"),
    *("--config", "python:astral.server.gunicorn_hooks"),
    *("--graceful-timeout", "5", "--no-control-socket", "--log-level", "warning"),
)


def main(arguments: list[str]) -> int:
    child_processes.convert_signals_to_interrupt()
    if parent := env.read_number("ASTRAL_PARENT", 0):
        child_processes.terminate_with_parent(parent)
    home = Path(os.environ.get("ASTRAL_HOME") or ROOT / ".astral").resolve()
    try:
        return run_command(home, arguments) if arguments else serve_application(home)
    except KeyboardInterrupt:
        with suppress(OSError):  # stdout may be closed
            os.write(sys.stdout.fileno(), b"Stopped.\n")
        return 0


def serve_application(home: Path) -> int:
    """Serve until stopped. The port is bound first and then passed to the web server."""
    listener = bind_port(env.read_text("HOST", "127.0.0.1"), env.read_number("PORT", 8000, lowest=1))
    with listener, LocalServers(home, **find_missing_servers(os.environ)) as servers:
        environ = build_environment(home, servers.environment)
        demo = prepare_database(environ)
        bind = ("--bind", f"fd://{listener.fileno()}")
        programs = [
            Program("The web server", [*GUNICORN_ARGUMENTS, *bind], environ, listener.fileno()),
            # SIGKILL: without PostgreSQL the worker cannot stop properly, and a killed job runs again anyway.
            Program("The worker", ["manage.py", "worker"], environ, orphaned=signal.SIGKILL),
        ]
        try:
            for program in programs:
                program.start()
            wait_until_healthy(listener, programs)
            base, loopback = get_base_url(listener)
            print(build_welcome_text(base, home, demo, reachable_by_others=not loopback), flush=True)
            supervise_processes(servers, programs)
        finally:
            for program in reversed(programs):
                program.stop()
    return 0


def run_command(home: Path, command: Sequence[str]) -> int:
    """Run the command and return its exit status. Running servers are used, otherwise they are started."""
    with open_server_urls(home) as urls:
        return subprocess.run(command, env=build_environment(home, urls), check=False).returncode


@contextmanager
def open_server_urls(home: Path) -> Iterator[dict[str, str]]:
    missing = find_missing_servers(os.environ)
    if is_home_in_use(home):
        yield build_server_urls((home / "run").resolve(), **missing)
    else:
        with LocalServers(home, **missing) as servers:
            yield servers.environment


def build_environment(home: Path, urls: dict[str, str]) -> dict[str, str]:
    """The environment of all programs: local by default, and never with DEBUG."""
    static = home / "static"
    static.mkdir(exist_ok=True)
    local = {"ASTRAL_ENV": "local", "WEB_CONCURRENCY": "2", "SECRET_KEY": load_or_create_secret_key(home)}
    local["STATIC_ROOT"], local["IMPORTS_DIR"] = str(static), str(home / "imports")
    variables = {name: value for name, value in os.environ.items() if value}
    if "DATABASE_URL" in urls:
        variables = remove_libpq_variables(variables)
    return local | variables | urls | {"DEBUG": "0"}


def load_or_create_secret_key(home: Path) -> str:
    """The key of this installation. It is created once; only its owner can read it."""
    path = home / "secret_key"
    with suppress(FileExistsError):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(file, secrets.token_urlsafe(48).encode())
        os.close(file)
    return path.read_text()


def prepare_database(environ: dict[str, str]) -> bool:
    """Create tables and demo. True if the demo's users can sign in."""
    print("Preparing the database …", flush=True)
    process = child_processes.start_child(
        [sys.executable, "-m", "astral.local.prepare"], signal.SIGTERM, environ=environ
    )
    if (status := process.wait()) not in (0, EXIT_DEMO_EXISTS):
        env.refuse_to_start("the database could not be prepared; the reason is above.")
    return status == EXIT_DEMO_EXISTS


def bind_port(host: str, port: int) -> socket.socket:
    """Bind the port without listening: no other program can take it, and no client connects too early."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
    except OSError as error:
        env.refuse_to_start(
            f"port {port} of {host} cannot be used ({error.strerror}); try PORT={port + 1} make run."
        )
    return listener


def get_base_url(listener: socket.socket) -> tuple[str, bool]:
    """The base URL on this machine, and whether only this machine can reach it."""
    host, port = listener.getsockname()[:2]
    bound = ipaddress.ip_address(host)
    shown_host = "127.0.0.1" if bound.is_unspecified else f"[{host}]" if bound.version == 6 else host
    return f"http://{shown_host}:{port}", bound.is_loopback


def wait_until_healthy(listener: socket.socket, programs: Sequence[Program]) -> None:
    base, _ = get_base_url(listener)
    until = time.monotonic() + HEALTH_TIMEOUT_S
    while not _is_healthy(base.removeprefix("http://")):
        for program in programs:
            program.refuse_if_dead()
        if time.monotonic() > until:
            env.refuse_to_start(f"{base}/healthz does not answer.")
        time.sleep(0.05)


def _is_healthy(address: str) -> bool:
    client = http.client.HTTPConnection(address, timeout=5)
    try:
        client.request("GET", "/healthz")
        return client.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except OSError:
        return False
    finally:
        client.close()


def supervise_processes(servers: LocalServers, programs: Sequence[Program]) -> None:
    """Restart everything that dies, until this process is stopped."""
    while True:
        for name in servers.restart_dead_servers():
            print(f"{name} had ended and was started again.", file=sys.stderr, flush=True)
        for program in programs:
            program.restart_if_dead()
        time.sleep(POLL_INTERVAL_S)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
