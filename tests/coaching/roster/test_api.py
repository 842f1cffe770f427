"""coach_athletes_metrics: all active athletes of an organization, in a fixed number of statements."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from astral.ids import encode, new_id
from athletes.models import Athlete, Group, Membership, User
from athletes.organizations.api_keys import create_api_key
from athletes.organizations.consent import change_consent
from athletes.roles import Role
from coaching.assessments.acknowledgements import acknowledge_signals
from coaching.assessments.current import current_assessments
from coaching.roster.roster import load_roster
from metrics.models import HealthDay
from tests.coaching.plan_fixtures import build_signal, bump_data_version, create_race, get_day
from tests.coaching.roster.roster_fixtures import (
    INFO,
    URGENT,
    WARNING,
    create_runner,
    set_signals,
)
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


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


# Members of the roster


def test_roster_contains_only_active_athletes(cast: Cast):
    assert list_usernames(get_roster(ApiClient(cast.carl))) == ["ada", "ben"]
    assert list_usernames(get_roster(ApiClient(cast.zora))) == ["zoe"]


def test_empty_roster_is_a_valid_answer(cast: Cast):
    Membership.objects.filter(role=Role.ATHLETE).delete()
    roster = get_roster(ApiClient(cast.carl))
    assert roster["athletes"] == []
    assert roster["pagination"] == {"page": 1, "page_size": 50, "total": 0, "total_pages": 0}
    assert set(roster["summary"].values()) == {0}


def test_roster_filters_select_athletes(cast: Cast):
    Membership.objects.filter(user=cast.ben).update(labels=["marathon"])
    User.objects.get(pk=cast.ben.pk).save()
    ben = User.objects.get(pk=cast.ben.pk)
    ben.display_name = "Bén Łukasz"
    ben.save()
    milers = add_to_training_group(cast.ada, cast.harbour)
    api = ApiClient(cast.carl)
    expected = {
        "my_athletes=1": ["ada"], "my_athletes=0": ["ada", "ben"], f"group_id={milers.public_id}": ["ada"],
        "unassigned_only=1": ["ben"], "unassigned_only=false": ["ada", "ben"], "label=marathon": ["ben"],
        "label=mara": [], "search=ben lukasz": ["ben"], "search=ADA@EXAMPLE": ["ada"], "search=nobody": [],
        f"group_id={milers.public_id}&search=ben": [], f"org_id={cast.harbour.public_id}": ["ada", "ben"],
    }  # fmt: skip
    assert {query: sorted(list_usernames(get_roster(api, query))) for query in expected} == expected


def test_summary_counts_the_whole_filtered_roster(cast: Cast):
    add_to_training_group(cast.ada, cast.harbour)
    set_signals(cast.ada, URGENT, WARNING)
    set_signals(cast.ben, WARNING)
    for number in range(3):
        create_runner(f"calm{number}", cast, INFO)
    roster = get_roster(ApiClient(cast.carl), "page_size=1")
    assert list_usernames(roster) == ["ada"]
    assert roster["pagination"] == {"page": 1, "page_size": 1, "total": 5, "total_pages": 5}
    assert roster["summary"] == {
        "active": 5,
        "needing_attention": 2,
        "urgent": 1,
        "watch": 1,
        "unassigned": 4,
    }
    unassigned = get_roster(ApiClient(cast.carl), "unassigned_only=1")["summary"]
    assert unassigned == {"active": 4, "needing_attention": 1, "urgent": 0, "watch": 1, "unassigned": 4}


# The fields of an athlete


def test_athlete_has_the_same_values_as_on_the_profile(cast: Cast):
    create_training(cast.ada, cast.harbour)
    acknowledge_signals(
        cast.ada.athlete,
        [cast.harbour.pk],
        cast.carl,
        [build_signal(code="MONOTONY_HIGH")],
        NOON,
        2,
        "A taper",
    )
    api = ApiClient(cast.carl)
    (row,) = get_roster(api, "search=ada")["athletes"]
    profile = get_profile(api, cast.ada)
    history = profile["metrics"]["fitness"].pop("history")
    assert row["metrics"]["fitness"].pop("history") == {"hrv": history["hrv"]}
    assert row["metrics"] == profile["metrics"]
    assert row["membership"] == profile["memberships"][0]
    assert row["attention_signals"] == profile["attention_signals"][:3]
    assert row["attention_signal_count"] == len(profile["attention_signals"])
    assert row["next_race"] == profile["current_goals"]["races"][0]
    assert row["last_activity"] == profile["recent_activities"][0]
    assert row["data_quality_score"] == profile["data_quality"]["score"]
    for name in ("user_id", "username", "display_name", "timezone", "unit_system"):
        assert row[name] == profile[name]
    for name in ("current_plans", "attention_priority"):
        assert row[name] == profile[name]


@pytest.mark.parametrize("withheld", ["activities", "health", "goals_and_plans"])
def test_roster_and_profile_agree_with_withheld_data(cast: Cast, withheld: str):
    create_training(cast.ada, cast.harbour)
    change_consent(cast.ada.athlete, cast.harbour, {withheld: False}, NOON)
    api = ApiClient(cast.carl)
    (row,) = get_roster(api, "search=ada")["athletes"]
    profile = get_profile(api, cast.ada)
    history = profile["metrics"]["fitness"].pop("history")
    assert row["metrics"]["fitness"].pop("history") == {"hrv": history["hrv"]}
    assert (row["metrics"], row["withheld"]) == (profile["metrics"], [withheld])
    assert row["attention_priority"] == profile["attention_priority"]
    assert row["current_plans"] == profile["current_plans"]
    assert row["data_quality_score"] == profile["data_quality"]["score"]


def test_source_and_kind_of_hrv_are_those_of_the_profile(cast: Cast):
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
    assert [day["value"] for day in hrv] == [None] * 10 + [99.0 - back for back in range(20)]


# Permissions and the query


def test_default_organization_is_the_only_one_where_the_caller_coaches(cast: Cast):
    create_member(cast.carl, cast.hill)  # as an athlete
    assert get_roster(ApiClient(cast.carl))["org_id"] == cast.harbour.public_id
    Membership.objects.filter(user=cast.carl, organization=cast.hill).update(role=Role.COACH)
    assert_error(ApiClient(cast.carl).get(ROSTER_URL), 400, "ORG_REQUIRED", field="org_id")
    assert_error(ApiClient(cast.stella).get(ROSTER_URL), 400, "ORG_REQUIRED", field="org_id")
    assert list_usernames(get_roster(ApiClient(cast.stella), f"org_id={cast.hill.public_id}")) == ["zoe"]


def test_foreign_organizations_foreign_groups_and_athletes_get_the_same_403(cast: Cast):
    foreign_group = Group.objects.create(organization=cast.hill, name="Theirs")
    add_to_training_group(cast.ada, cast.harbour, "Ours")
    api = ApiClient(cast.carl)
    refused = [
        api.get(f"{ROSTER_URL}?{query}")
        for query in (
            f"org_id={cast.hill.public_id}",
            f"org_id={encode('org', new_id())}",
            f"group_id={foreign_group.public_id}",
            f"group_id={encode('grp', new_id())}",
        )
    ] + [ApiClient(user).get(ROSTER_URL) for user in (cast.ada, cast.otto)]
    assert {answer.status_code for answer in refused} == {403}
    assert len({answer.content for answer in refused}) == 1


@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page_size=201", "sort=priority", "sort=--name", "my_athletes=yes", "unassigned_only=",
        "org_id=x", "group_id=org_01jw000000e008000000000002", "group=1", "refresh=2", "search=a&search=b",
        "search=%00",
    ],
)  # fmt: skip
def test_invalid_query_is_rejected_by_name(cast: Cast, query: str):
    assert ApiClient(cast.carl).get(f"{ROSTER_URL}?{query}").status_code == 400


def test_group_id_and_unassigned_only_conflict(cast: Cast):
    group = add_to_training_group(cast.ada, cast.harbour)
    both = f"{ROSTER_URL}?group_id={group.public_id}&unassigned_only=1"
    assert_error(ApiClient(cast.carl).get(both), 400, "CONFLICT", field="unassigned_only")
    assert ApiClient(cast.carl).get(both[:-1] + "0").status_code == 200


def test_api_key_sees_its_organization_and_has_no_assigned_athletes(cast: Cast):
    secret = create_api_key(cast.harbour, "x", ["read"], NOON + timedelta(days=9), cast.hanna)[1]
    api, key = ApiClient(), {"X-API-Key": secret}
    assert list_usernames(api.get(ROSTER_URL, headers=key).json()["data"]) == ["ada", "ben"]
    assert_error(api.get(f"{ROSTER_URL}?my_athletes=1", headers=key), 400, "NOBODY", field="my_athletes")
    assert api.get(f"{ROSTER_URL}?org_id={cast.hill.public_id}", headers=key).status_code == 403
    assert api.get(f"{PROFILE_URL}?user_id={cast.ada.public_id}", headers=key).status_code == 200


def test_label_filter_does_not_find_the_callers_own_labels(cast: Cast):
    create_member(cast.stella, cast.harbour, labels=["fast"])
    api = ApiClient(cast.stella)
    assert list_usernames(get_roster(api, f"org_id={cast.harbour.public_id}&label=fast")) == []
    assert list_usernames(get_roster(ApiClient(cast.carl), "label=fast")) == ["stella"]


# Numbers of statements


def create_crowd(cast: Cast, athletes: int) -> None:
    for number in range(athletes - 2):
        user = create_person(f"runner{number}")
        create_member(user, cast.harbour)
        create_run(user, NOON - timedelta(hours=number), training_load=50.0)
        HealthDay.objects.create(athlete=user.athlete, date=get_day(0), source="x", hrv_rmssd_ms=50.0)
        create_race(user, 10)
        add_to_training_group(user, cast.harbour)


@pytest.mark.parametrize("athletes", [2, 50, 200])
def test_roster_takes_ten_statements_at_any_size(cast: Cast, django_assert_num_queries, athletes: int):
    """Token with its user; the permitted organization with its version; a short row of every athlete;
    acknowledgements. For the page: numbers and assessments; memberships with groups; HRV; last activities.
    Whose comments the viewer may see; the unread ones."""
    create_crowd(cast, athletes)
    api = ApiClient(cast.carl)
    group = add_to_training_group(cast.ada, cast.harbour)
    assert get_roster(api)["pagination"]["total"] == athletes
    acknowledge_signals(cast.ada.athlete, [cast.harbour.pk], cast.carl, [build_signal(**INFO)], NOON, 2)
    current_assessments(Athlete.objects.values_list("pk", flat=True), NOON)
    for query in ("page_size=200", "sort=-load", "search=e", f"group_id={group.public_id}", "my_athletes=1"):
        with django_assert_num_queries(10):
            get_roster(api, query)
        with django_assert_num_queries(2):
            get_roster(api, query)


@pytest.mark.parametrize("athletes", [3, 30])
def test_stale_roster_takes_twenty_seven_more_statements_once(cast, django_assert_num_queries, athletes: int):
    """Recompute all assessments and snapshots (as in `test_current_assessments`, but nobody follows a plan);
    read the snapshots and the short rows again."""
    create_crowd(cast, athletes)
    api = ApiClient(cast.carl)
    with django_assert_num_queries(10 + 27):
        get_roster(api)
    with django_assert_num_queries(10 + 1):
        get_roster(api, "refresh=1")


@pytest.mark.parametrize("withholding", [1, 20])
def test_withheld_data_takes_sixteen_more_statements_for_any_number_of_athletes(
    cast, django_assert_num_queries, withholding: int
):
    """Read the withheld categories, these athletes' assessments and rows, and all inputs of assessments."""
    create_crowd(cast, 30)
    for athlete in Athlete.objects.filter(user__username__startswith="runner")[:withholding]:
        change_consent(athlete, cast.harbour, {"health": False}, NOON)
    api = ApiClient(cast.carl)
    get_roster(api)
    with django_assert_num_queries(10 + 16 + 1):
        get_roster(api, "refresh=1")


def test_load_roster_gives_pages_the_same_values_as_the_api(cast: Cast):
    create_training(cast.ada, cast.harbour)
    members = Membership.objects.filter(organization=cast.harbour).active().athletes()
    roster = load_roster(cast.carl, cast.harbour, members, NOON, sort="name", page_size=1)
    (ada,) = roster.athletes
    assert (roster.total, roster.summary.active, ada.summary.person.name) == (2, 2, "Ada")
    assert ada.summary.figures.week_distance_m == 70_000.0
