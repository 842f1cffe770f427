"""A real HTTP server with the protocol of chat completions. Tests choose its answers and failures."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeLLMServer(ThreadingHTTPServer):
    """Answers `reply` to every request and records the requests in `requests`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.reply: str | None = ""
        self.status, self.body, self.headers = 200, None, {}  # type: tuple[int, bytes | None, dict[str, str]]
        self.pause_s, self.sends_single_bytes = 0.0, False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def evidence(self) -> list[dict[str, Any]]:
        return [json.loads(request["messages"][1]["content"]) for request in self.requests]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: in some tests the client closes the connection on purpose."""


class _Handler(BaseHTTPRequestHandler):
    server: FakeLLMServer

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(json.loads(content) | {"path": self.path})
        self.server.keys.append(self.headers["Authorization"])
        time.sleep(self.server.pause_s)
        body = self.server.body
        if body is None:
            body = json.dumps(
                {"choices": [{"message": {"role": "assistant", "content": self.server.reply}}]}
            ).encode()
        self.send_response(self.server.status)
        for name, value in {"Content-Type": "application/json", **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        size, pause_s = (1, 0.05) if self.server.sends_single_bytes else (max(1, len(body)), 0.0)
        for start in range(0, len(body), size):
            self.wfile.write(body[start : start + size])
            self.wfile.flush()
            time.sleep(pause_s)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""


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
