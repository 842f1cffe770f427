"""The pages of a club's groups: the weeks of a group, who trained, who is in it, and who may change that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from athletes.models import Group, Membership, User
from athletes.organizations.consent import change_consent
from coaching.groups.training_weeks import (
    AthleteWeeks,
    GroupAthlete,
    GroupWeeks,
    WeekTotals,
    load_group_weeks,
)
from tests.coaching.plan_fixtures import create_test_plan, follow_plan, get_day, list_daily_sessions
from tests.coaching.training_fixtures import add_to_training_group
from tests.support.cast import NOON, Cast, create_member, create_person, create_run
from tests.support.compare_pages import collapse_white_space

MONDAY = datetime(2026, 6, 8, tzinfo=UTC)  # NOON is the Wednesday after it


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def milers(cast: Cast) -> Group:
    add_to_training_group(cast.ben, cast.harbour)
    return add_to_training_group(cast.ada, cast.harbour)


def browser(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def address(group: Group) -> str:
    return reverse("group-page", args=[group.public_id])


def seen(user: User, group: Group, **query: str) -> Any:
    answer = browser(user).get(address(group), query)
    assert answer.status_code == 200
    return answer


def weeks_of(viewer: User, group: Group, count: int = 3) -> GroupWeeks:
    return load_group_weeks(viewer, Membership.objects.filter(groups=group), NOON, count)


def trained(one: GroupAthlete) -> AthleteWeeks:
    assert one.training_weeks
    return one.training_weeks


def names(group: Group) -> set[str]:
    return set(group.members.values_list("user__username", flat=True))


def test_weeks_are_summed_over_athletes_and_sports_but_distance_is_of_runs(cast: Cast, milers: Group):
    create_run(cast.ada, NOON - timedelta(days=1), training_load=60.0)
    create_run(cast.ben, NOON - timedelta(days=2), training_load=40.0)
    create_run(cast.ada, NOON, activity_type="bike", distance_m=50_000.0, training_load=30.0)
    create_run(cast.ada, NOON - timedelta(days=7))
    told = weeks_of(cast.carl, milers)
    assert [monday.isoformat() for monday in told.mondays] == ["2026-05-25", "2026-06-01", "2026-06-08"]
    assert told.weeks == [
        WeekTotals(),
        WeekTotals(1, 3_000.0, 0.0, 1, 10_000.0),
        WeekTotals(3, 9_000.0, 130.0, 2, 20_000.0),
    ]
    ada, ben = told.athletes
    assert (ada.name, trained(ada).this_week) == ("Ada", WeekTotals(2, 6_000.0, 90.0, 1, 10_000.0))
    assert (trained(ada).last_week, trained(ben).last_week) == (
        WeekTotals(1, 3_000.0, 0.0, 1, 10_000.0),
        WeekTotals(),
    )


def test_a_week_begins_at_midnight_of_each_athletes_own_place(cast: Cast, milers: Group):
    between = MONDAY - timedelta(hours=5)  # Monday 04:00 in Tokyo, Sunday 21:00 in Madrid
    create_run(cast.ada, between), create_run(cast.ben, between)
    ada, ben = weeks_of(cast.carl, milers).athletes
    assert (trained(ada).this_week.run_count, trained(ada).last_week.run_count) == (0, 1)
    assert (trained(ben).this_week.run_count, trained(ben).last_week.run_count) == (1, 0)
    assert [str(trained(one).last_run) for one in (ada, ben)] == ["2026-06-07", "2026-06-08"]


def test_where_it_is_still_sunday_this_week_is_the_one_that_ends(cast: Cast, milers: Group):
    create_run(cast.ada, MONDAY - timedelta(days=2))
    sunday_evening = MONDAY - timedelta(hours=4)  # Monday in Tokyo
    told = load_group_weeks(cast.carl, Membership.objects.filter(groups=milers), sunday_evening, 2)
    assert [monday.isoformat() for monday in told.mondays] == ["2026-06-01", "2026-06-08"]
    assert [week.run_count for week in told.weeks] == [1, 0]
    assert [trained(one).this_week.run_count for one in told.athletes] == [1, 0]


def test_a_last_run_is_found_however_long_ago_and_a_ride_is_none(cast: Cast, milers: Group):
    create_run(cast.ada, NOON - timedelta(days=400))
    create_run(cast.ada, NOON - timedelta(days=1), activity_type="bike")
    create_run(cast.ben, NOON, activity_type="swim")
    ada, ben = weeks_of(cast.carl, milers).athletes
    assert (str(trained(ada).last_run), trained(ben).last_run) == ("2025-05-06", None)


def test_group_page_lists_athletes_who_withhold_activities_without_counting_them(cast: Cast, milers: Group):
    create_run(cast.ada), create_run(cast.ben)
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False}, NOON)
    told = weeks_of(cast.carl, milers)
    assert [one.training_weeks is None for one in told.athletes] == [True, False]
    assert told.weeks[-1].activity_count == 1
    page = collapse_white_space(seen(cast.carl, milers).content.decode())
    assert "activities: not shared" in page
    assert "1 does not share activities and is in no sum" in page


def test_group_page_omits_former_and_suspended_members(cast: Cast, milers: Group):
    for gone in (cast.lea, cast.sam):
        add_to_training_group(gone, cast.harbour)
    page = seen(cast.carl, milers).content.decode()
    assert "Ada" in page
    assert "Lea" not in page
    assert "Sam" not in page


@pytest.mark.parametrize("athletes", [1, 50])
def test_the_page_makes_the_same_statements_for_1_athlete_and_50(
    cast: Cast, athletes: int, django_assert_num_queries: Any
):
    plan = create_test_plan(cast.harbour, *list_daily_sessions(zone=1))
    for number in range(athletes):
        runner = create_person(f"runner{number}")
        create_member(runner, cast.harbour)
        group = add_to_training_group(runner, cast.harbour)
        create_run(runner, NOON - timedelta(days=number % 3))
        follow_plan(runner, plan, group=group)
    client = browser(cast.hanna)
    client.get(address(group))  # the session learns which club was looked at
    # Session, person, their clubs and units; the group, its club; members, what they withhold, weeks, last runs; plans,
    # who shares them; whom to add.
    with django_assert_num_queries(13):
        page = client.get(address(group))
    assert page.status_code == 200
    assert f"{athletes} of {athletes}" in page.content.decode()


@pytest.mark.parametrize("groups", [1, 50])
def test_the_list_makes_the_same_statements_for_1_group_and_50(
    cast: Cast, groups: int, django_assert_num_queries: Any
):
    for number in range(groups):
        add_to_training_group(cast.ada, cast.harbour, f"Group {number}")
    client = browser(cast.hanna)
    client.get(reverse("groups-page"))
    # Session, person, their clubs and units; the club, its groups, how many athletes, how many in no group.
    with django_assert_num_queries(8):
        assert client.get(reverse("groups-page")).content.decode().count("Who needs attention") == groups


def test_the_chart_and_its_table_are_in_the_viewers_units(cast: Cast, milers: Group):
    create_run(cast.ada, NOON)
    assert "10.0 km" in seen(cast.carl, milers).content.decode()
    cast.carl.athlete.unit_system = "imperial"
    cast.carl.athlete.save()
    page = seen(cast.carl, milers).content.decode()
    assert "6.2 mi" in page
    assert "10.0 km" not in page


def test_group_page_without_a_plan_says_where_to_assign_one(cast: Cast, milers: Group):
    text = seen(cast.carl, milers).content.decode()
    assert "This group has no plan. Assign one on each athlete’s page." in text
    assert "POST" not in text


def test_a_plan_of_the_group_names_who_lacks_it_but_not_who_shares_no_plans(cast: Cast, milers: Group):
    zoe = create_person("zita")
    create_member(zoe, cast.harbour)
    add_to_training_group(zoe, cast.harbour)
    change_consent(zoe.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    plan = create_test_plan(cast.harbour, *list_daily_sessions(zone=1), name="Summer")
    follow_plan(cast.ada, plan, group=milers)
    follow_plan(zoe, plan, group=milers)
    page = seen(cast.carl, milers)
    [told] = page.context["plans"]
    assert (told.name, told.followed_by, [name for name, _ in told.lacking], told.unknown) == (
        "Summer",
        1,
        ["Ben"],
        1,
    )
    assert [address for _, address in told.lacking] == [f"/coach/athletes/{cast.ben.public_id}#calendar"]


def test_a_plan_that_is_over_or_was_cancelled_is_not_shown(cast: Cast, milers: Group):
    follow_plan(
        cast.ada, create_test_plan(cast.harbour, *list_daily_sessions(zone=1)), get_day(-200), group=milers
    )
    follow_plan(
        cast.ben,
        create_test_plan(cast.harbour, *list_daily_sessions(zone=1)),
        group=milers,
        ended_as="cancelled",
        ended_on=NOON.date(),
    )
    assert seen(cast.carl, milers).context["plans"] == []


def test_coaches_put_athletes_in_and_out_from_the_page(cast: Cast, milers: Group):
    cody = create_person("cody")
    create_member(cody, cast.harbour)
    assert [one.name for one in seen(cast.carl, milers).context["offered"]] == ["Cody"]
    coach, action = browser(cast.carl), reverse("selection-group-page")
    body = {"group_id": milers.public_id, "next": address(milers)}
    for do, left in (("add", {"ada", "ben", "cody"}), ("take-away", {"ada", "ben"})):
        answer = coach.post(action, body | {"athletes": [cody.public_id], "do": do})
        assert (answer.status_code, answer["Location"]) == (302, address(milers))
        assert names(milers) == left


def test_an_assistant_is_offered_and_may_take_out_only_athletes_assigned_to_her(cast: Cast, milers: Group):
    for name in ("mine", "others"):
        create_member(create_person(name), cast.harbour, assigned_coach=cast.asha if name == "mine" else None)
    Membership.objects.filter(user=cast.ben).update(assigned_coach=cast.asha)
    page = seen(cast.asha, milers)
    assert [one.name for one in page.context["offered"]] == ["Mine"]
    assert [(row.name, row.may_leave) for row in page.context["rows"]] == [("Ada", False), ("Ben", True)]
    body = {"group_id": milers.public_id, "athletes": [cast.ada.public_id], "do": "take-away"}
    assert browser(cast.asha).post(reverse("selection-group-page"), body).status_code == 403
    assert names(milers) == {"ada", "ben"}


def test_athletes_to_add_are_found_without_accents_and_the_first_are_offered(cast: Cast, milers: Group):
    for number in range(25):
        create_member(create_person(f"runner{number:02}"), cast.harbour)
    lucja = create_person("lucja")
    lucja.display_name = "Łucja Ångström"
    lucja.save()
    create_member(lucja, cast.harbour)
    assert "the first 20 by name" in seen(cast.carl, milers).content.decode()
    assert [one.name for one in seen(cast.carl, milers, search="lucja ang").context["offered"]] == [
        "Łucja Ångström"
    ]
    assert browser(cast.carl).get(address(milers), {"serach": "x"}).status_code == 400


def test_the_head_coach_makes_renames_and_deletes_a_group(cast: Cast):
    head, groups = browser(cast.hanna), reverse("groups-page")
    answer = head.post(groups, {"name": "Trail"})
    made = Group.objects.get()
    assert (answer.status_code, answer["Location"], made.name) == (302, address(made), "Trail")
    assert head.post(address(made), {"name": "Fell"}).status_code == 302
    made.refresh_from_db()
    assert made.name == "Fell"
    assert head.post(reverse("group-delete-page", args=[made.public_id])).status_code == 302
    assert not Group.objects.exists()


def test_a_name_that_is_taken_or_missing_is_told_beside_the_field(cast: Cast, milers: Group):
    other = add_to_training_group(cast.ben, cast.harbour, "Trail")
    head = browser(cast.hanna)
    for path in (reverse("groups-page"), address(other)):
        for name, told in (("MILERS", "already has this name"), ("", "blank")):
            answer = head.post(path, {"name": name})
            assert answer.status_code == 200
            assert told in answer.context["form"].errors["name"][0]
    other.refresh_from_db()
    assert other.name == "Trail"


def test_other_coaches_have_no_form_to_rename_and_are_refused(cast: Cast, milers: Group):
    page = seen(cast.carl, milers).content.decode()
    assert "Delete the group" not in page
    coach = browser(cast.carl)
    for path in (
        address(milers),
        reverse("group-delete-page", args=[milers.public_id]),
        reverse("groups-page"),
    ):
        assert coach.post(path, {"name": "Mine"}).status_code == 403
    assert Group.objects.get().name == "Milers"


def test_a_group_of_another_club_and_one_that_is_not_there_are_refused_alike(cast: Cast, milers: Group):
    theirs = Group.objects.create(organization=cast.hill, name="Theirs")
    coach = browser(cast.carl)
    foreign = coach.get(address(theirs))
    theirs.delete()
    missing = coach.get(reverse("group-page", args=["grp_01h455vb4pex5vsknk084sn02q"]))
    assert foreign.status_code == missing.status_code == 403
    assert "Theirs" not in foreign.content.decode()
    assert coach.get(reverse("group-page", args=["nonsense"])).status_code == 400


def test_page_escapes_names(cast: Cast, milers: Group):
    milers.name = '"><b>Läufer & 🏃 עברית'
    milers.save()
    for path in (address(milers), reverse("groups-page")):
        page = browser(cast.hanna).get(path).content.decode()
        assert "<b>" not in page
        assert "&quot;&gt;&lt;b&gt;Läufer &amp; 🏃 עברית" in page


def test_an_empty_group_says_what_to_do_next(cast: Cast):
    empty = Group.objects.create(organization=cast.harbour, name="Empty")
    assert "This group has no athletes yet" in seen(cast.carl, empty).content.decode()
    Group.objects.all().delete()
    assert "There are no groups yet" in browser(cast.hanna).get(reverse("groups-page")).content.decode()
