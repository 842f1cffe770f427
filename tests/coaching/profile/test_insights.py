"""The insights of a profile: they use its numbers, omit withheld data and need no statement of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from athletes.models import Athlete, User
from athletes.organizations.consent import change_consent
from coaching.insights import Insight
from coaching.insights.llm.rewording import reword_waiting
from coaching.models import Assessment
from coaching.profile.profile import load_athlete_profile
from coaching.profile.summary import _select_one, _select_one_with_wordings
from tests.coaching.insights.llm.model_server import FakeLLMServer, run_fake_llm_server
from tests.coaching.plan_fixtures import (
    HOUR,
    bump_data_version,
    create_race,
    create_test_plan,
    follow_plan,
    list_daily_sessions,
)
from tests.support.cast import NOON, ApiClient, Cast, create_run

REWORDED = "This is said by a model that keeps to what it was given."


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ada(cast: Cast) -> User:
    """Runs every other day, 20 km last Sunday; has a plan, a race, and an incomplete profile."""
    for back in range(1, 28, 2):
        create_run(cast.ada, NOON - timedelta(days=back), training_load=50.0)
    create_run(
        cast.ada, NOON - timedelta(days=3, hours=4), distance_m=20_000.0, duration_s=6_600.0, avg_hr_bpm=141.0
    )
    create_race(cast.ada, 30, goal_time_s=2_700.0)
    follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions(duration_s=HOUR)))
    bump_data_version(cast.ada)
    return cast.ada


@pytest.fixture
def model(settings, monkeypatch) -> Iterator[FakeLLMServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with run_fake_llm_server() as running:
        running.reply = REWORDED
        settings.INSIGHTS_LLM_BASE_URL, settings.INSIGHTS_LLM_MODEL = running.url, "small"
        yield running


def load_insights(viewer: User, athlete: User) -> dict[str, Insight]:
    row = Athlete.objects.get(pk=athlete.pk)
    return {insight.kind: insight for insight in load_athlete_profile(viewer, row, NOON).insights}


def test_insights_cover_all_known_data(cast: Cast, ada: User):
    insights = load_insights(cast.carl, ada)
    assert list(insights) == ["week_summary", "last_long_run", "race_ahead", "strongest_signal"]
    assert "of 7 planned sessions" in insights["week_summary"].text
    assert insights["last_long_run"].text.startswith(
        "The last long run, on Sunday 7 June, covered 20.0 km in 1:50:00."
        " That is 5:30 per km at an average of 141 bpm."
    )
    assert "The race over 10.0 km is in 30 days." in insights["race_ahead"].text


def test_last_long_run_is_no_session_of_intervals_and_no_race(cast: Cast, ada: User):
    create_run(
        cast.ada, NOON - timedelta(hours=3), distance_m=15_000.0, duration_s=4_000.0,
        zone1_s=2_400.0, zone5_s=1_600.0,
    )  # fmt: skip
    create_run(
        cast.ada, NOON - timedelta(days=1, hours=3), distance_m=21_100.0, duration_s=5_900.0, is_race=True
    )
    bump_data_version(cast.ada)
    assert load_insights(cast.carl, ada)["last_long_run"].evidence["run_date"] == "2026-06-07"


def test_insights_are_in_the_units_of_the_viewer(cast: Cast, ada: User):
    Athlete.objects.filter(pk=cast.carl.pk).update(unit_system="imperial")
    cast.carl.athlete.refresh_from_db()
    assert "12.4 miles" in load_insights(cast.carl, ada)["last_long_run"].text


@pytest.mark.parametrize(
    ("category", "remaining"),
    [
        ("activities", {"race_ahead"}),
        ("goals_and_plans", {"week_summary", "last_long_run", "strongest_signal"}),
    ],
)
def test_insights_omit_withheld_data(cast: Cast, ada: User, category: str, remaining: set[str]):
    change_consent(ada.athlete, cast.harbour, {category: False}, NOON)
    insights = load_insights(cast.carl, ada)
    assert insights.keys() == remaining
    if category == "activities":
        assert "fitness" not in insights["race_ahead"].text
    assert load_insights(ada, ada).keys() > remaining


def test_an_incomplete_profile_is_no_insight(cast: Cast):
    assert load_insights(cast.carl, cast.ben) == {}


def test_acknowledged_signals_are_not_the_strongest_signal(cast: Cast, ada: User):
    assert "strongest_signal" in load_insights(cast.carl, ada)
    for signal in Assessment.objects.get(athlete=ada.pk).signals:
        path = f"/api/v1/athletes/{ada.public_id}/signals/{signal['code']}/acknowledge"
        assert ApiClient(cast.carl).send_json("post", path, {"days": 2}).status_code in (200, 201)
    assert "strongest_signal" not in load_insights(cast.carl, ada)


def test_insights_take_no_statement_even_with_a_model(cast: Cast, ada: User, settings, model: FakeLLMServer):
    address, settings.INSIGHTS_LLM_BASE_URL = settings.INSIGHTS_LLM_BASE_URL, ""
    load_insights(cast.carl, ada)
    without = count_statements(cast.carl, ada)
    settings.INSIGHTS_LLM_BASE_URL = address
    assert count_statements(cast.carl, ada) == without + 1  # the first time: store a request for the model
    assert count_statements(cast.carl, ada) == without  # the wordings are read with the athlete's row


def test_compiled_query_with_wordings_does_not_depend_on_the_setting(cast: Cast, settings):
    for address in ("", "http://127.0.0.1:1"):
        settings.INSIGHTS_LLM_BASE_URL = address
        for select, expected in ((_select_one, False), (_select_one_with_wordings, True)):
            sql = str(select(cast.carl, cast.ada.pk).query)
            assert ("insightwording" in sql) is expected


def count_statements(viewer: User, athlete: User) -> int:
    with CaptureQueriesContext(connection) as captured:
        load_insights(viewer, athlete)
    return len(captured)


def test_new_wording_is_shown_at_once_although_the_profile_is_cached(
    cast: Cast, ada: User, model: FakeLLMServer
):
    api, path = ApiClient(cast.carl), f"/api/v1/analytics/athlete_profile?user_id={ada.public_id}"
    first, cached = api.get(path), api.get(path)
    assert (first["X-Cache"], cached["X-Cache"]) == ("miss", "hit")
    assert {insight["written_by"] for insight in cached.json()["data"]["insights"]} == {"rules"}
    assert len(list(reword_waiting(NOON))) == 4
    fresh = api.get(path)
    assert fresh["X-Cache"] == "miss"
    insights = fresh.json()["data"]["insights"]
    assert [(insight["text"], insight["written_by"]) for insight in insights] == [(REWORDED, "small")] * 4
    assert api.get(path)["X-Cache"] == "hit"
