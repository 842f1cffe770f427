"""Run Python in another process, for settings that a running process cannot change."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.paths import ROOT


def run_python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python ARGUMENTS` in the project's folder, with only this environment and PATH and HOME."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
