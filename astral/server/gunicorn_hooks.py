"""gunicorn's hooks (`--config python:astral.server.gunicorn_hooks`): a folder for what all processes measure.

It is made only if METRICS_TOKEN or METRICS_NETWORKS is set, and deleted at the end. Processes that start
later, such as after a crash, use it too, so counters never fall while the server runs.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client reads it when a process loads it


def on_starting(server: Any) -> None:
    os.environ.pop(FOLDER_VARIABLE, None)
    if os.environ.get("METRICS_TOKEN", "").strip() or os.environ.get("METRICS_NETWORKS", "").strip():
        os.environ[FOLDER_VARIABLE] = tempfile.mkdtemp(prefix="astral-metrics-")


def child_exit(server: Any, worker: Any) -> None:
    """Forget what a dead process held. What it counted stays."""
    if folder := os.environ.get(FOLDER_VARIABLE):
        for gauges in Path(folder).glob(f"gauge_live*_{worker.pid}.db"):
            with suppress(OSError):
                gauges.unlink()


def on_exit(server: Any) -> None:
    if folder := os.environ.get(FOLDER_VARIABLE):
        shutil.rmtree(folder, ignore_errors=True)
