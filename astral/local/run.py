"""`make run`: everything the house needs, in one process tree that ends as one.

`python -m astral.local.run` serves. `python -m astral.local.run COMMAND …` runs a command with the same database, cache
and secret key, whether or not the house is being served meanwhile.
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
    *("-m", "gunicorn", "astral.wsgi:application", "--worker-class", "gthread", "--threads", "4"),
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
        with suppress(OSError):  # whoever read what we print may be gone
            os.write(sys.stdout.fileno(), b"Stopped.\n")
        return 0


def serve_application(home: Path) -> int:
    """Until told to stop. The port is taken before anything else, and handed on to the web server."""
    door = bind_port(env.read_text("HOST", "127.0.0.1"), env.read_number("PORT", 8000, lowest=1))
    with door, LocalServers(home, **find_missing_servers(os.environ)) as servers:
        environ = build_environment(home, servers.environment)
        demo = prepare_database(environ)
        bind = ("--bind", f"fd://{door.fileno()}")
        programs = [
            Program("The web server", [*GUNICORN_ARGUMENTS, *bind], environ, door.fileno()),
            # Without PostgreSQL it could not end in order, and a killed job is done again anyway.
            Program("The worker", ["manage.py", "worker"], environ, orphaned=signal.SIGKILL),
        ]
        try:
            for program in programs:
                program.start()
            wait_until_healthy(door, programs)
            base, loopback = get_base_url(door)
            print(build_welcome_text(base, home, demo, reachable_by_others=not loopback), flush=True)
            supervise_processes(servers, programs)
        finally:
            for program in reversed(programs):
                program.stop()
    return 0


def run_command(home: Path, command: Sequence[str]) -> int:
    """The command's exit status. Servers that are up are used, else they are started for it."""
    with open_server_urls(home) as urls:
        return subprocess.run(command, env=build_environment(home, urls), check=False).returncode


@contextmanager
def open_server_urls(home: Path) -> Iterator[dict[str, str]]:
    wanted = find_missing_servers(os.environ)
    if is_home_in_use(home):
        yield build_server_urls((home / "run").resolve(), **wanted)
    else:
        with LocalServers(home, **wanted) as servers:
            yield servers.environment


def build_environment(home: Path, urls: dict[str, str]) -> dict[str, str]:
    """What every program of the house is started with: local unless told otherwise, never with DEBUG."""
    static = home / "static"
    static.mkdir(exist_ok=True)
    local = {"ASTRAL_ENV": "local", "WEB_CONCURRENCY": "2", "SECRET_KEY": load_or_create_secret_key(home)}
    local["STATIC_ROOT"] = str(static)
    given = {name: value for name, value in os.environ.items() if value}
    if "DATABASE_URL" in urls:
        given = remove_libpq_variables(given)
    return local | given | urls | {"DEBUG": "0"}


def load_or_create_secret_key(home: Path) -> str:
    """This installation's own key, made once, readable by its owner only."""
    path = home / "secret_key"
    with suppress(FileExistsError):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(file, secrets.token_urlsafe(48).encode())
        os.close(file)
    return path.read_text()


def prepare_database(environ: dict[str, str]) -> bool:
    """Tables, demo; True when the demo's people can sign in."""
    print("Preparing the database …", flush=True)
    process = child_processes.start_child(
        [sys.executable, "-m", "astral.local.prepare"], signal.SIGTERM, environ=environ
    )
    if (status := process.wait()) not in (0, EXIT_DEMO_EXISTS):
        env.refuse_to_start("the database could not be prepared; the reason is above.")
    return status == EXIT_DEMO_EXISTS


def bind_port(host: str, port: int) -> socket.socket:
    """A bound socket that does not listen yet: nobody else can have the port, and nobody is kept waiting."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        door = socket.socket(family, kind, protocol)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(place)
    except OSError as error:
        env.refuse_to_start(
            f"port {port} of {host} cannot be used ({error.strerror}); try PORT={port + 1} make run."
        )
    return door


def get_base_url(door: socket.socket) -> tuple[str, bool]:
    """The base URL for people on this machine, and whether only they can reach it."""
    host, port = door.getsockname()[:2]
    bound = ipaddress.ip_address(host)
    shown = "127.0.0.1" if bound.is_unspecified else f"[{host}]" if bound.version == 6 else host
    return f"http://{shown}:{port}", bound.is_loopback


def wait_until_healthy(door: socket.socket, programs: Sequence[Program]) -> None:
    base, _ = get_base_url(door)
    until = time.monotonic() + HEALTH_TIMEOUT_S
    while not _is_healthy(base.removeprefix("http://")):
        for program in programs:
            program.refuse_if_dead()
        if time.monotonic() > until:
            env.refuse_to_start(f"{base}/healthz does not answer.")
        time.sleep(0.05)


def _is_healthy(place: str) -> bool:
    asking = http.client.HTTPConnection(place, timeout=5)
    try:
        asking.request("GET", "/healthz")
        return asking.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except OSError:
        return False
    finally:
        asking.close()


def supervise_processes(servers: LocalServers, programs: Sequence[Program]) -> None:
    """Whatever dies is started again, until somebody ends the house."""
    while True:
        for name in servers.restart_dead_servers():
            print(f"{name} had ended and runs again.", file=sys.stderr, flush=True)
        for program in programs:
            program.restart_if_dead()
        time.sleep(POLL_INTERVAL_S)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
