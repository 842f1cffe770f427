"""The pages of a club's groups: training weeks, members, plans, and permission to change them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from athletes.models import Group, Membership, User
from athletes.organizations.consent import change_consent
from athletes.rights import EVERYTHING
from coaching.groups import training_weeks
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


def group_path(group: Group) -> str:
    return reverse("group-page", args=[group.public_id])


def get_page(user: User, group: Group, **query: str) -> Any:
    answer = browser(user).get(group_path(group), query)
    assert answer.status_code == 200
    return answer


def load_weeks(viewer: User, group: Group, count: int = 3) -> GroupWeeks:
    return load_group_weeks(viewer, Membership.objects.filter(groups=group), NOON, count)


def get_weeks(athlete: GroupAthlete) -> AthleteWeeks:
    assert athlete.training_weeks
    return athlete.training_weeks


def list_usernames(group: Group) -> set[str]:
    return set(group.members.values_list("user__username", flat=True))


def test_weeks_sum_all_sports_but_distance_only_runs(cast: Cast, milers: Group):
    create_run(cast.ada, NOON - timedelta(days=1), training_load=60.0)
    create_run(cast.ben, NOON - timedelta(days=2), training_load=40.0)
    create_run(cast.ada, NOON, activity_type="bike", distance_m=50_000.0, training_load=30.0)
    create_run(cast.ada, NOON - timedelta(days=7))
    group_weeks = load_weeks(cast.carl, milers)
    assert [monday.isoformat() for monday in group_weeks.mondays] == [
        "2026-05-25",
        "2026-06-01",
        "2026-06-08",
    ]
    assert group_weeks.weeks == [
        WeekTotals(),
        WeekTotals(1, 3_000.0, 0.0, 1, 10_000.0),
        WeekTotals(3, 9_000.0, 130.0, 2, 20_000.0),
    ]
    ada, ben = group_weeks.athletes
    assert (ada.name, get_weeks(ada).this_week) == ("Ada", WeekTotals(2, 6_000.0, 90.0, 1, 10_000.0))
    assert (get_weeks(ada).last_week, get_weeks(ben).last_week) == (
        WeekTotals(1, 3_000.0, 0.0, 1, 10_000.0),
        WeekTotals(),
    )


def test_week_begins_at_each_athletes_local_midnight(cast: Cast, milers: Group):
    start = MONDAY - timedelta(hours=5)  # Monday 04:00 in Tokyo, Sunday 21:00 in Madrid
    create_run(cast.ada, start)
    create_run(cast.ben, start)
    ada, ben = load_weeks(cast.carl, milers).athletes
    assert (get_weeks(ada).this_week.run_count, get_weeks(ada).last_week.run_count) == (0, 1)
    assert (get_weeks(ben).this_week.run_count, get_weeks(ben).last_week.run_count) == (1, 0)
    assert [str(get_weeks(athlete).last_run) for athlete in (ada, ben)] == ["2026-06-07", "2026-06-08"]


def test_this_week_is_the_local_week_where_it_is_still_sunday(cast: Cast, milers: Group):
    create_run(cast.ada, MONDAY - timedelta(days=2))
    sunday_evening = MONDAY - timedelta(hours=4)  # Monday in Tokyo
    group_weeks = load_group_weeks(cast.carl, Membership.objects.filter(groups=milers), sunday_evening, 2)
    assert [monday.isoformat() for monday in group_weeks.mondays] == ["2026-06-01", "2026-06-08"]
    assert [week.run_count for week in group_weeks.weeks] == [1, 0]
    assert [get_weeks(athlete).this_week.run_count for athlete in group_weeks.athletes] == [1, 0]


def test_last_run_is_found_at_any_age_and_rides_do_not_count(cast: Cast, milers: Group):
    create_run(cast.ada, NOON - timedelta(days=400))
    create_run(cast.ada, NOON - timedelta(days=1), activity_type="bike")
    create_run(cast.ben, NOON, activity_type="swim")
    ada, ben = load_weeks(cast.carl, milers).athletes
    assert (str(get_weeks(ada).last_run), get_weeks(ben).last_run) == ("2025-05-06", None)


def test_weeks_of_an_athlete_without_known_visibility_are_not_shown(
    cast: Cast, milers: Group, monkeypatch: pytest.MonkeyPatch
):
    create_run(cast.ada, NOON)
    visibilities = {cast.ben.pk: EVERYTHING}
    monkeypatch.setattr(training_weeks, "load_visibilities", lambda viewer, athlete_ids: visibilities)
    weeks = load_weeks(cast.carl, milers)
    assert [athlete.training_weeks is None for athlete in weeks.athletes] == [True, False]
    assert weeks.weeks[-1] == WeekTotals()


def test_group_page_lists_athletes_who_withhold_activities_without_counting_them(cast: Cast, milers: Group):
    create_run(cast.ada)
    create_run(cast.ben)
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False}, NOON)
    group_weeks = load_weeks(cast.carl, milers)
    assert [athlete.training_weeks is None for athlete in group_weeks.athletes] == [True, False]
    assert group_weeks.weeks[-1].activity_count == 1
    page = collapse_white_space(get_page(cast.carl, milers).content.decode())
    assert "activities: not shared" in page
    assert "1 does not share activities and is in no sum" in page


def test_group_page_omits_former_and_suspended_members(cast: Cast, milers: Group):
    for user in (cast.lea, cast.sam):
        add_to_training_group(user, cast.harbour)
    page = get_page(cast.carl, milers).content.decode()
    assert "Ada" in page
    assert "Lea" not in page
    assert "Sam" not in page


@pytest.mark.parametrize("athletes", [1, 50])
def test_page_takes_the_same_statements_for_1_and_50_athletes(
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
    client.get(group_path(group))  # the first request stores the club in the session
    # Session, user, clubs and units of the viewer; the group, its club; members, their consent, weeks, last
    # runs; plans, consent of their athletes; athletes with their sessions of today, and what they did: plans,
    # calendars, thresholds, activities; athletes to add.
    with django_assert_num_queries(19):
        page = client.get(group_path(group))
    assert page.status_code == 200
    assert f"{athletes} of {athletes}" in page.content.decode()


@pytest.mark.parametrize("groups", [1, 50])
def test_list_takes_the_same_statements_for_1_and_50_groups(
    cast: Cast, groups: int, django_assert_num_queries: Any
):
    for number in range(groups):
        add_to_training_group(cast.ada, cast.harbour, f"Group {number}")
    client = browser(cast.hanna)
    client.get(reverse("groups-page"))
    # Session, user, clubs and units of the viewer; the club, its groups; two counts of athletes.
    with django_assert_num_queries(8):
        assert client.get(reverse("groups-page")).content.decode().count("Who needs attention") == groups


def test_chart_and_its_table_are_in_the_viewers_units(cast: Cast, milers: Group):
    create_run(cast.ada, NOON)
    assert "10.0 km" in get_page(cast.carl, milers).content.decode()
    cast.carl.athlete.unit_system = "imperial"
    cast.carl.athlete.save()
    page = get_page(cast.carl, milers).content.decode()
    assert "6.2 mi" in page
    assert "10.0 km" not in page


def test_group_page_without_a_plan_says_where_to_assign_one(cast: Cast, milers: Group):
    page = get_page(cast.carl, milers).content.decode()
    assert "This group has no plan." in page
    assert f"{reverse('plan-give-page')}?org_id={cast.harbour.public_id}&amp;to={milers.public_id}" in page
    assert "POST" not in page


def test_group_plan_lists_members_without_it_except_those_who_withhold_plans(cast: Cast, milers: Group):
    zita = create_person("zita")
    create_member(zita, cast.harbour)
    add_to_training_group(zita, cast.harbour)
    change_consent(zita.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    plan = create_test_plan(cast.harbour, *list_daily_sessions(zone=1), name="Summer")
    follow_plan(cast.ada, plan, group=milers)
    follow_plan(zita, plan, group=milers)
    page = get_page(cast.carl, milers)
    [plan_row] = page.context["plans"]
    assert (plan_row.name, plan_row.followed_by, plan_row.unknown) == ("Summer", 1, 1)
    assert plan_row.lacking == [("Ben", f"/coach/athletes/{cast.ben.public_id}#calendar")]


def test_the_start_of_a_group_plan_is_true_in_every_time_zone(cast: Cast, milers: Group):
    zita = create_person("zita", "Europe/Madrid")
    create_member(zita, cast.harbour)
    add_to_training_group(zita, cast.harbour)
    plan = create_test_plan(cast.harbour, *list_daily_sessions(zone=1), name="Summer")
    monday = get_day(5)
    for runner in (cast.ada, cast.ben, zita):
        follow_plan(runner, plan, monday, group=milers)
    saturday = datetime(2026, 6, 13, 21, 54, tzinfo=UTC)  # Sunday in Tokyo
    for now, text in (
        (saturday - timedelta(hours=12), "starts in 2 days"),
        (saturday, "starts in 2 days; for 1 in another time zone starts tomorrow"),
        (saturday + timedelta(days=1), "starts tomorrow; for 1 in another time zone week 1 of 4"),
        (saturday + timedelta(days=8), "week 1 of 4; for 1 in another time zone week 2 of 4"),
    ):
        with time_machine.travel(now, tick=False):
            [plan_row] = get_page(cast.carl, milers).context["plans"]
            assert plan_row.when_text == text


def test_ended_and_cancelled_plans_are_not_shown(cast: Cast, milers: Group):
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
    assert get_page(cast.carl, milers).context["plans"] == []


def test_coaches_add_and_remove_athletes_on_the_page(cast: Cast, milers: Group):
    cody = create_person("cody")
    create_member(cody, cast.harbour)
    assert [athlete.name for athlete in get_page(cast.carl, milers).context["offered"]] == ["Cody"]
    coach, action = browser(cast.carl), reverse("selection-group-page")
    body = {"group_id": milers.public_id, "next": group_path(milers)}
    for do, expected in (("add", {"ada", "ben", "cody"}), ("take-away", {"ada", "ben"})):
        answer = coach.post(action, body | {"athletes": [cody.public_id], "do": do})
        assert (answer.status_code, answer["Location"]) == (302, group_path(milers))
        assert list_usernames(milers) == expected


def test_assistant_coach_adds_and_removes_only_athletes_assigned_to_her(cast: Cast, milers: Group):
    for name in ("mine", "others"):
        create_member(create_person(name), cast.harbour, assigned_coach=cast.asha if name == "mine" else None)
    Membership.objects.filter(user=cast.ben).update(assigned_coach=cast.asha)
    page = get_page(cast.asha, milers)
    assert [athlete.name for athlete in page.context["offered"]] == ["Mine"]
    assert [(row.name, row.may_leave) for row in page.context["rows"]] == [("Ada", False), ("Ben", True)]
    body = {"group_id": milers.public_id, "athletes": [cast.ada.public_id], "do": "take-away"}
    assert browser(cast.asha).post(reverse("selection-group-page"), body).status_code == 403
    assert list_usernames(milers) == {"ada", "ben"}


def test_search_for_athletes_ignores_accents_and_the_page_offers_the_first_20(cast: Cast, milers: Group):
    for number in range(25):
        create_member(create_person(f"runner{number:02}"), cast.harbour)
    lucja = create_person("lucja")
    lucja.display_name = "Łucja Ångström"
    lucja.save()
    create_member(lucja, cast.harbour)
    assert "the first 20 by name" in get_page(cast.carl, milers).content.decode()
    found = get_page(cast.carl, milers, search="lucja ang").context["offered"]
    assert [athlete.name for athlete in found] == ["Łucja Ångström"]
    assert browser(cast.carl).get(group_path(milers), {"serach": "x"}).status_code == 400


def test_head_coach_creates_renames_and_deletes_a_group(cast: Cast):
    head, groups = browser(cast.hanna), reverse("groups-page")
    answer = head.post(groups, {"name": "Trail"})
    group = Group.objects.get()
    assert (answer.status_code, answer["Location"], group.name) == (302, group_path(group), "Trail")
    assert head.post(group_path(group), {"name": "Fell"}).status_code == 302
    group.refresh_from_db()
    assert group.name == "Fell"
    assert head.post(reverse("group-delete-page", args=[group.public_id])).status_code == 302
    assert not Group.objects.exists()


def test_taken_and_empty_names_show_an_error_beside_the_field(cast: Cast, milers: Group):
    other = add_to_training_group(cast.ben, cast.harbour, "Trail")
    head = browser(cast.hanna)
    for path in (reverse("groups-page"), group_path(other)):
        for name, message in (("MILERS", "already has this name"), ("", "blank")):
            answer = head.post(path, {"name": name})
            assert answer.status_code == 200
            assert message in answer.context["form"].errors["name"][0]
    other.refresh_from_db()
    assert other.name == "Trail"


def test_other_coaches_cannot_create_rename_or_delete_groups(cast: Cast, milers: Group):
    page = get_page(cast.carl, milers).content.decode()
    assert "Delete the group" not in page
    coach = browser(cast.carl)
    for path in (
        group_path(milers),
        reverse("group-delete-page", args=[milers.public_id]),
        reverse("groups-page"),
    ):
        assert coach.post(path, {"name": "Mine"}).status_code == 403
    assert Group.objects.get().name == "Milers"


def test_foreign_and_missing_groups_get_403(cast: Cast, milers: Group):
    foreign_group = Group.objects.create(organization=cast.hill, name="Theirs")
    coach = browser(cast.carl)
    foreign = coach.get(group_path(foreign_group))
    foreign_group.delete()
    missing = coach.get(reverse("group-page", args=["grp_01h455vb4pex5vsknk084sn02q"]))
    assert foreign.status_code == missing.status_code == 403
    assert "Theirs" not in foreign.content.decode()
    assert coach.get(reverse("group-page", args=["nonsense"])).status_code == 400


def test_page_escapes_names(cast: Cast, milers: Group):
    milers.name = '"><b>Läufer & 🏃 עברית'
    milers.save()
    for path in (group_path(milers), reverse("groups-page")):
        page = browser(cast.hanna).get(path).content.decode()
        assert "<b>" not in page
        assert "&quot;&gt;&lt;b&gt;Läufer &amp; 🏃 עברית" in page


def test_empty_group_and_empty_list_explain_the_next_step(cast: Cast):
    empty = Group.objects.create(organization=cast.harbour, name="Empty")
    assert "This group has no athletes yet" in get_page(cast.carl, empty).content.decode()
    Group.objects.all().delete()
    assert "There are no groups yet" in browser(cast.hanna).get(reverse("groups-page")).content.decode()
