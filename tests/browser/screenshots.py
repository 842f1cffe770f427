"""`make screenshots`: screenshots of the pages, written to docs/screenshots/. It runs only if named.

The demo and the server's clock have one fixed time, so the screenshots are the same every day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Browser, Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from athletes.models import Group, User
from coaching import demo
from metrics.models import Streams
from tests.browser.conftest import REPORT_VIOLATIONS_JS
from tests.browser.sign_in import open_page_as
from tests.support.paths import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

MOMENT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # a Sunday evening
WATCHED_EMAIL = "bruno.saltamar@demo.test"  # an athlete with urgent signals
FOLDER = ROOT / "docs" / "screenshots"
SIZES: dict[str, ViewportSize] = {
    "desk": {"width": 1280, "height": 800},
    "phone": {"width": 360, "height": 740},
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ALSO_DARK = {"roster"}
MAX_TOTAL_BYTES = 1_500_000


@pytest.fixture
def moment(db: None) -> Iterator[None]:
    with time_machine.travel(MOMENT):
        demo.load_demo(MOMENT)
        yield


def list_pages() -> dict[str, tuple[str, str]]:
    """For each name: the viewer's e-mail and the path. Raises if a page does not exist."""
    recorded = Streams.objects.filter(athlete__user__email=demo.ATHLETE_EMAIL).order_by(
        "-activity__started_at"
    )[0]
    group = Group.objects.get(name="Marathon", organization__memberships__user__email=demo.COACH_EMAIL)
    watched = User.objects.get(email=WATCHED_EMAIL)
    return {
        "roster": (demo.COACH_EMAIL, reverse("roster-page")),
        "athlete": (demo.COACH_EMAIL, reverse("athlete-page", args=[watched.public_id])),
        "activity": (demo.COACH_EMAIL, reverse("activity-page", args=[recorded.activity.public_id])),
        "group": (demo.COACH_EMAIL, reverse("group-page", args=[group.public_id])),
        "upload": (demo.COACH_EMAIL, reverse("upload-page")),
        "home": (demo.ATHLETE_EMAIL, reverse("own-page") + "#progress"),
    }


def test_every_page_gets_a_screenshot(browser: Browser, live_server: LiveServer, moment: None):
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    for name, (who, address) in list_pages().items():
        for size, viewport in SIZES.items():
            for scheme in SCHEMES if name in ALSO_DARK else SCHEMES[:1]:
                context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
                context.add_init_script(REPORT_VIOLATIONS_JS)
                page = context.new_page()
                take_screenshot(
                    page,
                    live_server,
                    User.objects.get(email=who),
                    address,
                    FOLDER / f"{name}-{size}-{scheme}.png",
                )
                context.close()
    assert sum(path.stat().st_size for path in FOLDER.glob("*.png")) <= MAX_TOTAL_BYTES


def take_screenshot(page: Page, server: LiveServer, user: User, address: str, path: Path) -> None:
    console_errors: list[str] = []
    page.on(
        "console", lambda message: console_errors.append(message.text) if message.type == "error" else None
    )
    open_page_as(page, server, user, address)
    assert page.url.endswith(address)
    page.screenshot(path=path)
    assert console_errors == []
