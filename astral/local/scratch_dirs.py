"""Temporary folders with short paths, for sockets and test data. The next run removes leftover ones.

The process that creates a folder locks it, so `kill -9` unlocks it. The next start removes unlocked folders
with a marker. The marker is written under the lock, so that a new folder is not removed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PARENT = Path("/tmp")  # noqa: S108 - TMPDIR may be too long a path for a socket
PREFIX = "astral-scratch-"
_MARKER = "held-while-in-use"


@dataclass(frozen=True, slots=True)
class ScratchDir:
    path: Path
    lock: int

    @classmethod
    def make(cls) -> ScratchDir:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=PARENT))
        lock = os.open(path, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        (path / _MARKER).touch()
        return cls(path, lock)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self.lock)


def remove_leftover_dirs() -> None:
    """Remove the folders of this account whose processes were killed."""
    for path in PARENT.glob(f"{PREFIX}*"):
        with suppress(OSError):
            folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                _remove_if_left_behind(path, folder)
            finally:
                os.close(folder)


def _remove_if_left_behind(path: Path, folder: int) -> None:
    if os.fstat(folder).st_uid == os.geteuid() and (path / _MARKER).exists():
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
