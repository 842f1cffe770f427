"""Child processes that end with their parent, even if the parent is killed with `kill -9`."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

IS_LINUX = sys.platform == "linux"
NOBODY_UID = 65534
_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000


def start_child(
    argv: Sequence[str | Path],
    death_signal: signal.Signals,
    *,
    environ: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
    output: int | None = None,
    as_nobody: bool = False,
    keep_open: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child that gets `death_signal` when this process dies.

    The child has its own session, so this process decides whether to pass Ctrl-C on. `as_nobody` (Linux, root
    only) runs it as the account nobody in a user namespace. Raises `subprocess.SubprocessError` if the kernel
    refuses that.
    """
    if threading.current_thread() is not threading.main_thread():
        # The kernel sends the signal when the starting *thread* ends, perhaps long before the process.
        raise RuntimeError("Children must be started from the main thread.")
    return subprocess.Popen(
        argv,
        env=environ,
        stdin=stdin,
        stdout=output,
        stderr=output,
        start_new_session=True,
        pass_fds=keep_open,
        preexec_fn=_before_exec(death_signal, as_nobody) if IS_LINUX else None,
    )


def stop_child(process: subprocess.Popen[bytes], with_signal: signal.Signals, patience_s: float) -> None:
    """Send a signal, wait, and kill the process if it does not end."""
    if process.poll() is None:
        process.send_signal(with_signal)
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def convert_signals_to_interrupt() -> None:
    """Turn Ctrl-C, `kill` and a closed terminal into KeyboardInterrupt, so that every `finally` runs.

    Only the first signal counts: `make` passes the same signal on, and its death sends another one.
    """
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in signals:
        signal.signal(number, interrupt)


def terminate_with_parent(parent: int) -> None:
    """End this process with SIGTERM when its parent, with the id `parent`, ends or has already ended."""
    if IS_LINUX:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)


def _before_exec(death_signal: signal.Signals, as_nobody: bool) -> Callable[[], None]:
    parent = os.getpid()

    def between_fork_and_exec() -> None:
        if as_nobody:
            _enter_namespace_as_nobody()
        # After the namespace: a change of credentials clears the death signal.
        _LIBC.prctl(_PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:
            os._exit(1)

    return between_fork_and_exec


def _enter_namespace_as_nobody() -> None:
    """Like `unshare --user --map-user=65534 --map-group=65534`. Files still belong to the real account."""
    uid, gid = os.geteuid(), os.getegid()
    if _LIBC.unshare(_CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY_UID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY_UID} {gid} 1")
