"""What PostgreSQL says about an error, and whether its disk was full a moment ago."""

from __future__ import annotations

import time

DISK_FULL = "53100"
REMEMBER_DISK_FULL_S = 60  # a write at each health check would cost too much

_disk_full_until = 0.0


def read_sqlstate(error: BaseException | None) -> str | None:
    """The SQLSTATE of a database error, for example 53100; None if PostgreSQL did not answer."""
    return getattr(error and error.__cause__, "sqlstate", None)


def is_disk_full(error: BaseException | None) -> bool:
    return read_sqlstate(error) == DISK_FULL


def remember_disk_full() -> None:
    global _disk_full_until  # noqa: PLW0603  # one value for each process
    _disk_full_until = time.monotonic() + REMEMBER_DISK_FULL_S


def was_disk_full_lately() -> bool:
    """Whether a request of this process met a full disk within the last minute."""
    return time.monotonic() < _disk_full_until
