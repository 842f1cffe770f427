"""When a request is complete, refused or late, with the clock as an argument."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from astral.server.arrival import (
    BODY_BYTES,
    BODY_TIMEOUT_S,
    HEAD_TIMEOUT_S,
    MEMORY_BYTES,
    Arrival,
    RefusedRequest,
)

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\ncontent-length: %d\r\n\r\n"


@pytest.fixture
def arrival() -> Iterator[Arrival]:
    """A request whose connection was opened at second 0."""
    arrival = Arrival(0.0)
    with arrival.content:
        yield arrival


def add_each_byte(arrival: Arrival, data: bytes, now_s: float = 0.0) -> None:
    for place in range(len(data)):
        arrival.add_bytes(data[place : place + 1], now_s)


def test_request_is_complete_at_its_last_byte(arrival: Arrival):
    add_each_byte(arrival, HEAD % 3 + b"ab")
    states = [arrival.is_complete]
    arrival.add_bytes(b"cGET", 0.0)
    states.append(arrival.is_complete)
    assert states == [False, True]
    assert (arrival.content.read(), arrival.surplus) == (HEAD % 3 + b"abc", b"GET")


def test_request_without_body_is_complete_after_its_head(arrival: Arrival):
    add_each_byte(arrival, b"GET / HTTP/1.1\r\nX-Content-Length: 5\r\n\r\n")
    assert arrival.is_complete
    assert not arrival.leaves_bytes


def test_head_has_ten_seconds_however_many_bytes_arrive(arrival: Arrival):
    for second in range(9):
        arrival.add_bytes(b"GET / HTTP/1.1\r\nX: " if not second else b"a", float(second))
    assert arrival.deadline_s == HEAD_TIMEOUT_S


def test_body_has_a_minute_and_a_second_for_each_kilobyte_that_arrived(arrival: Arrival):
    arrival.add_bytes(HEAD % 20_000, 5.0)
    assert arrival.deadline_s == 5.0 + BODY_TIMEOUT_S
    arrival.add_bytes(b"x" * 3_000, 6.0)
    assert arrival.deadline_s == 5.0 + BODY_TIMEOUT_S + 3.0


@pytest.mark.parametrize(
    "head", [HEAD % (BODY_BYTES + 1), b"POST / HTTP/1.1\r\nTransfer-Encoding: x\r\n\r\n"]
)
def test_long_and_chunked_bodies_are_left_to_the_thread(arrival: Arrival, head: bytes):
    arrival.add_bytes(head + b"abc", 0.0)
    assert arrival.is_complete
    assert arrival.leaves_bytes
    assert arrival.content.read() == head + b"abc"


def test_large_body_is_kept_in_a_file(arrival: Arrival):
    arrival.add_bytes(HEAD % (2 * MEMORY_BYTES) + b"x" * 2 * MEMORY_BYTES, 0.0)
    assert arrival.is_complete
    assert arrival.content.name is not None


@pytest.mark.parametrize(
    ("data", "status"), [(b"x" * 5_000, 414), (b"GET / HTTP/1.1\r\n" + b"x" * 70_000, 431)]
)
def test_endless_head_is_refused(arrival: Arrival, data: bytes, status: int):
    with pytest.raises(RefusedRequest) as refusal:
        arrival.add_bytes(data, 0.0)
    assert refusal.value.status == status
