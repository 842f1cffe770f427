"""The insights of a profile: what its numbers say, without what is withheld, without a statement of their own."""

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

SAID = "This is said by a model that keeps to what it was given."


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
        running.says = SAID
        settings.INSIGHTS_LLM_BASE_URL, settings.INSIGHTS_LLM_MODEL = running.url, "small"
        yield running


def told(viewer: User, athlete: User) -> dict[str, Insight]:
    fresh = Athlete.objects.get(pk=athlete.pk)
    return {one.kind: one for one in load_athlete_profile(viewer, fresh, NOON).insights}


def test_insights_cover_all_known_data(cast: Cast, ada: User):
    insights = told(cast.carl, ada)
    assert list(insights) == ["week_summary", "last_long_run", "race_ahead", "strongest_signal"]
    assert "of 7 planned sessions" in insights["week_summary"].text
    assert insights["last_long_run"].text.startswith(
        "The last long run, on Sunday 7 June, covered 20.0 km in 1:50:00. That is 5:30 per km at an average of 141 bpm."
    )
    assert "The race over 10.0 km is in 30 days." in insights["race_ahead"].text


def test_miles_are_for_those_who_run_them(cast: Cast, ada: User):
    Athlete.objects.filter(pk=ada.pk).update(unit_system="imperial")
    assert "12.4 miles" in told(cast.carl, ada)["last_long_run"].text


@pytest.mark.parametrize(
    ("category", "left"),
    [
        ("activities", {"race_ahead", "strongest_signal"}),
        ("goals_and_plans", {"week_summary", "last_long_run", "strongest_signal"}),
    ],
)
def test_insights_omit_withheld_data(cast: Cast, ada: User, category: str, left: set[str]):
    change_consent(ada.athlete, cast.harbour, {category: False}, NOON)
    insights = told(cast.carl, ada)
    assert insights.keys() == left
    if category == "activities":
        assert "fitness" not in insights["race_ahead"].text
    assert told(ada, ada).keys() > left


def test_a_stranger_to_running_is_told_what_is_missing(cast: Cast):
    assert told(cast.carl, cast.ben).keys() == {"strongest_signal"}


def test_a_signal_that_was_acknowledged_is_not_the_strongest(cast: Cast, ada: User):
    assert "strongest_signal" in told(cast.carl, ada)
    for one in Assessment.objects.get(athlete=ada.pk).signals:
        path = f"/api/v1/athletes/{ada.public_id}/signals/{one['code']}/acknowledge"
        assert ApiClient(cast.carl).send_json("post", path, {"days": 2}).status_code in (200, 201)
    assert "strongest_signal" not in told(cast.carl, ada)


def test_insights_cost_no_statement_with_a_model_neither(
    cast: Cast, ada: User, settings, model: FakeLLMServer
):
    address, settings.INSIGHTS_LLM_BASE_URL = settings.INSIGHTS_LLM_BASE_URL, ""
    told(cast.carl, ada)
    without = statements(cast.carl, ada)
    settings.INSIGHTS_LLM_BASE_URL = address
    assert statements(cast.carl, ada) == without + 1  # what has never been asked is asked
    assert statements(cast.carl, ada) == without  # the athlete's row brings the wordings along


def statements(viewer: User, athlete: User) -> int:
    with CaptureQueriesContext(connection) as made:
        told(viewer, athlete)
    return len(made)


def test_a_new_wording_is_shown_at_once_although_the_profile_is_kept(
    cast: Cast, ada: User, model: FakeLLMServer
):
    api, path = ApiClient(cast.carl), f"/api/v1/analytics/athlete_profile?user_id={ada.public_id}"
    first, kept = api.get(path), api.get(path)
    assert (first["X-Cache"], kept["X-Cache"]) == ("miss", "hit")
    assert {one["written_by"] for one in kept.json()["data"]["insights"]} == {"rules"}
    assert len(list(reword_waiting(NOON))) == 4
    fresh = api.get(path)
    assert fresh["X-Cache"] == "miss"
    assert [(one["text"], one["written_by"]) for one in fresh.json()["data"]["insights"]] == [
        (SAID, "small")
    ] * 4
    assert api.get(path)["X-Cache"] == "hit"
