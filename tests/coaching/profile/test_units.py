"""Signals and insights are in the viewer's units, whatever the athlete's are."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from athletes.models import Athlete, User
from athletes.organizations.api_keys import create_api_key
from coaching.assessments.current import current_assessments
from coaching.assessments.signal_messages import format_signal_message
from tests.coaching.plan_fixtures import bump_data_version, create_race
from tests.coaching.roster.roster_fixtures import download_table
from tests.support.cast import NOON, ApiClient, Cast, create_run

KILOMETRES = "A run of 20.0 km was 2.00 times the longest run of the 30 days before (10.0 km)."
MILES = "A run of 12.4 mi was 2.00 times the longest run of the 30 days before (6.2 mi)."


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ada(cast: Cast) -> User:
    """Runs 10 km every other day, then 20 km yesterday; a marathon is in three weeks. Carl reads miles."""
    for back in range(3, 40, 2):
        create_run(cast.ada, NOON - timedelta(days=back), training_load=50.0)
    create_run(cast.ada, NOON - timedelta(days=1), distance_m=20_000.0, duration_s=6_600.0)
    create_race(cast.ada, 21, distance_m=42_195.0, name="Long {race}")
    bump_data_version(cast.ada)
    Athlete.objects.filter(pk=cast.carl.pk).update(unit_system="imperial")
    cast.carl.athlete.refresh_from_db()
    return cast.ada


def read_page(viewer: User, path: str) -> str:
    client = Client()
    client.force_login(viewer)
    return html.unescape(client.get(path).content.decode())


def test_a_signal_on_a_page_is_in_the_units_of_its_reader(cast: Cast, ada: User):
    athlete_path = f"/coach/athletes/{ada.public_id}"
    for path in ("/coach/", athlete_path):
        assert MILES in (text := read_page(cast.carl, path))
        assert KILOMETRES not in text
        assert KILOMETRES in (text := read_page(cast.hanna, path))
        assert MILES not in text
    numbers = read_page(cast.carl, athlete_path)
    assert "value 2 · usual 6.2 mi · limit 1.1" in numbers
    assert "distance 12.4 mi" in numbers
    (row,) = [row for row in download_table(cast.carl)[1] if row["Name"] == "Ada"]
    assert MILES in row["Reasons"]


def test_an_acknowledgement_repeats_the_signal_in_the_units_of_its_reader(cast: Cast, ada: User):
    client = Client()
    client.force_login(cast.carl)
    path = f"/coach/athletes/{ada.public_id}"
    answer = client.post(f"{path}/signals/SESSION_SPIKE/acknowledge", {"days": 1, "next": path}, follow=True)
    assert f"for Ada: {MILES}" in html.unescape(answer.content.decode())


def test_the_api_words_signals_and_insights_in_the_units_of_the_caller(cast: Cast, ada: User):
    secret = create_api_key(cast.harbour, "reader", ["read"], NOON + timedelta(days=30_000), cast.hanna)[1]
    for client, message, insight in (
        (ApiClient(cast.carl), MILES, "covered 12.4 miles"),
        (ApiClient(cast.hanna), KILOMETRES, "covered 20.0 km"),
        (Client(headers={"X-API-Key": secret}), KILOMETRES, "covered 20.0 km"),
    ):
        profile = client.get(f"/api/v1/analytics/athlete_profile?user_id={ada.public_id}").json()["data"]
        assert message in [signal["message"] for signal in profile["attention_signals"]]
        assert insight in "".join(insight["text"] for insight in profile["insights"])
        roster = client.get(
            f"/api/v1/analytics/coach_athletes_metrics?org_id={cast.harbour.public_id}"
        ).json()
        signals = [signal for row in roster["data"]["athletes"] for signal in row["attention_signals"]]
        assert message in [signal["message"] for signal in signals]


def test_messages_in_miles_name_the_race_and_yesterday(cast: Cast, ada: User):
    signals = {signal.code: signal for signal in current_assessments([ada.pk], NOON)[ada.pk].signals}
    assert format_signal_message(signals["RACE_UNDERPREPARED"], "imperial") == (
        "The longest run of the last 42 days is 12.4 mi; Long {race} over 26.2 mi is in 21 days."
    )
    spike = signals["SESSION_SPIKE"]._replace(message=f"(as of yesterday) {KILOMETRES}")
    assert format_signal_message(spike, "imperial") == f"(as of yesterday) {MILES}"
    assert format_signal_message(spike, "metric") == f"(as of yesterday) {KILOMETRES}"
