"""A production Astral, and nginx or Caddy with our configuration in front of it."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.paths import ROOT
from tests.support.processes import name_test_database

HOST = "astral.example.org"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CADDY = shutil.which("caddy")
START_TIMEOUT_S, STOP_TIMEOUT_S = 30.0, 5.0
# A shared cache as somebody may add it: it stores every answer that does not forbid it, for a minute.
CACHE_ZONE = "proxy_cache_path {folder}/cache keys_zone=answers:1m;"
CACHE_RULES = "proxy_cache answers; proxy_cache_valid 200 1m;"
CACHE_HEADER = "add_header X-Proxy-Cache $upstream_cache_status always;"


@dataclass(frozen=True, slots=True)
class Served:
    """Astral's own port and its log, and the port of the proxy."""

    astral_port: int
    proxy_port: int
    log: Path


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def serve_astral(folder: Path) -> Iterator[tuple[int, Path]]:
    """Production settings and the database of this test run. Gives its port and its log."""
    port, log = find_free_port(), folder / "astral.log"
    environ = os.environ | {
        "ASTRAL_ENV": "production",
        "SECRET_KEY": "Rv9-" * 20,
        "ALLOWED_HOSTS": HOST,
        "TRUSTED_PROXIES": "1",
        "STATIC_ROOT": str(folder / "static"),
        "DATABASE_URL": name_test_database(),
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, env=environ, check=True)
    command = [sys.executable, *read_image_command(), "--bind", f"127.0.0.1:{port}"]
    with log.open("wb") as output, _run_program(command, port, environ=environ, output=output):
        yield port, log


def read_image_command() -> list[str]:
    """The arguments of gunicorn in the image, without the address and the folder for its heartbeat."""
    found = re.search(r"^CMD \[(.*?)\]$", (ROOT / "Dockerfile").read_text(), re.MULTILINE | re.DOTALL)
    assert found
    words = re.findall(r'"([^"]+)"', found[1])
    for option in ("--bind", "--worker-tmp-dir"):
        place = words.index(option)
        del words[place : place + 2]
    return ["-m", *words]


@contextmanager
def serve_nginx(folder: Path, astral_port: int, *, caches: bool) -> Iterator[int]:
    """nginx with deploy/nginx.conf. Only its addresses and its certificate are replaced. Gives its port."""
    assert NGINX
    port = find_free_port()
    folder.mkdir()
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    replaced = {
        "server 127.0.0.1:8000": f"server 127.0.0.1:{astral_port}",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "listen 80;": f"listen 127.0.0.1:{find_free_port()};",
        f"/etc/letsencrypt/live/{HOST}/fullchain.pem": str(_make_certificate(folder)),
        f"/etc/letsencrypt/live/{HOST}/privkey.pem": str(folder / "key.pem"),
    } | ({"proxy_cache off;": CACHE_RULES + CACHE_HEADER} if caches else {})
    for old, new in replaced.items():
        assert old in site, old
        site = site.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    zone = CACHE_ZONE.format(folder=folder) if caches else ""
    (folder / "nginx.conf").write_text(
        f"user {pwd.getpwuid(os.geteuid()).pw_name}; daemon off; pid {folder}/pid;\n"
        f"error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary} {zone}\n{site}\n}}\n"
    )
    with _run_program([NGINX, "-c", str(folder / "nginx.conf"), "-e", f"{folder}/error.log"], port):
        yield port


@contextmanager
def serve_caddy(folder: Path, astral_port: int) -> Iterator[int]:
    """Caddy with deploy/Caddyfile, without TLS. Gives its port."""
    assert CADDY
    port = find_free_port()
    folder.mkdir()
    site = (ROOT / "deploy" / "Caddyfile").read_text()
    for old, new in {
        "127.0.0.1:8000": f"127.0.0.1:{astral_port}",
        f"\n{HOST} {{": f"\nhttp://{HOST}:{port} {{",
        "{\n\tservers": "{\n\tadmin off\n\tservers",
    }.items():
        assert old in site, old
        site = site.replace(old, new)
    (folder / "Caddyfile").write_text(site)
    environ = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    command = [CADDY, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    with (folder / "caddy.log").open("wb") as output, _run_program(command, port, environ, output):
        yield port


def _make_certificate(folder: Path) -> Path:
    certificate = folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += [
        "-keyout",
        str(folder / "key.pem"),
        "-out",
        str(certificate),
        "-days",
        "2",
        "-subj",
        f"/CN={HOST}",
    ]
    subprocess.run(command, check=True, capture_output=True)
    return certificate


@contextmanager
def _run_program(
    command: Sequence[str], port: int, environ: dict[str, str] | None = None, output: object = None
) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=output)  # type: ignore[call-overload]
    try:
        _wait_for_port(process, port)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:  # Caddy waits for its clients
            process.kill()
            process.wait()


def _wait_for_port(process: subprocess.Popen[bytes], port: int) -> None:
    until_s = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < until_s:
        assert process.poll() is None, "the server ended; its reason is above"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens on port {port}")


def open_connection(port: int, *, tls: bool = True) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", port), timeout=20)
    if not tls:
        return plain
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(plain, server_hostname=HOST)
