"""Browser fixtures. `make browser` installs Chromium; without it these tests are skipped with a warning."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Chromium writes most CSP violations to the console; some styles set by scripts only cause events.
REPORT_VIOLATIONS_JS = """document.addEventListener("securitypolicyviolation",
    event => console.error(`CSP ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));"""

# Playwright runs an event loop in this thread, and Django would refuse database calls in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not CHROMIUM and not hasattr(terminalreporter.config, "workerinput"):
        terminalreporter.write_line(
            "*** NO BROWSER: the browser tests were skipped. `make browser` installs one. ***", red=True
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no chromium: make browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        yield started
        started.close()


@pytest.fixture(params=[360, 1280], ids=["phone", "desk"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in the width of a phone or a desktop. The test fails if its console has errors."""
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    context.add_init_script(REPORT_VIOLATIONS_JS)
    opened = context.new_page()
    console_errors: list[str] = []
    opened.on(
        "console", lambda message: console_errors.append(message.text) if message.type == "error" else None
    )
    opened.on("pageerror", lambda error: console_errors.append(str(error)))
    yield opened
    context.close()
    assert console_errors == []
