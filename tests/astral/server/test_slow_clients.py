"""Slow clients hold no thread. The server is gunicorn with our worker, one process and two threads."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.paths import ROOT

THREADS = 2
SLOW_CLIENTS = 20
PROBE_S = 1.0  # on an idle machine a probe takes 2 ms
ARGUMENTS = (
    *("-m", "gunicorn", "tests.astral.server.small_app:application", "--no-control-socket"),
    *("--worker-class", "astral.server.worker.BufferingWorker", "--threads", str(THREADS)),
)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a running server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, *ARGUMENTS, "--bind", f"fd://{listener.fileno()}", "--log-level", "error"]
        process = subprocess.Popen(command, cwd=ROOT, pass_fds=[listener.fileno()])
        try:
            yield listener.getsockname()[1]
        finally:
            process.terminate()
            process.wait(timeout=10)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


@contextmanager
def hold_clients(port: int, *sent: bytes, receive_buffer: int | None = None) -> Iterator[list[socket.socket]]:
    """SLOW_CLIENTS connections; each sends these bytes and then waits."""
    with ExitStack() as stack:
        clients = []
        for _ in range(SLOW_CLIENTS):
            client = stack.enter_context(socket.socket())
            if receive_buffer:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            client.connect(("127.0.0.1", port))
            for data in sent:
                client.sendall(data)
            clients.append(client)
        yield clients


def ask(port: int, method: str = "GET", path: str = "/", body: bytes | None = None) -> tuple[int, bytes]:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        client.request(method, path, body)
        answer = client.getresponse()
        return answer.status, answer.read()
    finally:
        client.close()


def measure_slowest_probe(port: int) -> float:
    slowest_s = 0.0
    for _ in range(5):
        started_s = time.monotonic()
        assert ask(port) == (200, b"0 bytes")
        slowest_s = max(slowest_s, time.monotonic() - started_s)
    return slowest_s


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: 1\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nab",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n",
    ],
    ids=["nothing", "head", "body", "expect"],
)
def test_clients_that_send_slowly_hold_no_thread(port: int, sent: bytes):
    with hold_clients(port, sent) as clients:
        for _ in range(3):
            for client in clients[:10] if sent else ():
                client.sendall(b"a")
            assert measure_slowest_probe(port) < PROBE_S


def test_clients_that_read_answers_of_usual_size_slowly_hold_no_thread(port: int):
    request = b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n"
    with hold_clients(port, request, receive_buffer=1):
        assert measure_slowest_probe(port) < PROBE_S


def test_clients_that_do_not_close_do_not_stop_the_main_loop(port: int):
    with hold_clients(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"):
        assert measure_slowest_probe(port) < PROBE_S


def test_body_that_arrives_in_pieces_reaches_the_application_whole(port: int):
    with connect(port) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Le")
        time.sleep(0.05)
        client.sendall(b"ngth: 600000\r\n\r\n" + b"x" * 300_000)
        time.sleep(0.05)
        client.sendall(b"x" * 300_000)
        assert read_answer(client).endswith(b"600000 bytes")


def test_requests_sent_at_once_are_answered_in_order(port: int):
    with connect(port) as client:
        post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
        client.sendall(post % (3, b"abc") + post % (5, b"abcde") + post % (4, b"ab"))
        assert read_answer(client).endswith(b"3 bytes")
        assert read_answer(client).endswith(b"5 bytes")
        client.sendall(b"cd")
        assert read_answer(client).endswith(b"4 bytes")


def test_body_that_the_application_does_not_read_is_no_next_request(port: int):
    with connect(port) as client:
        smuggled = b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n"
        client.sendall(
            b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(smuggled), smuggled)
        )
        assert read_answer(client).endswith(b"unread")
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_answer(client).endswith(b"0 bytes")


def test_client_is_told_to_continue_and_sends_its_body(port: int):
    with connect(port) as client:
        head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
        client.sendall(head)
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"abc")
        assert b"3 bytes" in read_answer(client) + read_answer(client)


def test_large_answers_and_files_arrive_whole(port: int):
    assert len(ask(port, path="/large")[1]) == 8_000_000
    assert ask(port, path="/file")[1] == (Path(__file__).parent / "small_app.py").read_bytes()


def test_longest_body_is_read_by_the_thread(port: int):
    assert ask(port, "POST", "/", b"x" * 31_000_000) == (200, b"31000000 bytes")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"x" * 5_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET /" + b"x" * 100_000, 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Long: %s\r\n" % (b"x" * 7_000) * 12, 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: %s\r\n\r\n" % (b"x" * 9_000), 431),
        (b"nonsense\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: odd\r\n\r\na", 501),
    ],
)
def test_refusals_have_the_error_shape_and_the_security_headers(port: int, sent: bytes, status: int):
    with connect(port) as client:
        client.sendall(sent)
        answer = read_answer(client)
        head, body = answer.split(b"\r\n\r\n")
        assert int(head.split()[1]) == status
        assert b'{"error": "' in body
        for header in (
            b"Content-Security-Policy: default-src 'none'", b"X-Frame-Options: DENY",
            b"X-Content-Type-Options: nosniff", b"Referrer-Policy: same-origin",
            b"Cache-Control: private, no-store", b"X-Request-ID: ",
        ):  # fmt: skip
            assert header in head
        assert client.recv(1) == b""


def test_chunked_request_is_answered_and_ends_the_connection(port: int):
    with connect(port) as client:
        client.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        )
        assert read_answer(client).endswith(b"3 bytes")
        assert client.recv(1) == b""


def read_answer(client: socket.socket) -> bytes:
    """One answer: its head, and as many bytes as its Content-Length says."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _receive_byte(client)
    length = next(
        (
            int(line.split(b":")[1])
            for line in data.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    return data + b"".join(_receive_byte(client) for _ in range(length))


def _receive_byte(client: socket.socket) -> bytes:
    data = client.recv(1)
    assert data, "the server closed the connection"
    return data
