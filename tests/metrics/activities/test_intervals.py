"""The intervals and the route of an activity: API and page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from athletes.models import Athlete
from metrics.activities.ingest import Upload, ingest_file
from metrics.files.xml.writer import encode_tcx
from metrics.models import Activity, Streams
from metrics.science.intervals.repetitions import INTERVALS_FORMULA
from tests.browser.recorded_intervals import record_intervals
from tests.metrics.activities.test_pages import sign_in
from tests.support.cast import ApiClient, Cast, create_run
from tests.support.error_shape import assert_error
from tests.support.recordings import MORNING, build_steady_run


@pytest.fixture
def intervals(cast: Cast) -> Activity:
    return record_intervals(cast)


def build_address(activity: Activity, what: str = "intervals") -> str:
    return f"/api/v1/activities/{activity.public_id}/{what}"


def test_the_api_has_the_repetitions_of_a_run(
    cast: Cast, intervals: Activity, django_assert_num_queries: DjangoAssertNumQueries
):
    client = ApiClient(cast.ada)
    with django_assert_num_queries(3):
        answer = client.get(build_address(intervals))
    data = answer.json()["data"]
    assert (data["method"], data["formula"], data["session_id"]) == ("speed", INTERVALS_FORMULA, None)
    assert [one["number"] for one in data["repetitions"]] == [1, 2, 3, 4, 5, 6]
    for one in data["repetitions"]:
        assert one["distance"] == pytest.approx(800, rel=0.06)
        assert one["duration"] == pytest.approx(182, abs=8)
        assert one["avg_pace"][:2] == "3:"
        assert one["avg_pace_s_per_km"] == pytest.approx(1000 * one["duration"] / one["distance"], abs=0.1)
        assert 150 < one["avg_heart_rate"] <= one["max_heart_rate"]
        assert one["step"] is one["in_target"] is one["time_in_target"] is one["compliance"] is None
    assert data["repetitions"][-1]["rest"] is None
    assert data["missed_steps"] == []


def test_pressed_laps_say_where_a_repetition_begins(cast: Cast, intervals: Activity):
    found = ApiClient(cast.ada).get(build_address(intervals)).json()["data"]["repetitions"]
    laps = [{"start_s": 0.0, "elapsed_s": found[0]["start"] + 3}]
    for one in found:
        laps.append({"start_s": one["start"] + 3, "elapsed_s": one["duration"]})
    Streams.objects.filter(pk=intervals.pk).update(laps=laps)
    data = ApiClient(cast.carl).get(build_address(intervals)).json()["data"]
    assert data["method"] == "laps"
    assert [one["start"] for one in data["repetitions"]] == [one["start"] + 3 for one in found]


def test_a_steady_run_a_ride_and_an_entry_have_none(cast: Cast, intervals: Activity):
    upload = Upload(encode_tcx(build_steady_run(MORNING - timedelta(days=1))), "steady.tcx")
    steady = ingest_file(cast.ada.athlete, upload).activities[0]
    client = ApiClient(cast.ada)
    data = client.get(build_address(steady)).json()["data"]
    assert (data["method"], data["repetitions"], data["missed_steps"]) == (None, [], [])
    Activity.objects.filter(pk=intervals.pk).update(activity_type="bike")
    assert client.get(build_address(intervals)).json()["data"]["method"] is None
    assert_error(client.get(build_address(create_run(cast.ada))), 404, "NO_DATA")


def test_the_page_shows_the_table_and_folds_the_laps(cast: Cast, intervals: Activity):
    laps = [{"start_s": 300.0 * lap, "elapsed_s": 300.0, "distance_m": 1000.0} for lap in range(10)]
    Streams.objects.filter(pk=intervals.pk).update(laps=laps)
    page = sign_in(cast.ada).get(f"/activities/{intervals.public_id}").content.decode()
    assert "Found by speed." in page
    assert page.count("<tr>", page.index("Table of intervals"), page.index("laps-heading")) == 7
    assert '<summary id="laps-heading">Laps</summary>' in page
    assert len(page.split('data-repetition-marks="')[1].split('"')[0].split(" ")) == 6


def test_coaches_staff_and_keys_do_not_get_positions_near_the_start(cast: Cast, intervals: Activity):
    def count_positions(client: Client) -> int:
        columns = client.get(build_address(intervals, "streams")).json()["data"]["columns"]
        known = [value is not None for value in columns["latitude_deg"]]
        assert known == [value is not None for value in columns["longitude_deg"]]
        assert None not in columns["distance_m"]
        return sum(known)

    whole = count_positions(ApiClient(cast.ada))
    hidden = count_positions(ApiClient(cast.carl))
    assert hidden < whole - 100
    assert count_positions(ApiClient(cast.stella)) == hidden
    Athlete.objects.filter(pk=cast.ada.pk).update(privacy_radius_m=500)
    assert count_positions(ApiClient(cast.carl)) < hidden
    Athlete.objects.filter(pk=cast.ada.pk).update(privacy_radius_m=0)
    assert count_positions(ApiClient(cast.carl)) == whole


def test_the_map_of_a_coach_has_no_start(cast: Cast, intervals: Activity):
    path = f"/activities/{intervals.public_id}?colour=heart_rate"
    own, others = (sign_in(who).get(path).content.decode() for who in (cast.ada, cast.carl))
    assert "<title>Start</title>" in own
    assert "Hidden:" not in own
    assert "<title>Start</title>" not in others
    assert "within 200 m of the start and the end" in others
    Athlete.objects.filter(pk=cast.ada.pk).update(privacy_radius_m=1000)
    Activity.objects.filter(pk=intervals.pk).update(name="Around the house")
    assert sign_in(cast.carl).get("/activities/" + intervals.public_id + "?colour=red").status_code == 400


def test_tiles_are_shown_only_if_the_operator_names_them(
    cast: Cast, intervals: Activity, settings: pytest.FixtureRequest
):
    path = f"/activities/{intervals.public_id}"
    assert "<image" not in sign_in(cast.ada).get(path).content.decode()
    settings.MAP_TILES_URL = "https://tiles.example.org/{z}/{x}/{y}.png"  # type: ignore[attr-defined]
    settings.MAP_ATTRIBUTION = "Example & Co"  # type: ignore[attr-defined]
    page = sign_in(cast.ada).get(path).content.decode()
    assert '<image href="https://tiles.example.org/1' in page
    assert "Map: Example &amp; Co" in page
