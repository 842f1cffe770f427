"""The order of the roster: by priority, or by the requested column."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.organizations.consent import change_consent
from coaching.assessments.acknowledgements import acknowledge_signals
from coaching.models import Assessment
from metrics.models import Snapshot
from tests.coaching.plan_fixtures import build_signal, bump_data_version, get_day
from tests.coaching.roster.roster_fixtures import (
    INFO,
    URGENT,
    WARNING,
    create_runner,
    set_signals,
)
from tests.coaching.training_fixtures import (
    create_training,
    get_roster,
    list_usernames,
)
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_run


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def test_roster_is_sorted_by_priority_and_then_by_name_over_all_pages(cast: Cast):
    set_signals(cast.ada, INFO)
    set_signals(cast.ben, WARNING)
    for name in ("zed", "émile", "Ely"):
        create_runner(name, cast, INFO)
    create_runner("last", cast)
    create_runner("first", cast, URGENT)
    api = ApiClient(cast.carl)
    queue = ["first", "ben", "ada", "Ely", "émile", "zed", "last"]
    assert list_usernames(get_roster(api)) == queue
    assert [list_usernames(get_roster(api, f"page_size=3&page={page}")) for page in (1, 2, 3, 4)] == [
        queue[:3], queue[3:6], queue[6:], [],
    ]  # fmt: skip
    assert " ".join(list_usernames(get_roster(api, "sort=-attention"))) == "last ada Ely émile zed ben first"


def test_equal_priorities_are_sorted_by_the_next_a_race(cast: Cast):
    set_signals(cast.ada, WARNING, next_a_race=get_day(40))
    set_signals(cast.ben, WARNING, next_a_race=get_day(20))
    assert list_usernames(get_roster(ApiClient(cast.carl))) == ["ben", "ada"]


def test_acknowledged_signals_weigh_less_and_are_not_counted(cast: Cast):
    set_signals(cast.ada, URGENT)
    set_signals(cast.ben, WARNING)
    acknowledge_signals(cast.ada.athlete, [cast.harbour.pk], cast.carl, [build_signal(**URGENT)], NOON, 3)
    set_signals(cast.ada, URGENT)
    roster = get_roster(ApiClient(cast.hanna))
    assert list_usernames(roster) == ["ben", "ada"]
    assert roster["summary"] == {
        "active": 2,
        "needing_attention": 1,
        "urgent": 0,
        "watch": 1,
        "unassigned": 2,
    }
    ada = roster["athletes"][1]
    assert ada["attention_priority"] == 18.0
    assert ada["attention_signals"][0]["acknowledged_until"] == str(get_day(3))


def test_acknowledgement_of_another_organization_does_not_count(cast: Cast):
    create_member(cast.ada, cast.hill)
    acknowledge_signals(cast.ada.athlete, [cast.hill.pk], cast.zora, [build_signal(**URGENT)], NOON, 3)
    set_signals(cast.ada, URGENT)
    assert get_roster(ApiClient(cast.carl))["athletes"][0]["attention_priority"] == 60.0
    assert get_roster(ApiClient(cast.zora), "search=ada")["athletes"][0]["attention_priority"] == 18.0


def test_an_acknowledgement_ends_with_the_athletes_day(cast: Cast, clock: Any):
    acknowledge_signals(cast.ada.athlete, [cast.harbour.pk], cast.carl, [build_signal(**URGENT)], NOON, 1)
    set_signals(cast.ada, URGENT)
    api = ApiClient(cast.carl)
    assert get_roster(api)["athletes"][0]["attention_signals"][0]["acknowledged_until"] == str(get_day(1))
    clock.move_to(NOON + timedelta(days=1, hours=10, minutes=1))  # past midnight in Madrid
    Assessment.objects.filter(pk=cast.ada.pk).update(local_date=get_day(2))
    Snapshot.objects.filter(pk=cast.ada.pk).update(local_date=get_day(2))
    (ada,) = get_roster(api, "search=ada")["athletes"]
    assert ada["attention_signals"][0]["acknowledged_until"] is None


def test_withheld_data_affects_neither_priority_nor_order(cast: Cast):
    create_training(cast.ada, cast.harbour)
    set_signals(cast.ben, WARNING)
    api = ApiClient(cast.carl)
    shared = get_roster(api)
    assert list_usernames(shared) == ["ada", "ben"]
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False}, NOON)
    set_signals(cast.ben, WARNING)
    roster = get_roster(api)
    ada = next(athlete for athlete in roster["athletes"] if athlete["username"] == "ada")
    assert ada["withheld"] == ["activities"]
    assert ada["attention_priority"] < shared["athletes"][0]["attention_priority"]
    assert list_usernames(roster) == ["ben", "ada"]
    assert (ada["last_activity"], set(ada["metrics"]["training"].values())) == (None, {None})
    create_run(cast.ben, NOON - timedelta(days=300))
    bump_data_version(cast.ben)
    for sort in (
        "load",
        "distance",
        "last_activity",
    ):  # Ada is last in both orders, like athletes without runs
        for direction in ("", "-"):
            assert list_usernames(get_roster(api, f"sort={direction}{sort}")) == ["ben", "ada"]


@pytest.mark.parametrize(
    ("sort", "queue"),
    [
        ("name", ["ada", "ben", "much", "none", "some"]),
        ("-name", ["some", "none", "much", "ben", "ada"]),
        ("load", ["ben", "none", "some", "ada", "much"]),
        ("-load", ["much", "ada", "some", "ben", "none"]),
        ("distance", ["ben", "none", "ada", "some", "much"]),
        ("-distance", ["much", "some", "ada", "ben", "none"]),
        ("last_activity", ["some", "much", "ada", "ben", "none"]),
        ("-last_activity", ["ada", "much", "some", "ben", "none"]),
    ],
)
def test_sort_covers_all_pages_and_athletes_without_a_value_are_last(cast: Cast, sort: str, queue: list[str]):
    much, some, _ = (create_runner(name, cast) for name in ("much", "some", "none"))
    create_run(cast.ada, NOON, distance_m=5_000.0, training_load=50.0)
    create_run(much, NOON - timedelta(hours=2), distance_m=20_000.0, training_load=90.0)
    create_run(some, NOON - timedelta(days=1), distance_m=9_000.0, training_load=40.0)
    for user in (cast.ada, much, some):
        bump_data_version(user)
    api = ApiClient(cast.carl)
    assert list_usernames(get_roster(api, f"sort={sort}")) == queue
    assert list_usernames(get_roster(api, f"sort={sort}&page_size=2&page=2")) == queue[2:4]
