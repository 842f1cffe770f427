"""A plugin: the report calls a mutant caught if its test passed, and survived if it failed."""

from __future__ import annotations

from typing import Any

import pytest

STATUS_WORDS = {"passed": ("caught", "c", "CAUGHT"), "failed": ("survived", "S", "SURVIVED")}


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Return the words for a mutant; None leaves the other reports to pytest."""
    if report.skipped:
        return "caught before", "b", "CAUGHT BEFORE"
    return STATUS_WORDS.get(report.outcome) if report.when == "call" else None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for report in terminalreporter.stats.get("survived", ()):
        terminalreporter.write_line(
            f"SURVIVED {report.nodeid.partition('[')[2].removesuffix(']') or report.nodeid}"
        )
