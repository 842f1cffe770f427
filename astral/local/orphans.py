"""Stop PostgreSQL processes that a killed run left in its data folder. No other process gets a signal.

A process id in a file is not enough: another process may have it now. The kernel says which executable a
process runs and in which folder.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from astral.local.child_processes import IS_LINUX

_ESCALATION = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


def stop_orphaned_postgres(data: Path) -> None:
    """Stop all PostgreSQL processes in `data`: first with a fast shutdown, then with stronger signals."""
    for stop_signal, patience_s in _ESCALATION:
        until = time.monotonic() + patience_s
        for pid in find_postgres_processes(data):
            with suppress(ProcessLookupError):
                os.kill(pid, stop_signal)
        while any(find_postgres_processes(data)):
            if time.monotonic() > until:
                break
            time.sleep(0.05)
        else:
            return


def find_postgres_processes(data: Path) -> Iterator[int]:
    """Ids of all running PostgreSQL processes whose data folder is `data`."""
    if IS_LINUX:
        ids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        yield from (pid for pid in ids if _is_postgres_in(data, Path("/proc") / str(pid)))
    elif (pid_file := data / "postmaster.pid").exists():
        pid = pid_file.read_text().split(maxsplit=1)[0]
        call = subprocess.run(["ps", "-o", "command=", "-p", pid], capture_output=True, check=False).stdout
        if f"bin/postgres -D {data} ".encode() in call:
            yield int(pid)


def _is_postgres_in(data: Path, process: Path) -> bool:
    try:
        executable = Path(os.readlink(process / "exe").removesuffix(" (deleted)"))
        return executable.name == "postgres" and os.readlink(process / "cwd") == str(data)
    except PermissionError:
        return os.geteuid() == 0 and _looks_like_postgres_in(data, process)
    except OSError:
        return False  # the process has just ended


def _looks_like_postgres_in(data: Path, process: Path) -> bool:
    """Compare name and arguments: in some containers root may not read the executable of a process."""
    with suppress(OSError):
        name, arguments = (
            (process / "comm").read_text().strip(),
            (process / "cmdline").read_bytes().split(b"\0"),
        )
        return name == "postgres" and b"-D" in arguments and os.fsencode(data) in arguments
    return False
