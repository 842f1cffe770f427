"""coach_athletes_metrics: everybody active in an organization, most urgent first, in a fixed number of statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from astral.ids import encode, new_id
from athletes.models import Athlete, Group, Membership, User
from athletes.organizations.api_keys import create_api_key
from athletes.organizations.consent import change_consent
from athletes.roles import Role
from coaching.assessments.acknowledgements import acknowledge_signal
from coaching.assessments.current import current_assessments
from coaching.models import Assessment
from coaching.roster.roster import load_roster
from metrics.models import HealthDay, Snapshot
from tests.coaching.plan_fixtures import build_signal, bump_data_version, create_race, get_day
from tests.coaching.training_fixtures import (
    PROFILE_URL,
    ROSTER_URL,
    add_to_training_group,
    create_training,
    get_profile,
    get_roster,
    list_usernames,
)
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_person, create_run
from tests.support.error_shape import assert_error

URGENT = {
    "code": "POSSIBLE_ILLNESS", "domain": "recovery", "severity": "critical", "since": "2026-06-09", "message": "Ask.",
    "evidence": {"value": 1.0}, "confidence": 1.0,
}  # fmt: skip
WARNING = URGENT | {"code": "LOAD_JUMP", "domain": "load", "severity": "warning"}
INFO = URGENT | {"code": "RAMP_HIGH", "domain": "load", "severity": "info"}
BASE = {"critical": 60.0, "warning": 25.0, "info": 8.0}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def stands(user: User, *signals: dict[str, Any], **fields: Any) -> None:
    """As if judged so: one signal at most, else `priority` is to be given."""
    current_assessments([user.pk], NOON)
    counts = {
        name: sum(one["severity"] == name for one in signals) for name in ("critical", "warning", "info")
    }
    priority = max((BASE[one["severity"]] for one in signals), default=0.0)
    Assessment.objects.filter(pk=user.pk).update(
        **{"signals": list(signals), "priority": priority} | counts | fields
    )


def runner(name: str, cast: Cast, *signals: dict[str, Any], **fields: Any) -> User:
    user = create_person(name)
    create_member(user, cast.harbour)
    stands(user, *signals, **fields)
    return user


# Who is on it


def test_only_active_athletes_are_on_it(cast: Cast):
    assert list_usernames(get_roster(ApiClient(cast.carl))) == ["ada", "ben"]
    assert list_usernames(get_roster(ApiClient(cast.zora))) == ["zoe"]


def test_an_empty_roster_is_an_answer(cast: Cast):
    Membership.objects.filter(role=Role.ATHLETE).delete()
    told = get_roster(ApiClient(cast.carl))
    assert told["athletes"] == []
    assert told["pagination"] == {"page": 1, "page_size": 50, "total": 0, "total_pages": 0}
    assert set(told["summary"].values()) == {0}


def test_roster_filters_select_athletes(cast: Cast):
    Membership.objects.filter(user=cast.ben).update(labels=["marathon"])
    User.objects.get(pk=cast.ben.pk).save()
    ben = User.objects.get(pk=cast.ben.pk)
    ben.display_name = "Bén Łukasz"
    ben.save()
    milers = add_to_training_group(cast.ada, cast.harbour)
    api = ApiClient(cast.carl)
    asked = {
        "my_athletes=1": ["ada"], "my_athletes=0": ["ada", "ben"], f"group_id={milers.public_id}": ["ada"],
        "unassigned_only=1": ["ben"], "unassigned_only=false": ["ada", "ben"], "label=marathon": ["ben"],
        "label=mara": [], "search=ben lukasz": ["ben"], "search=ADA@EXAMPLE": ["ada"], "search=nobody": [],
        f"group_id={milers.public_id}&search=ben": [], f"org_id={cast.harbour.public_id}": ["ada", "ben"],
    }  # fmt: skip
    assert {query: sorted(list_usernames(get_roster(api, query))) for query in asked} == asked


def test_the_summary_is_of_the_whole_filtered_roster(cast: Cast):
    add_to_training_group(cast.ada, cast.harbour)
    stands(cast.ada, URGENT, WARNING)
    stands(cast.ben, WARNING)
    for number in range(3):
        runner(f"calm{number}", cast, INFO)
    told = get_roster(ApiClient(cast.carl), "page_size=1")
    assert list_usernames(told) == ["ada"]
    assert told["pagination"] == {"page": 1, "page_size": 1, "total": 5, "total_pages": 5}
    assert told["summary"] == {"active": 5, "needing_attention": 2, "urgent": 1, "watch": 1, "unassigned": 4}
    few = get_roster(ApiClient(cast.carl), "unassigned_only=1")["summary"]
    assert few == {"active": 4, "needing_attention": 1, "urgent": 0, "watch": 1, "unassigned": 4}


# In which order


def test_the_most_urgent_come_first_over_the_whole_roster_and_equal_ones_by_name(cast: Cast):
    stands(cast.ada, INFO)
    stands(cast.ben, WARNING)
    for name in ("zed", "émile", "Ely"):
        runner(name, cast, INFO)
    runner("last", cast)
    runner("first", cast, URGENT)
    api = ApiClient(cast.carl)
    queue = ["first", "ben", "ada", "Ely", "émile", "zed", "last"]
    assert list_usernames(get_roster(api)) == queue
    assert [list_usernames(get_roster(api, f"page_size=3&page={page}")) for page in (1, 2, 3, 4)] == [
        queue[:3], queue[3:6], queue[6:], [],
    ]  # fmt: skip
    assert list_usernames(get_roster(api, "sort=-attention")) == [
        "last",
        "ada",
        "Ely",
        "émile",
        "zed",
        "ben",
        "first",
    ]


def test_of_the_same_priority_the_nearer_a_race_comes_first(cast: Cast):
    stands(cast.ada, WARNING, next_a_race=get_day(40))
    stands(cast.ben, WARNING, next_a_race=get_day(20))
    assert list_usernames(get_roster(ApiClient(cast.carl))) == ["ben", "ada"]


def test_what_is_acknowledged_weighs_less_and_is_not_counted(cast: Cast):
    stands(cast.ada, URGENT)
    stands(cast.ben, WARNING)
    acknowledge_signal(cast.ada.athlete, [cast.harbour.pk], cast.carl, build_signal(**URGENT), get_day(0), 3)
    stands(cast.ada, URGENT)
    told = get_roster(ApiClient(cast.hanna))
    assert list_usernames(told) == ["ben", "ada"]
    assert told["summary"] == {"active": 2, "needing_attention": 1, "urgent": 0, "watch": 1, "unassigned": 2}
    ada = told["athletes"][1]
    assert (ada["attention_priority"], ada["attention_signals"][0]["acknowledged_until"]) == (
        18.0,
        str(get_day(3)),
    )


def test_another_organizations_acknowledgement_is_not_ours(cast: Cast):
    create_member(cast.ada, cast.hill)
    acknowledge_signal(cast.ada.athlete, [cast.hill.pk], cast.zora, build_signal(**URGENT), get_day(0), 3)
    stands(cast.ada, URGENT)
    assert get_roster(ApiClient(cast.carl))["athletes"][0]["attention_priority"] == 60.0
    assert get_roster(ApiClient(cast.zora), "search=ada")["athletes"][0]["attention_priority"] == 18.0


def test_an_acknowledgement_ends_with_the_athletes_day(cast: Cast, clock: Any):
    acknowledge_signal(cast.ada.athlete, [cast.harbour.pk], cast.carl, build_signal(**URGENT), get_day(0), 1)
    stands(cast.ada, URGENT)
    api = ApiClient(cast.carl)
    assert get_roster(api)["athletes"][0]["attention_signals"][0]["acknowledged_until"] == str(get_day(1))
    clock.move_to(NOON + timedelta(days=1, hours=10, minutes=1))  # past midnight in Madrid
    Assessment.objects.filter(pk=cast.ada.pk).update(local_date=get_day(2))
    Snapshot.objects.filter(pk=cast.ada.pk).update(local_date=get_day(2))
    (ada,) = get_roster(api, "search=ada")["athletes"]
    assert ada["attention_signals"][0]["acknowledged_until"] is None


def test_what_is_withheld_is_judged_without_and_orders_nothing(cast: Cast):
    create_training(cast.ada, cast.harbour)
    stands(cast.ben, WARNING)
    api = ApiClient(cast.carl)
    open_to_all = get_roster(api)
    assert list_usernames(open_to_all) == ["ada", "ben"]
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False}, NOON)
    stands(cast.ben, WARNING)
    told = get_roster(api)
    ada = next(one for one in told["athletes"] if one["username"] == "ada")
    assert ada["withheld"] == ["activities"]
    assert ada["attention_priority"] < open_to_all["athletes"][0]["attention_priority"]
    assert list_usernames(told) == ["ben", "ada"]
    assert (ada["last_activity"], set(ada["metrics"]["training"].values())) == (None, {None})
    create_run(cast.ben, NOON - timedelta(days=300))
    bump_data_version(cast.ben)
    for sort in ("load", "distance", "last_activity"):  # as if Ada had run nothing
        assert (
            list_usernames(get_roster(api, f"sort={sort}"))
            == list_usernames(get_roster(api, f"sort=-{sort}"))
            == ["ben", "ada"]
        )


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
def test_it_is_sorted_over_all_pages_and_who_has_nothing_comes_last(cast: Cast, sort: str, queue: list[str]):
    much, some, _ = (runner(name, cast) for name in ("much", "some", "none"))
    create_run(cast.ada, NOON, distance_m=5_000.0, training_load=50.0)
    create_run(much, NOON - timedelta(hours=2), distance_m=20_000.0, training_load=90.0)
    create_run(some, NOON - timedelta(days=1), distance_m=9_000.0, training_load=40.0)
    for user in (cast.ada, much, some):
        bump_data_version(user)
    api = ApiClient(cast.carl)
    assert list_usernames(get_roster(api, f"sort={sort}")) == queue
    assert list_usernames(get_roster(api, f"sort={sort}&page_size=2&page=2")) == queue[2:4]


# What is told of each


def test_the_same_athlete_has_the_same_numbers_as_on_the_profile(cast: Cast):
    create_training(cast.ada, cast.harbour)
    acknowledge_signal(
        cast.ada.athlete,
        [cast.harbour.pk],
        cast.carl,
        build_signal(code="MONOTONY_HIGH"),
        get_day(0),
        2,
    )
    api = ApiClient(cast.carl)
    (one,) = get_roster(api, "search=ada")["athletes"]
    whole = get_profile(api, cast.ada)
    history = whole["metrics"]["fitness"].pop("history")
    assert one["metrics"]["fitness"].pop("history") == {"hrv": history["hrv"]}
    assert one["metrics"] == whole["metrics"]
    assert one["membership"] == whole["memberships"][0]
    assert one["attention_signals"] == whole["attention_signals"][:3]
    assert one["attention_signal_count"] == len(whole["attention_signals"])
    assert one["next_race"] == whole["current_goals"]["races"][0]
    assert one["last_activity"] == whole["recent_activities"][0]
    assert one["data_quality_score"] == whole["data_quality"]["score"]
    alike = (
        "user_id",
        "username",
        "display_name",
        "timezone",
        "unit_system",
        "current_plans",
        "attention_priority",
    )
    assert {name: one[name] for name in alike} == {name: whole[name] for name in alike}


@pytest.mark.parametrize("withheld", ["activities", "health", "goals_and_plans"])
def test_roster_and_profile_agree_with_withheld_data(cast: Cast, withheld: str):
    create_training(cast.ada, cast.harbour)
    change_consent(cast.ada.athlete, cast.harbour, {withheld: False}, NOON)
    api = ApiClient(cast.carl)
    (one,) = get_roster(api, "search=ada")["athletes"]
    whole = get_profile(api, cast.ada)
    history = whole["metrics"]["fitness"].pop("history")
    assert one["metrics"]["fitness"].pop("history") == {"hrv": history["hrv"]}
    assert (one["metrics"], one["withheld"]) == (whole["metrics"], [withheld])
    assert one["attention_priority"] == whole["attention_priority"]
    assert one["current_plans"] == whole["current_plans"]
    assert one["data_quality_score"] == whole["data_quality"]["score"]


def test_the_worn_source_and_kind_of_hrv_is_that_of_the_profile(cast: Cast):
    for back in range(20):
        HealthDay.objects.create(
            athlete=cast.ben.athlete, date=get_day(-back), source="watch", hrv_sdnn_ms=80.0 + back
        )
    HealthDay.objects.create(athlete=cast.ben.athlete, date=get_day(-20), source="strap", hrv_sdnn_ms=10.0)
    HealthDay.objects.create(athlete=cast.ben.athlete, date=get_day(1), source="watch", hrv_sdnn_ms=99.0)
    HealthDay.objects.create(athlete=cast.ben.athlete, date=get_day(-30), source="watch", hrv_sdnn_ms=98.0)
    bump_data_version(cast.ben)
    api = ApiClient(cast.carl)
    hrv = get_roster(api, "search=ben")["athletes"][0]["metrics"]["fitness"]["history"]["hrv"]
    assert hrv == get_profile(api, cast.ben)["metrics"]["fitness"]["history"]["hrv"]
    assert [one["value"] for one in hrv] == [None] * 10 + [99.0 - back for back in range(20)]


# Who may ask what


def test_the_default_is_the_one_organization_where_the_caller_coaches(cast: Cast):
    create_member(cast.carl, cast.hill)  # runs there
    assert get_roster(ApiClient(cast.carl))["org_id"] == cast.harbour.public_id
    Membership.objects.filter(user=cast.carl, organization=cast.hill).update(role=Role.COACH)
    assert_error(ApiClient(cast.carl).get(ROSTER_URL), 400, "ORG_REQUIRED", field="org_id")
    assert_error(ApiClient(cast.stella).get(ROSTER_URL), 400, "ORG_REQUIRED", field="org_id")
    assert list_usernames(get_roster(ApiClient(cast.stella), f"org_id={cast.hill.public_id}")) == ["zoe"]


def test_no_organization_of_others_no_group_of_others_and_nothing_for_athletes(cast: Cast):
    theirs = Group.objects.create(organization=cast.hill, name="Theirs")
    add_to_training_group(cast.ada, cast.harbour, "Ours")
    api = ApiClient(cast.carl)
    refused = [
        api.get(f"{ROSTER_URL}?{query}")
        for query in (
            f"org_id={cast.hill.public_id}",
            f"org_id={encode('org', new_id())}",
            f"group_id={theirs.public_id}",
            f"group_id={encode('grp', new_id())}",
        )
    ] + [ApiClient(user).get(ROSTER_URL) for user in (cast.ada, cast.otto)]
    assert {answer.status_code for answer in refused} == {403}
    assert len({answer.content for answer in refused}) == 1


@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page_size=201", "sort=priority", "sort=--name", "my_athletes=yes", "unassigned_only=", "org_id=x",
        "group_id=org_01jw000000e008000000000002", "group=1", "refresh=2", "search=a&search=b", "search=%00",
    ],
)  # fmt: skip
def test_invalid_query_is_rejected_by_name(cast: Cast, query: str):
    assert ApiClient(cast.carl).get(f"{ROSTER_URL}?{query}").status_code == 400


def test_a_group_and_none_at_once_is_refused(cast: Cast):
    group = add_to_training_group(cast.ada, cast.harbour)
    both = f"{ROSTER_URL}?group_id={group.public_id}&unassigned_only=1"
    assert_error(ApiClient(cast.carl).get(both), 400, "CONFLICT", field="unassigned_only")
    assert ApiClient(cast.carl).get(both[:-1] + "0").status_code == 200


def test_a_key_sees_its_organization_and_has_no_athletes_of_its_own(cast: Cast):
    secret = create_api_key(cast.harbour, "x", ["read"], NOON + timedelta(days=9), cast.hanna)[1]
    api, key = ApiClient(), {"X-API-Key": secret}
    assert list_usernames(api.get(ROSTER_URL, headers=key).json()["data"]) == ["ada", "ben"]
    assert_error(api.get(f"{ROSTER_URL}?my_athletes=1", headers=key), 400, "NOBODY", field="my_athletes")
    assert api.get(f"{ROSTER_URL}?org_id={cast.hill.public_id}", headers=key).status_code == 403
    assert api.get(f"{PROFILE_URL}?user_id={cast.ada.public_id}", headers=key).status_code == 200


def test_no_coach_finds_labels_of_his_own(cast: Cast):
    create_member(cast.stella, cast.harbour, labels=["fast"])
    api = ApiClient(cast.stella)
    assert list_usernames(get_roster(api, f"org_id={cast.harbour.public_id}&label=fast")) == []
    assert list_usernames(get_roster(ApiClient(cast.carl), "label=fast")) == ["stella"]


# What it costs


def crowd(cast: Cast, athletes: int) -> None:
    for number in range(athletes - 2):
        user = create_person(f"runner{number}")
        create_member(user, cast.harbour)
        create_run(user, NOON - timedelta(hours=number), training_load=50.0)
        HealthDay.objects.create(athlete=user.athlete, date=get_day(0), source="x", hrv_rmssd_ms=50.0)
        create_race(user, 10)
        add_to_training_group(user, cast.harbour)


@pytest.mark.parametrize("athletes", [2, 50, 200])
def test_a_roster_takes_eight_statements_whatever_its_size(
    cast: Cast, django_assert_num_queries, athletes: int
):
    """Token with its person; organization with its state, permitted; a light row of everybody; acknowledgements.
    Of the page: numbers and assessments; memberships with groups; heart rate variability; last activities."""
    crowd(cast, athletes)
    api = ApiClient(cast.carl)
    group = add_to_training_group(cast.ada, cast.harbour)
    assert get_roster(api)["pagination"]["total"] == athletes
    acknowledge_signal(cast.ada.athlete, [cast.harbour.pk], cast.carl, build_signal(**INFO), get_day(0), 2)
    current_assessments(Athlete.objects.values_list("pk", flat=True), NOON)
    for query in ("page_size=200", "sort=-load", "search=e", f"group_id={group.public_id}", "my_athletes=1"):
        with django_assert_num_queries(8):
            get_roster(api, query)
        with django_assert_num_queries(2):
            get_roster(api, query)


@pytest.mark.parametrize("athletes", [3, 30])
def test_a_roster_that_is_behind_takes_sixteen_more_statements_once(
    cast, django_assert_num_queries, athletes: int
):
    """Everybody's assessment and snapshot renewed at once (as in `test_assessments`, but nobody follows a plan),
    snapshots looked at, and everybody's light row again."""
    crowd(cast, athletes)
    api = ApiClient(cast.carl)
    with django_assert_num_queries(8 + 16):
        get_roster(api)
    with django_assert_num_queries(8):
        get_roster(api, "refresh=1")


@pytest.mark.parametrize("reluctant", [1, 20])
def test_those_who_withhold_take_a_fixed_number_of_statements_more(
    cast, django_assert_num_queries, reluctant: int
):
    """What is withheld; their assessments and rows, and everything that athletes are judged by."""
    crowd(cast, 30)
    for athlete in Athlete.objects.filter(user__username__startswith="runner")[:reluctant]:
        change_consent(athlete, cast.harbour, {"health": False}, NOON)
    api = ApiClient(cast.carl)
    get_roster(api)
    with django_assert_num_queries(8 + 12):
        get_roster(api, "refresh=1")


def test_pages_read_the_same_value(cast: Cast):
    create_training(cast.ada, cast.harbour)
    members = Membership.objects.filter(organization=cast.harbour).active().athletes()
    value = load_roster(cast.carl, cast.harbour, members, NOON, sort="name", page_size=1)
    (ada,) = value.athletes
    assert (value.total, value.summary.active, ada.summary.person.name) == (2, 2, "Ada")
    assert ada.summary.figures.week_distance_m == 70_000.0
