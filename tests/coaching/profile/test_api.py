"""athlete_profile: everything about one athlete that the caller may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from astral.ids import encode, new_id
from athletes.models import Membership
from athletes.organizations.consent import change_consent
from metrics.models import HealthDay
from tests.coaching.plan_fixtures import bump_data_version, create_race, get_data_version, get_day
from tests.coaching.training_fixtures import PROFILE_URL, add_to_training_group, create_training, get_profile
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_run
from tests.support.error_shape import assert_error

FOR_COACHES = {"level", "labels", "assigned_coach_id"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def test_profile_without_data_has_nulls_zeros_and_empty_lists(cast: Cast):
    profile = get_profile(ApiClient(cast.ben), cast.ben)
    metrics = profile["metrics"]
    assert metrics["running_analytics"] == {"weekly_distance_km": 0.0, "avg_pace_per_km": None}
    assert set(metrics["fitness"]["current"].values()) == {None}
    assert metrics["fitness"]["hrv_baseline"] == {"mean": None, "low": None, "high": None, "state": "none"}
    assert (metrics["training"]["fitness"], metrics["training"]["four_week_avg_load"]) == (0.0, None)
    for name, days in metrics["fitness"]["history"].items():
        assert [day["value"] for day in days] == [None] * 30, name
    assert (profile["recent_activities"], profile["current_plans"]) == ([], [])
    assert profile["current_goals"] == {"races": []}
    assert (profile["sources"], profile["withheld"]) == ([], [])
    assert [insight["kind"] for insight in profile["insights"]] == []
    assert [signal["code"] for signal in profile["attention_signals"]] == ["PROFILE_INCOMPLETE"]
    assert profile["data_quality"]["score"] == 0.0
    assert len(profile["data_quality"]["missing"]) == 6


def test_histories_are_thirty_local_days_that_end_today(cast: Cast, clock: Any):
    clock.move_to(NOON + timedelta(hours=4))  # 01:00 of the next day in Tokyo
    HealthDay.objects.create(athlete=cast.ben.athlete, date=get_day(1), source="garmin", hrv_rmssd_ms=61.0)
    HealthDay.objects.create(athlete=cast.ben.athlete, date=get_day(-28), source="garmin", hrv_rmssd_ms=59.0)
    HealthDay.objects.create(athlete=cast.ben.athlete, date=get_day(-29), source="garmin", hrv_rmssd_ms=99.0)
    bump_data_version(cast.ben)
    history = get_profile(ApiClient(cast.ben), cast.ben)["metrics"]["fitness"]["history"]
    for days in history.values():
        assert [day["date"] for day in days] == [str(get_day(ahead)) for ahead in range(-28, 2)]
    values = [day["value"] for day in history["hrv"]]
    assert (values[0], values[-1], values[1:-1]) == (59.0, 61.0, [None] * 28)


def test_histories_end_with_the_current_values(cast: Cast):
    create_training(cast.ada, cast.harbour)
    fitness = get_profile(ApiClient(cast.carl), cast.ada)["metrics"]["fitness"]
    last = {name: days[-1]["value"] for name, days in fitness["history"].items()}
    assert last == {"hrv": 50.0, "resting_heart_rate": 50.0, "vo2_max": 52.0, "recovery_score": 59.0}
    assert fitness["current"]["recovery_score"] == last["recovery_score"]
    assert fitness["current"]["resting_heart_rate"] == last["resting_heart_rate"]
    assert (fitness["current"]["vo2_max"], fitness["vo2_max_method"]) == (52.0, "device")


def test_an_estimated_vo2max_has_a_history_of_estimates(cast: Cast):
    for back, value in enumerate((54.0, 53.0, 52.0, 51.0)):
        create_run(cast.ada, NOON - timedelta(days=back), vo2max_ml_kg_min=value)
    bump_data_version(cast.ada)
    fitness = get_profile(ApiClient(cast.ada), cast.ada)["metrics"]["fitness"]
    assert fitness["vo2_max_method"] == "estimate"
    assert [day["value"] for day in fitness["history"]["vo2_max"]][-5:] == [None, 51.0, 52.0, 53.0, 54.0]


def test_week_equals_the_week_of_running_stats(cast: Cast):
    for back in range(9):
        create_run(cast.ada, NOON - timedelta(days=back), distance_m=10_004.0 + back)
    create_run(cast.ada, NOON, activity_type="bike")
    bump_data_version(cast.ada)
    api = ApiClient(cast.carl)
    start = NOON - timedelta(days=6, hours=14)  # midnight in Madrid
    stats = api.get(
        f"/api/v1/analytics/running_stats?user_id={cast.ada.public_id}"
        f"&from_timestamp={int(start.timestamp())}&to_timestamp={int(NOON.timestamp()) + 1}"
    ).json()["data"]
    week = api.get(f"/api/v1/analytics/fitness_stats?user_id={cast.ada.public_id}&days=7").json()["data"]
    analytics = get_profile(api, cast.ada)["metrics"]["running_analytics"]
    assert len(stats["points"]) == 7
    assert analytics["weekly_distance_km"] == round(stats["totals"]["distance"] / 1000, 2) == 70.05
    assert analytics["avg_pace_per_km"] == week["avg_pace"] == "5:00"


def test_ten_newest_activities_are_listed_without_those_of_tomorrow(cast: Cast):
    for back in range(12):
        create_run(cast.ada, NOON - timedelta(days=back), avg_hr_bpm=148.0, training_load=71.24)
    create_run(cast.ada, NOON + timedelta(hours=20), name="tomorrow")
    activities = get_profile(ApiClient(cast.carl), cast.ada)["recent_activities"]
    assert [row["started_at"][:10] for row in activities] == [str(get_day(-back)) for back in range(10)]
    assert {
        name: activities[0][name]
        for name in ("distance", "duration", "avg_pace", "avg_heart_rate", "training_load")
    } == {
        "distance": 10_000.0,
        "duration": 3_000.0,
        "avg_pace": "5:00",
        "avg_heart_rate": 148.0,
        "training_load": 71.2,
    }


def test_sources_list_every_source_of_data(cast: Cast):
    create_training(cast.ada, cast.harbour, days=2)
    create_run(cast.ada, source="manual")
    profile = get_profile(ApiClient(cast.carl), cast.ada)
    assert {row["source"] for row in profile["sources"]} == {"file", "manual", "garmin"}


# The viewer's permissions


def test_coach_sees_memberships_of_own_organizations_and_the_athlete_sees_all(cast: Cast):
    create_member(cast.ada, cast.hill)
    Membership.objects.filter(user=cast.ada, organization=cast.harbour).update(
        level="elite", labels=["marathon"]
    )
    (visible,) = get_profile(ApiClient(cast.carl), cast.ada)["memberships"]
    assert (visible["org_name"], visible["level"]) == ("Harbour Runners", "elite")
    assert (visible["labels"], visible["assigned_coach_id"]) == (["marathon"], cast.carl.public_id)
    own = get_profile(ApiClient(cast.ada), cast.ada)["memberships"]
    assert [membership["org_name"] for membership in own] == ["Harbour Runners", "Hill Runners"]
    assert not FOR_COACHES & {field for membership in own for field in membership}


def test_profile_omits_former_memberships(cast: Cast):
    assert get_profile(ApiClient(cast.lea), cast.lea)["memberships"] == []


def test_groups_are_sorted_by_name(cast: Cast):
    group = add_to_training_group(cast.ada, cast.harbour)
    add_to_training_group(cast.ada, cast.harbour, "Early birds")
    (membership,) = get_profile(ApiClient(cast.ada), cast.ada)["memberships"]
    assert membership["groups"][1] == {"group_id": group.public_id, "name": "Milers"}
    assert [row["name"] for row in membership["groups"]] == ["Early birds", "Milers"]


HEALTH_FIELDS = ("hrv_avg", "recovery_score", "resting_heart_rate", "vo2_max")


def test_withheld_health_is_null_and_is_not_used_for_other_values(cast: Cast):
    create_training(cast.ada, cast.harbour)
    change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOON)
    profile = get_profile(ApiClient(cast.carl), cast.ada)
    fitness = profile["metrics"]["fitness"]
    assert profile["withheld"] == ["health"]
    assert [fitness["current"][name] for name in HEALTH_FIELDS] == [None] * 4
    assert (fitness["hrv_avg_7d_ago"], fitness["vo2_max_method"]) == (None, None)
    assert {*fitness["hrv_baseline"].values(), *fitness["recovery_parts"].values()} == {None}
    assert set(map(len, fitness["history"].values())) == {0}
    assert fitness["current"]["vdot"] == 50.0
    assert profile["metrics"]["training"]["fitness"] > 0
    assert {row["source"] for row in profile["sources"]} == {"file"}
    assert get_profile(ApiClient(cast.ada), cast.ada)["withheld"] == []


def test_withheld_activities_are_null_and_recovery_is_scored_without_form(cast: Cast):
    create_training(cast.ada, cast.harbour)
    full = get_profile(ApiClient(cast.carl), cast.ada)["metrics"]["fitness"]
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False}, NOON)
    profile = get_profile(ApiClient(cast.carl), cast.ada)
    fitness = profile["metrics"]["fitness"]
    assert profile["withheld"] == ["activities"]
    assert {*profile["metrics"]["training"].values(), *profile["metrics"]["running_analytics"].values()} == {
        None
    }
    assert (profile["recent_activities"], fitness["current"]["vdot"]) == ([], None)
    assert profile["current_plans"][0]["week_progress"] is None
    assert profile["current_goals"]["races"][0]["predicted_time"] is None
    assert (full["recovery_parts"]["form"], full["current"]["recovery_score"]) == (16.3, 59)
    assert fitness["recovery_parts"] == full["recovery_parts"] | {"form": None, "coverage": 0.65}
    assert fitness["current"]["recovery_score"] == fitness["history"]["recovery_score"][-1]["value"] == 69
    assert len(fitness["history"]["hrv"]) == 30
    assert "load" not in {signal["domain"] for signal in profile["attention_signals"]}
    assert {row["source"] for row in profile["sources"]} == {"garmin"}


def test_withheld_goals_are_empty_lists(cast: Cast):
    create_training(cast.ada, cast.harbour)
    change_consent(cast.ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    profile = get_profile(ApiClient(cast.carl), cast.ada)
    assert (profile["withheld"], profile["current_plans"]) == (["goals_and_plans"], [])
    assert profile["current_goals"] == {"races": []}
    assert "adherence" not in {signal["domain"] for signal in profile["attention_signals"]}


# The query


def test_user_id_is_required(cast: Cast):
    assert_error(ApiClient(cast.ada).get(PROFILE_URL), 400, "REQUIRED", field="user_id")


@pytest.mark.parametrize("query", ["user_id=x", "user_id={ada}&refresh=yes", "user_id={ada}&page=1"])
def test_invalid_query_is_rejected(cast: Cast, query: str):
    assert ApiClient(cast.ada).get(f"{PROFILE_URL}?{query.format(ada=cast.ada.public_id)}").status_code == 400


def test_profile_answers_the_same_403_for_foreign_and_unknown_ids(cast: Cast):
    api = ApiClient(cast.carl)
    foreign, missing = (
        api.get(f"{PROFILE_URL}?user_id={user_id}")
        for user_id in (cast.zoe.public_id, encode("usr", new_id()))
    )
    assert foreign.status_code == missing.status_code == 403
    assert foreign.content == missing.content
    assert_error(
        ApiClient(cast.stella).get(f"{PROFILE_URL}?user_id={encode('usr', new_id())}"), 404, "NOT_FOUND"
    )


# Statements and caching


def test_profile_takes_eight_statements_and_a_cached_profile_two(cast: Cast, django_assert_num_queries):
    """Token with its user; the permitted athlete. Numbers, assessment, consent and acknowledgements;
    memberships with groups; newest activities; loads; readings; sources of readings. A refresh is counted."""
    create_training(cast.ada, cast.harbour)
    api = ApiClient(cast.carl)
    get_profile(api, cast.ada)
    with django_assert_num_queries(8 + 1):
        get_profile(api, cast.ada, "&refresh=1")
    with django_assert_num_queries(2):
        get_profile(api, cast.ada)
    own = ApiClient(cast.ada)
    with django_assert_num_queries(7):  # the token's row contains the athlete
        get_profile(own, cast.ada)
    with django_assert_num_queries(1):
        get_profile(own, cast.ada)


def test_stale_profile_takes_twenty_seven_more_statements_once(cast: Cast, django_assert_num_queries):
    """Recompute the assessment and the snapshot (25, as in `test_current_assessments`, but without links);
    read the snapshot; read the athlete again."""
    create_training(cast.ada, cast.harbour)
    api = ApiClient(cast.carl)
    with django_assert_num_queries(8 + 27):
        get_profile(api, cast.ada)
    with django_assert_num_queries(8 + 1):
        get_profile(api, cast.ada, "&refresh=1")


def test_withheld_data_takes_fifteen_more_statements(cast: Cast, django_assert_num_queries):
    """Read assessments and athletes, and all inputs of an assessment."""
    create_training(cast.ada, cast.harbour)
    change_consent(cast.ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    api = ApiClient(cast.carl)
    get_profile(api, cast.ada)
    with django_assert_num_queries(8 + 15 + 1):
        get_profile(api, cast.ada, "&refresh=1")


def test_cached_answer_keeps_its_headers_and_304_computes_nothing(cast: Cast, django_assert_num_queries):
    create_training(cast.ada, cast.harbour)
    api, path = ApiClient(cast.carl), f"{PROFILE_URL}?user_id={cast.ada.public_id}"
    first, second, refreshed = api.get(path), api.get(path), api.get(f"{path}&refresh=1")
    assert [answer.headers["X-Cache"] for answer in (first, second, refreshed)] == ["miss", "hit", "refresh"]
    assert second.content == first.content
    assert (first.headers["ETag"][:3], first.headers["Cache-Control"]) == ('W/"', "private, no-cache")
    cache.clear()
    with django_assert_num_queries(2):
        unchanged = api.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_as_of_is_the_time_of_computation(cast: Cast, clock: Any):
    api = ApiClient(cast.ada)
    assert get_profile(api, cast.ada)["as_of"] == "2026-06-10T12:00:00Z"
    clock.shift(60)
    assert get_profile(api, cast.ada)["as_of"] == "2026-06-10T12:00:00Z"
    assert get_profile(api, cast.ada, "&refresh=1")["as_of"] == "2026-06-10T12:01:00Z"


def test_profile_is_recomputed_at_the_athletes_midnight(cast: Cast, clock: Any):
    create_race(cast.ben, 3)
    bump_data_version(cast.ben)
    api, before = ApiClient(cast.carl), get_data_version(cast.ben)
    assert get_profile(api, cast.ben)["current_goals"]["races"][0]["days_to_race"] == 3
    clock.move_to(NOON + timedelta(hours=3, minutes=1))
    assert get_profile(api, cast.ben)["current_goals"]["races"][0]["days_to_race"] == 2
    assert get_data_version(cast.ben) == before
