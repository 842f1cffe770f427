"""A real HTTP server with the chat completions protocol. Tests choose its answers and failures."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeLLMServer(ThreadingHTTPServer):
    """Answers `says` to everything, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.says: str | None = ""
        self.status, self.body, self.headers = 200, None, {}  # type: tuple[int, bytes | None, dict[str, str]]
        self.pause_s, self.drips = 0.0, False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def evidence(self) -> list[dict[str, Any]]:
        return [json.loads(asked["messages"][1]["content"]) for asked in self.asked]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has given up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: FakeLLMServer

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(json.loads(said) | {"path": self.path})
        self.server.keys.append(self.headers["Authorization"])
        time.sleep(self.server.pause_s)
        body = self.server.body
        if body is None:
            body = json.dumps(
                {"choices": [{"message": {"role": "assistant", "content": self.server.says}}]}
            ).encode()
        self.send_response(self.server.status)
        for name, value in {"Content-Type": "application/json", **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in [body[place : place + 1] for place in range(len(body))] if self.server.drips else [body]:
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(0.05 if self.server.drips else 0)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def run_fake_llm_server() -> Iterator[FakeLLMServer]:
    with FakeLLMServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
