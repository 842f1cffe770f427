"""A thread that sends or reads waits only so long for its client."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from astral.server import connection
from astral.server.arrival import Arrival
from astral.server.connection import ArrivedBytes, PacedSocket


def send_and_take_bytes(server: PacedSocket, client: socket.socket, times: int) -> None:
    """Send large blocks; the client takes one byte after each."""
    for _ in range(times):
        server.sendall(b"x" * 65_536)
        client.recv(1)


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[PacedSocket, socket.socket]]:
    """The server's end and the client's, with timeouts of 0.1 s."""
    monkeypatch.setattr(connection, "SEND_TIMEOUT_S", 0.1)
    monkeypatch.setattr(connection, "SEND_BYTES_PER_S", 1_000_000_000)
    monkeypatch.setattr(connection, "READ_TIMEOUT_S", 0.1)
    monkeypatch.setattr(connection, "READ_BYTES_PER_S", 1_000_000_000)
    ours, client = socket.socketpair()
    with PacedSocket.take_over(ours) as server, client:
        yield server, client


def test_reader_that_takes_a_byte_at_a_time_is_given_up(ends: tuple[PacedSocket, socket.socket]):
    server, client = ends
    started_s = time.monotonic()
    with pytest.raises(ConnectionResetError):
        send_and_take_bytes(server, client, 1_000)
    assert 0.09 < time.monotonic() - started_s < 5


def test_answer_of_usual_size_is_sent_without_waiting(ends: tuple[PacedSocket, socket.socket]):
    ends[0].sendall(b"x" * 150_000)
    assert ends[0].sending_s < 0.09


def test_each_answer_has_its_own_time(ends: tuple[PacedSocket, socket.socket]):
    server, client = ends
    server.sending_s = 99.0
    server.start_answer()
    server.sendall(b"x")
    assert client.recv(1) == b"x"


def test_writer_of_a_long_body_is_given_up(ends: tuple[PacedSocket, socket.socket]):
    arrival = Arrival(0.0)
    with arrival.content:
        read_two_bytes_of_a_long_body(*ends, arrival)


def read_two_bytes_of_a_long_body(server: PacedSocket, client: socket.socket, arrival: Arrival) -> None:
    arrival.add_bytes(b"POST / HTTP/1.1\r\nContent-Length: 99000000\r\n\r\n", 0.0)
    body = ArrivedBytes(server, arrival)
    assert body.chunk().startswith(b"POST")
    client.sendall(b"ab")
    assert body.chunk() == b"ab"
    with pytest.raises(ConnectionResetError):
        body.chunk()
