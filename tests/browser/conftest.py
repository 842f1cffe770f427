"""A real browser, where there is one: `make browser` installs it. Without it these tests are skipped, loudly."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip

# Chromium writes most violations to the console by itself; styles that scripts set it may only report as events.
REPORT_VIOLATIONS_JS = """document.addEventListener("securitypolicyviolation",
    event => console.error(`CSP ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));"""

# Playwright keeps an event loop in this thread, which Django would take for an async view.
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
    """A page of a phone's and of a desk's width that must not complain."""
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    context.add_init_script(REPORT_VIOLATIONS_JS)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []
