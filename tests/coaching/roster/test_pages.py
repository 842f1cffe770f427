"""The roster page: the attention queue, the table, filters, order and pagination."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from astral.ids import encode, new_id
from athletes.models import Athlete, Group, Membership, User
from athletes.organizations.consent import change_consent
from athletes.roles import Role
from coaching.assessments.acknowledgements import acknowledge_signals
from coaching.assessments.current import current_assessments
from coaching.models import Assessment
from metrics.models import HealthDay
from tests.coaching.plan_fixtures import (
    TODAY,
    build_signal,
    bump_data_version,
    create_absence,
    create_race,
    get_day,
)
from tests.coaching.roster.roster_fixtures import (
    INFO,
    PRAISE,
    URGENT,
    WARNING,
    browser,
    create_runs,
    cut_between,
    download_table,
    get_page,
    list_queue_names,
    list_table_names,
    set_signals,
)
from tests.coaching.training_fixtures import add_to_training_group, create_training
from tests.support.cast import NOON, Cast, create_member, create_person, create_run

# Session, user, athlete, clubs, club; groups, coaches, labels; six for the roster; weeks, absences;
# two for comments; saved views.
PAGE_SQL = 19


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


# The content


def test_page_summarizes_the_counts_and_lists_the_queue_by_urgency(cast: Cast):
    set_signals(cast.ada, WARNING)
    set_signals(cast.ben, URGENT, INFO, PRAISE)
    add_to_training_group(cast.ada, cast.harbour)
    text = get_page(cast.carl)
    summary = re.sub(r"<[^>]*>", "", cut_between(text, 'class="roster-summary">', "</p>"))
    assert (
        " ".join(summary.split())
        == "2 need attention: 1 urgent, 1 to watch · 2 without recent data · 2 active · 1 in no group"
    )
    assert list_queue_names(text) == ["Ben", "Ada"]
    queue = cut_between(text, 'class="card attention-queue"', "</section>")
    assert "Resting heart rate is 10 bpm above." in queue
    assert '<time class="muted" datetime="2026-06-09" title="Tue 9 Jun 2026">since Tue 9 Jun</time>' in queue
    assert "Fitness rises fast." in queue
    assert "A record." not in queue
    assert [word for word in ("Urgent", "Watch") if f">{word}</span>" in queue] == ["Urgent", "Watch"]


def test_row_explains_its_priority(cast: Cast):
    create_race(cast.ada, 7, priority="A")
    set_signals(
        cast.ada, *[WARNING | {"code": code} for code in ("LOAD_JUMP", "SLEEP_LOW", "HRV_LOW")], INFO, PRAISE
    )
    set_signals(cast.ben, URGENT)
    Assessment.objects.filter(pk=cast.ada.pk).update(priority=73.4)
    text = get_page(cast.carl)
    assert list_queue_names(text) == list_table_names(text) == ["Ada", "Ben"]
    assert text.count("priority 73 · 4 signals · A race in 7 days") == 2  # in the queue and on the row
    assert text.count("priority 60 · 1 signal") == 2
    assert "Most urgent first. Priority (0–100) adds up all signals and rises before an A race." in text
    assert "priority 73" not in cut_between(get_page(cast.carl, "?sort=name"), "<tbody>", "</tbody>")


def test_absences_are_shown_unless_they_are_withheld(cast: Cast):
    for user in (cast.ada, cast.ben):
        create_absence(user, -2, None)
        set_signals(user, WARNING)
    change_consent(cast.ben.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    absence = "Ill since 8 Jun, end open"
    text = get_page(cast.carl)
    assert text.count(absence) == 2  # Ada's, in the queue and on her row
    assert [row["Away"] for row in download_table(cast.carl)[1]] == [absence, ""]


def test_queue_omits_athletes_without_signals(cast: Cast):
    create_runs(cast.ada, cast.ben)
    set_signals(cast.ada, INFO)
    set_signals(cast.ben)
    text = get_page(cast.carl)
    assert "No athlete needs attention" in text
    assert "All calm" in text
    assert list_queue_names(text) == []
    assert list_table_names(text) == ["Ada", "Ben"]


def test_athletes_without_recent_data_are_not_called_calm(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=28))
    for user in (cast.ada, cast.ben):
        set_signals(user)
    text = get_page(cast.carl)
    assert "2 without recent data" in text
    assert "2 athletes</a> have no activity of the last four weeks and no current readings." in text
    assert "calm" not in text
    assert "needs attention today" not in text
    create_run(cast.ada, NOON - timedelta(days=27))
    HealthDay.objects.create(athlete=cast.ben.athlete, date=TODAY, source="garmin", resting_hr_bpm=50.0)
    for user in (cast.ada, cast.ben):
        bump_data_version(user)
        set_signals(user)
    assert "All calm" in get_page(cast.carl)


def test_data_that_is_not_shared_is_no_recent_data(cast: Cast):
    create_runs(cast.ada, cast.ben)
    change_consent(cast.ben.athlete, cast.harbour, {"activities": False}, NOON)
    text = get_page(cast.carl)
    assert "1 athlete</a> has no activity" in text
    assert "No other athlete needs attention today." in text
    assert "All calm" not in text


def test_row_shows_week_load_hrv_plan_and_race(cast: Cast):
    create_training(cast.ada, cast.harbour)
    Membership.objects.filter(user=cast.ada).update(labels=["marathon"])
    row = cut_between(get_page(cast.carl, "?search=ada"), "<tbody>", "</tbody>")
    words = " ".join(re.sub(r"<[^>]*>", " ", row).split())
    phrases = (
        "Milers · Carl marathon", "today 10.0 km run", "30 km (70) 180 (420)", "week 1 of 4",
        "3 of 7 sessions, 83 %", "in 20 days A Valencia", "53 ms",
    )  # fmt: skip
    assert [phrase for phrase in phrases if phrase not in words] == []
    assert 'aria-label="HRV of 7 days 53 ms, normal 51 to 55 ms"' in row


def test_distances_are_in_the_units_of_the_viewer(cast: Cast):
    create_training(cast.ada, cast.harbour)
    Athlete.objects.filter(pk=cast.carl.pk).update(unit_system="imperial")
    assert "19 mi (43)" in get_page(cast.carl)


def test_average_week_of_a_short_history_is_scaled_to_seven_days(cast: Cast):
    for back in range(11):
        create_run(cast.ada, NOON - timedelta(days=back), training_load=60.0)
    create_run(cast.ada, NOON, activity_type="bike", distance_m=40_000.0)
    create_run(cast.ada, NOON + timedelta(days=1))
    Athlete.objects.filter(pk=cast.ada.pk).bump_version()
    assert "30 km (70)<" in get_page(cast.carl)


@pytest.mark.parametrize(
    ("category", "hidden_cells", "visible_text"),
    [("activities", 4, "53 ms"), ("health", 2, "30 km (70)"), ("goals_and_plans", 2, "30 km (70)")],
)
def test_withheld_data_is_shown_as_not_shared(
    cast: Cast, category: str, hidden_cells: int, visible_text: str
):
    create_training(cast.ada, cast.harbour)
    change_consent(cast.ada.athlete, cast.harbour, {category: False}, NOON)
    row = cut_between(get_page(cast.carl, "?search=ada"), "<tbody>", "</tbody>")
    assert row.count(">not shared</td>") == hidden_cells
    assert f"Ada does not share {category.split('_')[0]}" in row
    assert visible_text in row


def test_page_escapes_names(cast: Cast):
    User.objects.filter(pk=cast.ada.pk).update(display_name="<script>alert(1)</script> עדה 🏃")
    page = browser(cast.carl).get("/coach/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; עדה 🏃" in page


# Filters, order and pagination


def test_filters_apply_to_the_table_and_the_queue(cast: Cast):
    for user in (cast.ada, cast.ben):
        set_signals(user, WARNING)
    milers = add_to_training_group(cast.ada, cast.harbour)
    Membership.objects.filter(user=cast.ben).update(labels=["marathon"])
    names_by_query = {
        "my_athletes=1": ["Ada"], f"group_id={milers.public_id}": ["Ada"], "unassigned_only=1": ["Ben"],
        "label=marathon": ["Ben"], "search=be": ["Ben"], "search=&label=&group_id=": ["Ada", "Ben"],
        "sort=-name": ["Ben", "Ada"], f"org_id={cast.harbour.public_id}": ["Ada", "Ben"],
    }  # fmt: skip
    for query, expected in names_by_query.items():
        text = get_page(cast.carl, f"?{query}")
        assert (list_table_names(text), sorted(list_queue_names(text))) == (expected, sorted(expected)), query


def test_links_keep_the_filters_and_drop_the_page(cast: Cast):
    text = get_page(cast.carl, "?search=a&page_size=1&page=1&sort=name")
    assert 'href="/coach/?search=a&page_size=1&sort=name&my_athletes=1"' in text
    assert 'href="/coach/roster.csv?search=a&sort=name"' in text


def test_only_the_first_page_shows_the_queue(cast: Cast):
    set_signals(cast.ada, WARNING)
    first, second = (get_page(cast.carl, f"?page_size=1&page={page}") for page in (1, 2))
    assert (
        list_table_names(first),
        list_queue_names(first),
        list_table_names(second),
        list_queue_names(second),
    ) == (["Ada"], ["Ada"], ["Ben"], [])
    assert 'rel="next" href="/coach/?page_size=1&page=2"' in first
    assert 'rel="prev" href="/coach/?page_size=1&page=1"' in second
    assert "There is no page 3" in get_page(cast.carl, "?page_size=1&page=3")


def test_queue_shows_ten_athletes_until_all_are_requested(cast: Cast):
    for number in range(12):
        user = create_person(f"runner{number:02}")
        create_member(user, cast.harbour)
        set_signals(user, WARNING)
    text = get_page(cast.carl, "?sort=name")
    assert len(list_queue_names(text)) == 10
    assert 'href="/coach/?sort=name&queue=all">All 12</a>' in text
    assert len(list_queue_names(get_page(cast.carl, "?queue=all"))) == 12


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("sort=priority", "sort: "), ("page=0", "page: "), ("my_athletes=yes", "my_athletes: "),
        ("org_id=x", "org_id: "), ("label=a&label=b", "label: "),
        ("who=me", "There is no parameter or field “who” here"),
    ],
)  # fmt: skip
def test_invalid_query_shows_a_page_with_the_error(cast: Cast, query: str, message: str):
    assert f"<p>{message}" in get_page(cast.carl, f"?{query}", 400)


def test_foreign_groups_and_clubs_are_refused_with_403(cast: Cast):
    foreign_group = Group.objects.create(organization=cast.hill, name="Theirs")
    for path in ("/coach/", "/coach/roster.csv"):
        refused = [
            browser(cast.carl).get(f"{path}?{query}")
            for query in (
                f"org_id={cast.hill.public_id}",
                f"group_id={foreign_group.public_id}",
                f"group_id={encode('grp', new_id())}",
            )
        ]
        assert [answer.status_code for answer in refused] == [403] * 3


def test_empty_search_offers_all_athletes_and_empty_roster_offers_invitations(cast: Cast):
    assert 'href="/coach/">Show all athletes</a>' in get_page(cast.carl, "?search=nobody")
    Membership.objects.filter(role=Role.ATHLETE).delete()
    link = f'href="/coach/club?org_id={cast.harbour.public_id}#invite-link">Invite athletes</a>'
    assert link not in get_page(cast.carl)
    assert link in get_page(cast.hanna)


def test_summary_of_an_empty_search_counts_all_athletes(cast: Cast):
    summary = cut_between(get_page(cast.carl, "?search=nobody"), 'class="roster-summary">', "</p>")
    assert " ".join(re.sub(r"<[^>]*>", "", summary).split()) == "0 of 2 athletes match (show all)"
    assert 'href="/coach/">show all</a>' in summary
    assert "1 of 2 athletes</a> match" in get_page(cast.carl, "?search=ada")


def test_coach_of_several_clubs_chooses_the_club_by_address(cast: Cast):
    create_member(cast.carl, cast.hill, Role.COACH)
    text = get_page(cast.carl, f"?org_id={cast.hill.public_id}")
    assert list_table_names(text) == ["Zoe"]
    assert f'<input type="hidden" name="org_id" value="{cast.hill.public_id}">' in text
    assert f'href="?org_id={cast.harbour.public_id}"' in text


# Numbers of statements


@pytest.mark.parametrize("athletes", [1, 50])
def test_page_takes_the_same_statements_at_any_size(
    cast: Cast, django_assert_num_queries: Any, athletes: int
):
    Membership.objects.filter(user=cast.ben).delete()
    users = [cast.ada, *(create_person(f"runner{number}") for number in range(athletes - 1))]
    for user in users:
        Membership.objects.get_or_create(user=user, organization=cast.harbour)
        create_run(user, training_load=50.0)
        HealthDay.objects.create(athlete=user.athlete, date=get_day(0), source="x", hrv_rmssd_ms=50.0)
        create_race(user, 10)
        add_to_training_group(user, cast.harbour)
    current_assessments([user.pk for user in users], NOON)
    client = browser(cast.carl)
    client.get("/coach/")  # the first request stores the club in the session
    with django_assert_num_queries(PAGE_SQL):
        client.get("/coach/")
    with django_assert_num_queries(PAGE_SQL + 6):  # another order: the queue is not the top of the table
        client.get("/coach/?sort=name")


def test_acknowledged_signal_adds_no_statement(cast: Cast, django_assert_num_queries: Any):
    set_signals(cast.ada, WARNING)
    acknowledge_signals(cast.ada.athlete, [cast.harbour.pk], cast.carl, [build_signal(**WARNING)], NOON, 3)
    current_assessments([cast.ada.pk, cast.ben.pk], NOON)
    client = browser(cast.carl)
    client.get("/coach/")
    with django_assert_num_queries(PAGE_SQL):
        client.get("/coach/")
