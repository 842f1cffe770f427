"""Long-running Python programs: start, restart and stop them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from astral.environment import refuse_to_start
from astral.local import child_processes

STOP_TIMEOUT_S = 10.0
MIN_UPTIME_S = 1.0


class Program:
    """`python ARGUMENTS …`. If it ends within a second of its start, it is not started again.

    `orphaned` is the signal that it gets if this process dies without stopping it.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        environ: Mapping[str, str],
        *keep_open: int,
        orphaned: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name, self.environ, self.keep_open, self.orphaned = name, environ, keep_open, orphaned
        self.argv = [sys.executable, *arguments]
        self.process: subprocess.Popen[bytes] | None = None
        self.started_s = 0.0

    def start(self) -> None:
        self.started_s = time.monotonic()
        self.process = child_processes.start_child(
            self.argv, self.orphaned, environ=self.environ, keep_open=self.keep_open
        )

    def is_dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def refuse_if_dead(self) -> None:
        if self.is_dead():
            refuse_to_start(f"{self.name} ended right after its start; the reason is above.")

    def restart_if_dead(self) -> None:
        if self.is_dead():
            if time.monotonic() - self.started_s < MIN_UPTIME_S:
                self.refuse_if_dead()
            print(f"{self.name} had ended and was started again.", file=sys.stderr, flush=True)
            self.start()

    def stop(self) -> None:
        if self.process:
            child_processes.stop_child(self.process, signal.SIGTERM, STOP_TIMEOUT_S)
