"""A planned session as a FIT workout."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import fitfast
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from athletes.models import Threshold
from athletes.organizations.consent import change_consent
from athletes.rights import Category
from coaching.models import CalendarSession
from coaching.steps.fit_workout import NO_THRESHOLD
from tests.coaching.calendar.calendar_fixtures import CalendarClient, create_session
from tests.coaching.calendar.pages.page_fixtures import PageClient, get_session_path
from tests.coaching.plan_fixtures import get_day
from tests.support.cast import NOON, Cast
from tests.support.error_shape import assert_error

STEPS = [{"duration": 900, "zone": 1}, {"repeat": 6, "distance": 1_000, "zone": 4, "recovery": 90}]
WORKOUT_SQL = 5  # the caller, the athlete, the session, thresholds, last changes


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def tempo(cast: Cast) -> CalendarSession:
    return create_session(cast.ada, get_day(1), title="Tempo", steps=STEPS)


def download(api: CalendarClient, session: CalendarSession) -> Any:
    return api.send("get", f"sessions/{session.public_id}/workout.fit")


def set_threshold(cast: Cast) -> None:
    Threshold.objects.create(
        athlete=cast.ada.athlete, kind="threshold_pace", valid_from=get_day(-30), value=240.0, source="manual"
    )


def test_workout_has_the_title_the_steps_and_a_file_name(cast: Cast, tempo: CalendarSession):
    set_threshold(cast)
    answer = download(CalendarClient(cast.ada, cast.carl), tempo)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/vnd.ant.fit"
    assert answer.headers["Content-Disposition"].endswith(f'-{tempo.day}-{tempo.public_id}.fit"')
    assert "X-Workout-Notes" not in answer.headers
    messages = fitfast.parse(answer.content)
    assert messages["workout"][0]["wkt_name"] == "Tempo"
    assert messages["workout_step"][0]["duration_value"] == 900_000
    assert answer.content == download(CalendarClient(cast.ada), tempo).content


def test_what_a_watch_cannot_express_is_in_the_header_and_on_the_page(cast: Cast, tempo: CalendarSession):
    assert download(CalendarClient(cast.ada), tempo).headers["X-Workout-Notes"] == NO_THRESHOLD
    page = PageClient(cast.ada)
    assert NO_THRESHOLD in page.read(get_session_path(cast.ada, tempo))
    set_threshold(cast)
    assert NO_THRESHOLD not in page.read(get_session_path(cast.ada, tempo))


def test_link_on_the_pages_downloads_with_the_session_of_the_browser(cast: Cast, tempo: CalendarSession):
    page = PageClient(cast.ada)
    address = f"/api/v1/athletes/{cast.ada.public_id}/sessions/{tempo.public_id}/workout.fit"
    for path in ("/home", "/home/calendar?view=week", get_session_path(cast.ada, tempo)):
        assert f'href="{address}" download' in page.read(path)
    assert page.client.get(address).content[8:12] == b".FIT"


def test_file_changes_its_time_with_the_session(cast: Cast, tempo: CalendarSession, clock):
    api = CalendarClient(cast.ada)

    def read_time() -> datetime:
        [file_id] = fitfast.parse(download(api, tempo).content)["file_id"]
        return datetime.fromtimestamp(file_id["time_created"], UTC)

    assert read_time() != NOON + timedelta(hours=3)  # when its id was made
    clock.shift(timedelta(hours=3))
    api.change("patch", f"sessions/{tempo.public_id}", {"title": "Slow", "version": 1})
    assert read_time() == NOON + timedelta(hours=3)


def test_rest_and_deleted_sessions_have_no_workout(cast: Cast):
    rest = create_session(cast.ada, get_day(1), sport="rest", duration_s=None)
    deleted = create_session(cast.ada, get_day(1), is_removed=True)
    api = CalendarClient(cast.ada)
    assert_error(download(api, rest), 404, "NO_DATA")
    assert_error(download(api, deleted), 403, "PERMISSION_DENIED")
    assert "workout.fit" not in PageClient(cast.ada).read("/home")


def test_withheld_plans_have_no_workout(cast: Cast, tempo: CalendarSession):
    change_consent(cast.ada.athlete, cast.harbour, {Category.GOALS_AND_PLANS: False}, NOON)
    assert_error(download(CalendarClient(cast.ada, cast.carl), tempo), 403, "WITHHELD")


def test_workout_makes_a_fixed_number_of_statements(cast: Cast, tempo: CalendarSession):
    api = CalendarClient(cast.ada, cast.carl)
    download(api, tempo)
    with CaptureQueriesContext(connection) as captured:
        download(api, tempo)
    assert len(captured) == WORKOUT_SQL
