"""The API of performance: curves, critical speed, forecasts, intensity; statements, cache and consent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from athletes.models import Athlete, User
from athletes.organizations.consent import change_consent
from athletes.rights import EVERYTHING
from coaching.models import Race
from coaching.performance.api import PerformanceView
from coaching.performance.performance import PERFORMANCE_FORMULA, load_performance
from coaching.science.forecast_coefficients import COEFFICIENTS
from metrics.performance.curves import DaySpan
from metrics.snapshots.current import SNAPSHOT_FORMULA, current_snapshots
from metrics.statistics import view
from tests.metrics.performance.curves import build_curve, create_curve_run
from tests.support.cast import NOON, ApiClient, Cast
from tests.support.compare_pages import collapse_white_space
from tests.support.error_shape import assert_error

TODAY = NOON.date()
READER_STATEMENTS = 6  # curves, races, training log, race efforts, snapshot, zones by week


@pytest.fixture(autouse=True)
def _stop_clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ada(cast: Cast) -> User:
    """A race of ten days ago, a slower run of last year, and a race ahead."""
    zones = dict(
        zip(("zone1_s", "zone2_s", "zone3_s", "zone4_s", "zone5_s"), (1800, 600, 300, 200, 100), strict=True)
    )
    create_curve_run(
        cast.ada,
        10,
        build_curve(1_800),
        is_race=True,
        best_efforts=[{"distance_m": 5_000.0, "duration_s": 1_200.0, "start_s": 0.0}],
        **zones,
    )
    create_curve_run(cast.ada, 380, build_curve(1_800, 3.6))
    Race.objects.create(
        athlete=cast.ada.athlete, name="Harbour half", date=TODAY + timedelta(days=20), distance_m=21_097.5
    )
    return cast.ada


def get_performance(viewer: User, athlete: User, query: str = "") -> Any:
    return ApiClient(viewer).get(f"/api/v1/athletes/{athlete.public_id}/performance{query}")


def get_page(viewer: User, athlete: User, query: str = "") -> Any:
    client = Client()
    client.force_login(viewer)
    return client.get(f"/athletes/{athlete.public_id}/performance{query}")


def test_the_curve_stands_against_another_span(cast: Cast, ada: User):
    query = "?period=90d&compare_from=2025-03-01&compare_to=2025-05-31"
    data = get_performance(cast.carl, ada, query).json()["data"]
    assert data["current"]["span"] == {"from_date": "2026-03-13", "to_date": "2026-06-10"}
    assert data["compared"]["span"] == {"from_date": "2025-03-01", "to_date": "2025-05-31"}
    now, before = (
        {point["duration"]: point for point in data[name]["curve"]} for name in ("current", "compared")
    )
    assert (now[1_200]["speed"], before[1_200]["speed"]) == (4.167, 3.767)
    assert (now[1_200]["avg_pace"], now[1_200]["date"]) == ("4:00", "2026-05-31")
    assert now[1_200]["avg_pace_s_per_km"] == pytest.approx(240, abs=0.5)
    assert data["current"]["critical_speed"]["value"] == pytest.approx(4.0, abs=0.01)
    assert data["current"]["d_prime"]["value"] == pytest.approx(200, abs=3)
    assert len(data["current"]["efforts"]) == 5


def test_without_efforts_critical_speed_says_why(cast: Cast):
    data = get_performance(cast.ben, cast.ben).json()["data"]
    assert data["current"]["critical_speed"] is None
    assert data["current"]["critical_speed_reason"] == "too_few_efforts"
    assert {one["prediction_reason"] for one in data["forecasts"]} == {"no_race_or_hard_effort"}
    assert data["distribution"]["shares"] is None


def test_forecasts_are_of_the_usual_distances_and_the_next_race(ada: User):
    data = get_performance(ada, ada).json()["data"]
    assert [one["distance"] for one in data["forecasts"]] == [5_000.0, 10_000.0, 21_097.5, 42_195.0]
    assert all(one["forecast_method"] == "races" for one in data["forecasts"])
    half, race = data["forecasts"][2], data["next_race"]
    assert (race["race_name"], race["race_date"]) == ("Harbour half", "2026-06-30")
    assert race["predicted_time"] == half["predicted_time"]
    profile = ApiClient(ada).get("/api/v1/analytics/athlete_profile?user_id=" + ada.public_id)
    [known] = profile.json()["data"]["current_goals"]["races"]
    assert known["predicted_time"] == race["predicted_time"]


def test_running_time_is_spread_over_zones_by_week(ada: User):
    distribution = get_performance(ada, ada).json()["data"]["distribution"]
    assert distribution["shares"] == {"easy": 0.6, "moderate": 0.3, "hard": 0.1}
    filled = {
        week["week_start"]: week["pace_zones"] for week in distribution["weeks"] if week["pace_zones"]["z1"]
    }
    assert filled == {"2026-05-25": {"z1": 1800.0, "z2": 600.0, "z3": 300.0, "z4": 200.0, "z5": 100.0}}
    assert (len(distribution["weeks"]), distribution["zones_coverage"]) == (14, 1.0)


def test_all_time_begins_with_the_first_run(ada: User):
    data = get_performance(ada, ada, "?period=all").json()["data"]
    assert data["current"]["span"]["from_date"] is None
    assert len(data["distribution"]["weeks"]) == 53


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?period=90d&from=2026-01-01", "period"),
        ("?compare_from=2026-01-01", "compare_to"),
        ("?compare_to=2026-01-01", "compare_from"),
        ("?compare_from=2026-02-01&compare_to=2026-01-01", "compare_to"),
        ("?from=2026-02-01&to=2026-01-01", "to"),
        ("?period=2y", "period"),
        ("?days=3", "days"),
    ],
)
def test_wrong_parameters_are_refused(ada: User, query: str, field: str):
    answer = get_performance(ada, ada, query)
    assert_error(answer, 400, answer.json()["details"]["code"], field)


def test_the_reader_has_a_fixed_number_of_statements(
    ada: User, django_assert_num_queries: DjangoAssertNumQueries
):
    current_snapshots([ada.pk], NOON)
    athlete = Athlete.objects.get(pk=ada.pk)
    span = DaySpan(TODAY - timedelta(days=89), TODAY)
    with django_assert_num_queries(READER_STATEMENTS):
        load_performance(athlete, NOON, EVERYTHING, span, DaySpan(None, TODAY))


def test_answers_are_cached_and_change_with_the_data(ada: User):
    client = ApiClient(ada)
    path = f"/api/v1/athletes/{ada.public_id}/performance"
    first, again = client.get(path), client.get(path)
    assert (first["X-Cache"], again["X-Cache"]) == ("miss", "hit")
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    Athlete.objects.filter(pk=ada.pk).update(data_version=99)
    assert client.get(path)["X-Cache"] == "miss"


def test_answers_of_other_formulas_are_not_found(ada: User, monkeypatch: pytest.MonkeyPatch):
    client = ApiClient(ada)
    path = f"/api/v1/athletes/{ada.public_id}/performance"
    client.get(path)
    fitted = replace(COEFFICIENTS, pace=COEFFICIENTS.pace - 0.01)
    with monkeypatch.context() as changed:
        changed.setattr(PerformanceView, "formula", (*PerformanceView.formula[:-1], fitted))
        assert PerformanceView.formula[0] == PERFORMANCE_FORMULA
        assert client.get(path)["X-Cache"] == "miss"
    with monkeypatch.context() as changed:
        changed.setattr(view, "SNAPSHOT_FORMULA", SNAPSHOT_FORMULA + 1)
        assert client.get(path)["X-Cache"] == "miss"
    assert PerformanceView.formula[-1] is COEFFICIENTS
    assert client.get(path)["X-Cache"] == "hit"


def test_withheld_goals_hide_the_next_race_and_the_results(cast: Cast, ada: User):
    Race.objects.create(
        athlete=ada.athlete,
        name="Secret mile",
        date=TODAY - timedelta(days=5),
        distance_m=10_000.0,
        result_time_s=2_300.0,
    )
    open_answer = get_performance(cast.carl, ada).json()["data"]
    assert {effort["distance"] for effort in open_answer["forecasts"][0]["based_on"]} == {5_000.0, 10_000.0}
    change_consent(ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    answer = get_performance(cast.carl, ada)
    data = answer.json()["data"]
    assert (data["next_race"], data["withheld"]) == (None, ["goals_and_plans"])
    assert {effort["distance"] for effort in data["forecasts"][0]["based_on"]} == {5_000.0}
    assert answer["X-Cache"] == "off"
    page = get_page(cast.carl, ada).content.decode()
    assert "Harbour half" not in page
    assert "Not shared with your club" in page


def test_withheld_activities_and_strangers_are_refused(cast: Cast, ada: User):
    assert get_performance(cast.zora, ada).status_code == 403
    assert get_performance(cast.carl, ada).status_code == 200
    change_consent(ada.athlete, cast.harbour, {"activities": False}, NOON)
    assert_error(get_performance(cast.carl, ada), 403, "WITHHELD")
    assert get_page(cast.carl, ada).status_code == 403
    assert get_page(ada, ada).status_code == 200


def test_performance_is_a_tab_of_the_athlete_for_both_pages(cast: Cast, ada: User):
    path = f"/athletes/{ada.public_id}/performance"
    for viewer, label in ((ada, "My training"), (cast.carl, "Athlete")):
        client = Client()
        client.force_login(viewer)
        for address in (path, f"/athletes/{ada.public_id}/compare"):
            page = collapse_white_space(client.get(address).content.decode())
            assert f'class="tabs athlete-tabs" aria-label="{label}"' in page, address
            assert f'<a href="{path}" aria-current="page">Performance</a>' in page, address
        races = client.get(f"/athletes/{ada.public_id}/races").content.decode()
        assert f'<a href="{path}">Performance</a>' in races


def test_the_page_says_each_value_its_method_and_what_is_missing(cast: Cast, ada: User):
    page = collapse_white_space(get_page(cast.carl, ada).content.decode())
    for text in (
        "Critical speed",
        "4:10",
        "D′",
        "Harbour half",
        "60 %",
        "No run of 90 minutes",
        "FORMULAS.md",
    ):
        assert text in page, text
    empty = collapse_white_space(get_page(cast.ben, cast.ben).content.decode())
    for text in ("fewer than three", "it needs a race or a hard run", "No run with pace zones"):
        assert text in empty, text
