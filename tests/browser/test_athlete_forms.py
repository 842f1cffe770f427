"""Forms of races, absences and thresholds, on a phone and on a desktop."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.page_checks import check_page
from tests.browser.sign_in import open_page_as
from tests.coaching.plan_fixtures import create_absence, create_race
from tests.support.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_forms_pass_the_page_check(page: Page, live_server: LiveServer):
    ada = make_cast().ada
    race, absence = create_race(ada, 400), create_absence(ada, -3, None)
    create_race(ada, -30)
    open_page_as(page, live_server, ada, f"/athletes/{ada.public_id}/races")
    for path in (
        f"/athletes/{ada.public_id}/races",
        f"/races/{race.public_id}",
        f"/athletes/{ada.public_id}/absences",
        f"/athletes/{ada.public_id}/absences/{absence.public_id}/delete",
        "/settings/thresholds",
    ):
        page.goto(f"{live_server.url}{path}")
        check_page(page)
