"""Send HTTP requests with little overhead: connections stay open, and requests are prepared bytes."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from threading import Thread
from typing import Any


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    headers: dict[str, str]
    size: int


class HttpConnection:
    """One open connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send_request(self, request: bytes) -> HttpAnswer:
        self.socket.sendall(request)
        received = self._receive_more(b"")
        while (end := received.find(b"\r\n\r\n")) < 0:
            received = self._receive_more(received)
        status, *lines = received[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        size = int(headers.get("content-length", 0))
        while len(received) < end + 4 + size:
            received = self._receive_more(received)
        return HttpAnswer(int(status.split()[1]), headers, size)

    def _receive_more(self, received: bytes) -> bytes:
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionError("The server has closed the connection.")
        return received + data


def build_http_request(path: str, token: str, **headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def measure_requests_ms(
    connection: HttpConnection, requests: Sequence[bytes], times: int, status: int
) -> list[float]:
    """Times of `times` answers; the requests take turns. Raises RuntimeError for another status."""
    times_ms = []
    for _, request in zip(range(times), cycle(requests), strict=False):
        began = time.perf_counter()
        answer = connection.send_request(request)
        times_ms.append(1000 * (time.perf_counter() - began))
        if answer.status != status:
            raise RuntimeError(f"{answer.status} instead of {status} for {request.split()[1]!r}")
    return times_ms


def measure_rate(
    port: int, requests: Sequence[bytes], seconds: float, *, processes: int = 2, threads: int = 4
) -> float:
    """Answers a second, over several processes with several threads each."""
    work = json.dumps(
        {"port": port, "requests": [text.decode() for text in requests], "s": seconds, "threads": threads}
    )
    callers = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.http_load.requests"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    return sum(float(caller.communicate(work)[0]) for caller in callers)


def main() -> None:
    """One process of `measure_rate`. It reads its work from stdin and prints its answers a second."""
    work: dict[str, Any] = json.load(sys.stdin)
    counts = [0] * work["threads"]
    requests = [text.encode() for text in work["requests"]]
    deadline = time.perf_counter() + work["s"]

    def send_requests(place: int) -> None:
        connection = HttpConnection(work["port"])
        start = place * len(requests) // work["threads"]
        for request in cycle(requests[start:] + requests[:start]):
            if time.perf_counter() > deadline:
                return
            answer = connection.send_request(request)
            if answer.status >= 400:
                raise RuntimeError(f"{answer.status} for {request.split()[1]!r}")
            counts[place] += 1

    threads = [Thread(target=send_requests, args=(place,)) for place in range(len(counts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sum(counts) / work["s"])


if __name__ == "__main__":
    main()
