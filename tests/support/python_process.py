"""Python in a process of its own: for settings that a running process cannot change any more."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.paths import ROOT


def run_python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python ARGUMENTS` in the project's folder, with nothing in its environment but this."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
