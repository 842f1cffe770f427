"""Looks wait in the process until a thread stores them: merged, bounded, and kept without the database."""

from __future__ import annotations

import os
from collections.abc import Sequence
from threading import Event
from typing import Any

from django.db import OperationalError

from astral.ids import new_id
from athletes.looks import buffer
from athletes.looks.buffer import LookBuffer, TimedLook, look_buffer, merge_looks
from athletes.looks.collector import PROFILE, Look, format_athlete_ids


def make_look(door: str = "page") -> Look:
    return Look("person", new_id(), None, door, (PROFILE,), format_athlete_ids([new_id()]))


def test_equal_looks_are_merged_with_their_number():
    look, other = make_look(), make_look()
    merged = merge_looks([(look, 1.0), (other, 2.0), (look, 3.0)])
    assert [(row, at.timestamp(), count) for row, at, count in merged] == [(look, 3.0, 2), (other, 2.0, 1)]


def test_a_thread_stores_what_waits(settings: Any):
    settings.ACCESS_LOG_INTERVAL_S = 0.01
    stored: list[TimedLook] = []
    is_stored = Event()

    def store(looks: Sequence[TimedLook]) -> None:
        stored.extend(looks)
        is_stored.set()

    waiting, look = LookBuffer(store), make_look()
    waiting.append([look])
    assert is_stored.wait(10)
    assert [row for row, _ in stored] == [look]
    waiting.stop()


def test_looks_wait_for_the_database_in_their_order():
    fails, stored = [True], list[Look]()

    def store(looks: Sequence[TimedLook]) -> None:
        if fails:
            raise OperationalError
        stored.extend(look for look, _ in looks)

    waiting, looks = LookBuffer(store), [make_look(), make_look(), make_look()]
    waiting.append(looks[:2])
    waiting.flush()
    waiting.append(looks[2:])
    fails.clear()
    waiting.flush()
    assert stored == looks
    assert waiting.drain() == []


def test_a_full_buffer_drops_looks_and_says_so(monkeypatch: Any, caplog: Any):
    monkeypatch.setattr(buffer, "MOST_LOOKS", 2)
    stored: list[TimedLook] = []
    waiting = LookBuffer(stored.extend)
    waiting.append([make_look(), make_look(), make_look()])
    waiting.flush()
    assert len(stored) == 2
    [line] = [record.msg for record in caplog.records]
    assert (line["event"], line["looks"]) == ("access_log_dropped", 1)


def test_a_broken_store_does_not_end_the_thread(settings: Any):
    settings.ACCESS_LOG_INTERVAL_S = 0.01
    errors, is_stored = [ValueError("x")], Event()

    def store(looks: Sequence[TimedLook]) -> None:
        if errors:
            raise errors.pop()
        is_stored.set()

    waiting = LookBuffer(store)
    waiting.append([make_look()])
    while errors:
        waiting.append([])
    waiting.append([make_look()])
    assert is_stored.wait(10)
    waiting.stop()


def test_a_forked_process_begins_with_no_looks():
    look_buffer.append([make_look()])
    child = os.fork()
    if not child:
        os._exit(len(look_buffer.drain()))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(look_buffer.drain()) == 1
