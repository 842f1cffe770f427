"""What every page has to pass in a browser: axe-core, and nothing that sticks out sideways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
SERIOUS = {"serious", "critical"}


def looks_right(page: Page) -> None:
    """In the dark and in daylight."""
    check_width(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    check_accessibility(page)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    check_accessibility(page)


def check_accessibility(page: Page) -> None:
    """No serious or critical finding of axe-core, WCAG 2.2 AA and best practices; run in a world of its own, so the
    content security policy stays as it is."""
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame})["executionContextId"]
    _run(session, world, AXE.read_text())
    found: list[dict[str, Any]] = _run(
        session, world, "axe.run().then(told => told.violations.map(({id, impact, nodes}) =>"
        " ({id, impact, nodes: nodes.map(node => node.html.slice(0, 200) + ' ' + node.failureSummary)})))",
    )  # fmt: skip
    session.detach()
    serious = [finding for finding in found if finding["impact"] in SERIOUS]
    assert not serious, "\n".join(f"{finding['id']}: {node}" for finding in serious for node in finding["nodes"])


def _run(session: Any, world: int, script: str) -> Any:
    asked = {"expression": script, "contextId": world, "awaitPromise": True, "returnByValue": True}
    answer = session.send("Runtime.evaluate", asked)
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")


def check_width(page: Page) -> None:
    """Nothing makes the page scroll sideways, once its stylesheets are there."""
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
