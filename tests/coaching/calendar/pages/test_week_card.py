"""The week on `/home` and on the athlete's page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from athletes.models import Threshold, User
from athletes.organizations.consent import change_consent
from athletes.rights import Category
from coaching.models import CalendarSession
from tests.coaching.calendar.calendar_fixtures import create_session
from tests.coaching.calendar.pages.page_fixtures import PageClient, count_statements
from tests.coaching.plan_fixtures import bump_data_version, create_absence, create_race, get_day
from tests.support.cast import NOON, Cast, create_run


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def read_card(viewer: User, athlete: User) -> str:
    """The card as text with tags; empty if there is none."""
    path = "/home" if viewer == athlete else f"/coach/athletes/{athlete.public_id}"
    text = PageClient(viewer).read(path)
    return text.split('aria-labelledby="week"')[1].split("</section>")[0] if 'id="week"' in text else ""


def read_days(card: str) -> dict[str, str]:
    """The days of the card by name, in order."""
    return {day.split(" <time")[0].strip(): day for day in card.split("<h3>")[1:]}


def test_card_is_the_first_card_of_both_pages(cast: Cast):
    create_session(cast.ada, get_day(1), title="Tempo")
    for viewer, path in ((cast.ada, "/home"), (cast.carl, f"/coach/athletes/{cast.ada.public_id}")):
        text = PageClient(viewer).read(path)
        assert text.index('class="card') == text.index('class="card" aria-labelledby="week"')


def test_days_have_titles_targets_steps_and_outcomes(cast: Cast):
    Threshold.objects.create(
        athlete=cast.ada.athlete, kind="threshold_pace", valid_from=get_day(-30), value=240.0, source="manual"
    )
    create_session(cast.ada, get_day(-2), title="Easy", zone=1)
    create_session(cast.ada, get_day(-1), title="Hills", zone=3)
    create_run(cast.ada, NOON - timedelta(days=2), duration_s=3_600.0, name="Lake")
    create_session(cast.ada, get_day(0), title="Swim", sport="swim", distance_m=2_000.0, duration_s=None)
    steps = [{"repeat": 6, "distance": 1_000, "zone": 4, "recovery": 90}]
    create_session(cast.ada, get_day(1), title="Tempo", distance_m=6_000.0, duration_s=None, steps=steps)
    create_session(cast.ada, get_day(3), title="Long", is_skipped=True, skip_reason="Wedding")
    days = read_days(read_card(cast.carl, cast.ada))
    assert list(days) == ["Today", "Tomorrow", "Saturday", "Monday", "Tuesday"]
    for day, words in (
        (
            "Monday",
            (">done<", "Easy", "1 h 00 min, easy", "Lake", "10.0 km in 1 h 00 min", "100 % of the plan"),
        ),
        ("Tuesday", (">missed<", "Hills", "zone 3")),
        ("Today", (">planned<", "Swim", "2,000 m")),
        (
            "Tomorrow",
            ("Tempo", "6.0 km", "6 × 1 km in zone 4 at 3:51–3:31 /km, 90 s jog between", "for your watch"),
        ),
        ("Saturday", (">skipped<", "Long", "Wedding")),
    ):
        assert [word for word in words if word not in days[day]] == []


def test_targets_are_in_the_units_of_the_viewer(cast: Cast):
    create_session(cast.ada, get_day(1), title="Tempo", distance_m=16_093.44, duration_s=None)
    assert "16.1 km" in read_card(cast.ada, cast.ada)
    cast.carl.athlete.unit_system = "imperial"
    cast.carl.athlete.save()
    assert "10.0 mi" in read_card(cast.carl, cast.ada)


def test_on_sunday_tomorrow_is_the_next_week(cast: Cast, clock):
    create_session(cast.ada, get_day(5), title="Next")
    clock.move_to(NOON + timedelta(days=4))
    assert "Next" in read_days(read_card(cast.ada, cast.ada))["Tomorrow"]


def test_the_head_counts_down_to_the_race_and_shows_each_day_of_the_week(cast: Cast):
    create_race(cast.ada, 20)
    create_absence(cast.ada, 0, 0)
    create_session(cast.ada, get_day(-1), title="Hills", zone=3)
    create_session(cast.ada, get_day(1), title="Easy", zone=1)
    bump_data_version(cast.ada)
    text = PageClient(cast.ada).read("/home")
    head = text.split('class="athlete-head"')[1].split("</header>")[0]
    assert "City run" in head
    assert ">in 20 days<" in head
    assert re.findall(r'title="(\w+: [^"]*)"', head) == [
        "Monday: nothing planned",
        "Tuesday: missed",
        "Wednesday: ill",
        "Thursday: planned",
        "Friday: nothing planned",
        "Saturday: nothing planned",
        "Sunday: nothing planned",
    ]
    assert ">Ill<" in read_days(read_card(cast.ada, cast.ada))["Today"]


def test_unplanned_activities_are_there_once(cast: Cast):
    create_session(cast.ada, get_day(0), title="Easy")
    create_run(cast.ada, NOON - timedelta(hours=3), name="Planned run", duration_s=3_600.0)
    create_run(cast.ada, NOON - timedelta(hours=1), name="Errand", duration_s=600.0, distance_m=2_000.0)
    today = read_days(read_card(cast.ada, cast.ada))["Today"]
    assert (today.count("Planned run"), today.count("Errand")) == (1, 1)
    assert "Also done: <a" in today


def test_week_without_anything_says_so(cast: Cast):
    assert "Nothing is planned this week." in read_card(cast.ada, cast.ada)


def test_withheld_plans_have_no_card_and_withheld_activities_no_outcome(cast: Cast):
    create_session(cast.ada, get_day(-1), title="Tempo")
    create_run(cast.ada, NOON - timedelta(days=1), name="Secret run")
    change_consent(cast.ada.athlete, cast.harbour, {Category.ACTIVITIES: False}, NOON)
    card = read_card(cast.carl, cast.ada)
    assert "Tempo" in card
    assert "Secret run" not in card
    assert ">done<" not in card
    change_consent(cast.ada.athlete, cast.harbour, {Category.GOALS_AND_PLANS: False}, NOON)
    assert read_card(cast.carl, cast.ada) == ""
    assert "Secret run" in read_card(cast.ada, cast.ada)


def test_number_of_statements_does_not_depend_on_the_number_of_sessions(cast: Cast):
    counts = []
    for sessions in (1, 3, 6):
        for place in range(sessions):
            create_session(cast.ada, get_day(place % 4), position=place, steps=[{"duration": 60, "zone": 4}])
        bump_data_version(cast.ada)
        counts.append(count_statements(cast.ada, "/home"))
    assert len(set(counts)) == 1
    assert CalendarSession.objects.count() == 10
