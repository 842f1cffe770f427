"""Read many files at once in other processes, in order and with a bounded number in memory."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
AHEAD = 3  # files for each process: one is read, others wait
MAX_BYTES_AHEAD = 40_000_000  # of all of these; one more file may be larger


def count_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class ParallelReader(Generic[Answer]):
    """Calls a function in other processes. The function, its arguments and its answers can be pickled."""

    def __init__(self, function: Callable[..., Answer], pool: ProcessPoolExecutor | None) -> None:
        self.function, self.pool = function, pool

    def read_ahead(
        self,
        items: Iterable[tuple[Item, tuple[Any, ...] | None]],
        count_bytes: Callable[[Item], int] = lambda item: 0,
    ) -> Iterator[tuple[Item, Callable[[], Answer] | None]]:
        """Each item with a call that waits for its answer or raises its error; in order.

        An item comes with the arguments for the function, or with None: then nothing is called. If a process
        dies, the function runs in this process. `count_bytes`: how much memory an item takes while it waits.
        """
        waiting: deque[tuple[Item, Callable[[], Answer] | None]] = deque()
        bytes_ahead = 0
        for item, arguments in items:
            waiting.append((item, None if arguments is None else self._begin(arguments)))
            bytes_ahead += count_bytes(item)
            while waiting and (len(waiting) > AHEAD * count_cores() or bytes_ahead > MAX_BYTES_AHEAD):
                bytes_ahead -= count_bytes(waiting[0][0])
                yield waiting.popleft()
        yield from waiting

    def _begin(self, arguments: tuple[Any, ...]) -> Callable[[], Answer]:
        if self.pool is None:
            return lambda: self.function(*arguments)
        try:
            future = self.pool.submit(self.function, *arguments)
        except BrokenProcessPool:
            return lambda: self.function(*arguments)
        return lambda: self._finish(future, arguments)

    def _finish(self, future: Future[Answer], arguments: tuple[Any, ...]) -> Answer:
        try:
            return future.result()
        except BrokenProcessPool:
            return self.function(*arguments)


@contextmanager
def open_parallel_reader(
    function: Callable[..., Answer], processes: int, niceness: int = 0
) -> Iterator[ParallelReader[Answer]]:
    """A reader with this many processes; with fewer than two, this process reads. Ctrl-C ends all of them.

    `niceness`: how much lower the priority of the processes is.
    """
    if processes < 2:
        yield ParallelReader(function, None)
        return
    pool = ProcessPoolExecutor(
        processes, get_context("spawn"), initializer=_prepare_process, initargs=(niceness,)
    )
    try:
        yield ParallelReader(function, pool)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _prepare_process(niceness: int) -> None:
    """Leave Ctrl-C to the parent, and end with it: a killed parent closes no queue."""
    with suppress(OSError, AttributeError):  # not every system has priorities
        os.setpriority(os.PRIO_PROCESS, 0, max(niceness, os.getpriority(os.PRIO_PROCESS, 0)))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        wait([parent.sentinel])
        os._exit(1)
