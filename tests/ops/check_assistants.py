"""The address of assistants, with the protocol's conformance suite and inspector. Run by `make test-ops`.

Both come from npm: `npm install --global @modelcontextprotocol/conformance @modelcontextprotocol/inspector`,
with Node.js 22. The suite also has scenarios for tools and resources of its own; those of every server are
here. It sends no credential, so a proxy adds one.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from knox.models import AuthToken
from pytest_django.live_server_helper import LiveServer

from tests.support.cast import make_cast

CONFORMANCE, INSPECTOR = shutil.which("conformance"), shutil.which("mcp-inspector")
SCENARIOS = ["server-initialize", "ping", "tools-list", "dns-rebinding-protection"]
TIMEOUT_S = 120
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(live_server: LiveServer, settings: Any) -> str:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    secret: str = AuthToken.objects.create(make_cast().carl)[1]
    return secret


@pytest.fixture
def address(live_server: LiveServer, token: str) -> Iterator[str]:
    """A proxy on this machine that adds the token of Carl to each request, and changes nothing else."""
    server = urlsplit(live_server.url).netloc

    class AddToken(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {**self.headers, "Authorization": f"Bearer {token}"}
            with closing(HTTPConnection(server, timeout=TIMEOUT_S)) as upstream:
                upstream.request(self.command, self.path, body, headers)
                answer = upstream.getresponse()
                content = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_DELETE = do_POST

        def log_message(self, *_: Any) -> None:
            """Write nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), AddToken) as proxy:
        Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://localhost:{proxy.server_port}/mcp"
        proxy.shutdown()


@pytest.mark.skipif(not CONFORMANCE, reason="npm install --global @modelcontextprotocol/conformance")
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_conformance_suite_finds_no_failure(address: str, tmp_path: Path, scenario: str):
    assert CONFORMANCE
    command = [CONFORMANCE, "server", "--url", address, "--scenario", scenario, "--output-dir", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert run.returncode == 0, run.stdout + run.stderr
    checks = [check for path in tmp_path.rglob("checks.json") for check in json.loads(path.read_text())]
    assert checks
    assert [check for check in checks if check["status"] == "FAILURE"] == []


@pytest.mark.skipif(not INSPECTOR, reason="npm install --global @modelcontextprotocol/inspector")
def test_inspector_calls_tools_and_finds_no_fault_in_their_schemas(address: str):
    assert INSPECTOR
    command = [INSPECTOR, "--cli", address, "--transport", "http"]

    def inspect(*more: str) -> Any:
        run = subprocess.run([*command, *more], capture_output=True, text=True, timeout=TIMEOUT_S)
        assert run.returncode == 0, run.stdout + run.stderr
        return json.loads(run.stdout)

    names = {tool["name"] for tool in inspect("--method", "tools/list", "--strict")["tools"]}
    assert {"list_roster", "propose_move", "add_comment"} <= names
    roster = inspect("--method", "tools/call", "--tool-name", "list_roster")
    assert [athlete["name_text"] for athlete in roster["structuredContent"]["athletes"]] == ["Ada", "Ben"]
