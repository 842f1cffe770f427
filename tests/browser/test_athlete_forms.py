"""Races, absences and thresholds: the forms on a phone and on a desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.page_checks import looks_right
from tests.browser.sign_in import enter
from tests.coaching.plan_fixtures import absence_of, race_of
from tests.support.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_forms_look_right(page: Page, live_server: LiveServer):
    ada = make_cast().ada
    race, absence = race_of(ada, 400), absence_of(ada, -3, None)
    race_of(ada, -30)
    enter(page, live_server, ada, f"/athletes/{ada.public_id}/races")
    for path in (
        f"/athletes/{ada.public_id}/races",
        f"/races/{race.public_id}",
        f"/athletes/{ada.public_id}/absences",
        f"/athletes/{ada.public_id}/absences/{absence.public_id}/delete",
        "/settings/thresholds",
    ):
        page.goto(f"{live_server.url}{path}")
        looks_right(page)
