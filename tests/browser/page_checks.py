"""Checks for every page: axe-core finds no serious problem, and the page does not scroll sideways."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
SERIOUS_IMPACTS = {"serious", "critical"}
COLOR_RULES = ["color-contrast", "link-in-text-block"]
SUMMARIZE_VIOLATIONS_JS = """.then(results => results.violations.map(({id, impact, nodes}) =>
    ({id, impact, nodes: nodes.map(node => node.html.slice(0, 200) + ' ' + node.failureSummary)})))"""


def check_page(page: Page) -> None:
    """Check width and accessibility; in dark mode only colours."""
    check_width(page)
    with _load_axe(page) as run:
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        _assert_no_serious(run({"runOnly": COLOR_RULES}))
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        _assert_no_serious(run({}))


@contextmanager
def _load_axe(page: Page) -> Iterator[Callable[[dict[str, Any]], list[dict[str, Any]]]]:
    """Load axe-core (WCAG 2.2 AA and best practices) in an isolated world: the page's CSP would block it."""
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame})["executionContextId"]
    _evaluate_script(session, world, AXE.read_text())
    yield lambda options: _evaluate_script(
        session, world, f"axe.run({json.dumps(options)}){SUMMARIZE_VIOLATIONS_JS}"
    )
    session.detach()


def _assert_no_serious(found: list[dict[str, Any]]) -> None:
    serious = [finding for finding in found if finding["impact"] in SERIOUS_IMPACTS]
    assert not serious, "\n".join(
        f"{finding['id']}: {node}" for finding in serious for node in finding["nodes"]
    )


def _evaluate_script(session: Any, world: int, script: str) -> Any:
    parameters = {"expression": script, "contextId": world, "awaitPromise": True, "returnByValue": True}
    answer = session.send("Runtime.evaluate", parameters)
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")


def check_width(page: Page) -> None:
    """The loaded page does not scroll sideways."""
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
