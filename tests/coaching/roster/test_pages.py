"""The roster page: who needs attention and why, then everybody; filters, selection and download."""

from __future__ import annotations

import csv
import html
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.test import Client

from astral.ids import encode, new_id
from athletes.models import Athlete, Group, Membership, User
from athletes.organizations.consent import change_consent
from athletes.roles import Role
from coaching.assessments.acknowledgements import acknowledge_signal
from coaching.assessments.current import current_assessments
from coaching.models import Acknowledgement, Assessment
from metrics.models import HealthDay
from tests.coaching.plan_fixtures import create_absence, create_race, get_day
from tests.coaching.training_fixtures import add_to_training_group, create_training
from tests.support.cast import NOON, Cast, create_member, create_person, create_run
from tests.support.compare_pages import collapse_white_space

URGENT = {
    "code": "POSSIBLE_ILLNESS", "domain": "recovery", "severity": "critical", "since": "2026-06-09",
    "message": "Resting heart rate is 10 bpm above.", "evidence": {"value": 10.0}, "confidence": 1.0,
}  # fmt: skip
WARNING = URGENT | {"code": "LOAD_JUMP", "domain": "load", "severity": "warning", "message": "Load is 845."}
INFO = URGENT | {"code": "RAMP_HIGH", "domain": "load", "severity": "info", "message": "Fitness rises fast."}
PRAISE = URGENT | {"code": "NEW_PB", "domain": "positive", "severity": "positive", "message": "A record."}
PRIORITY = {"critical": 60.0, "warning": 25.0, "info": 8.0, "positive": 0.0}
PAGE_SQL = (
    16  # session, person, athlete, clubs, club; groups, coaches, labels; six of the roster; weeks, absences
)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def look(user: User, query: str = "", status: int = 200) -> str:
    """The page as text, without the spaces of its markup."""
    answer = browser(user).get(f"/coach/{query}")
    assert answer.status_code == status, answer.content
    return html.unescape(collapse_white_space(answer.content.decode()))


def part(text: str, begin: str, end: str) -> str:
    return text.split(begin, 1)[1].split(end, 1)[0]


def names(text: str) -> list[str]:
    """Of the table, in its order."""
    return re.findall(r'<th scope="row"><a [^>]*><bdi>([^<]*)</bdi>', text)


def queued(text: str) -> list[str]:
    return re.findall(r"<h3><a [^>]*><bdi>([^<]*)</bdi>", text)


def stands(user: User, *signals: dict[str, Any]) -> None:
    """As if judged so."""
    current_assessments([user.pk], NOON)
    counts = {
        name: sum(one["severity"] == name for one in signals) for name in ("critical", "warning", "info")
    }
    priority = max((PRIORITY[one["severity"]] for one in signals), default=0.0)
    Assessment.objects.filter(pk=user.pk).update(signals=list(signals), priority=priority, **counts)


# What it tells


def test_it_says_in_words_how_many_need_attention_and_who_first(cast: Cast):
    stands(cast.ada, WARNING)
    stands(cast.ben, URGENT, INFO, PRAISE)
    add_to_training_group(cast.ada, cast.harbour)
    text = look(cast.carl)
    summary = re.sub(r"<[^>]*>", "", part(text, 'class="roster-summary">', "</p>"))
    assert summary.strip() == "2 need attention: 1 urgent, 1 to watch · 2 active · 1 in no group"
    assert queued(text) == ["Ben", "Ada"]
    queue = part(text, 'class="card attention-queue"', "</section>")
    assert "Resting heart rate is 10 bpm above." in queue
    assert '<time class="muted" datetime="2026-06-09" title="Tue 9 Jun 2026">since Tue 9 Jun</time>' in queue
    assert "Fitness rises fast." in queue
    assert "A record." not in queue
    assert [word for word in ("Urgent", "Watch") if f">{word}</span>" in queue] == ["Urgent", "Watch"]


def test_what_stands_above_a_graver_signal_says_why(cast: Cast):
    create_race(cast.ada, 7, priority="A")
    stands(
        cast.ada, *[WARNING | {"code": code} for code in ("LOAD_JUMP", "SLEEP_LOW", "HRV_LOW")], INFO, PRAISE
    )
    stands(cast.ben, URGENT)
    Assessment.objects.filter(pk=cast.ada.pk).update(priority=73.4)
    text = look(cast.carl)
    assert queued(text) == names(text) == ["Ada", "Ben"]
    assert text.count("priority 73 · 4 signals · A race in 7 days<") == 2  # in the queue and on the row
    assert text.count("priority 60 · 1 signal<") == 2
    assert "Most urgent first. Priority (0–100) adds up all signals and rises before an A race." in text
    assert "priority 73" not in part(look(cast.carl, "?sort=name"), "<tbody>", "</tbody>")


def test_who_is_away_is_said_to_be_unless_they_do_not_share_it(cast: Cast):
    for user in (cast.ada, cast.ben):
        create_absence(user, -2, None)
        stands(user, WARNING)
    change_consent(cast.ben.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    words = "Ill since 8 Jun, end open"
    text = look(cast.carl)
    assert text.count(words) == 2  # Ada's, in the queue and on her row
    assert [row["Away"] for row in table(cast.carl)[1]] == [words, ""]


def test_queue_omits_athletes_without_signals(cast: Cast):
    stands(cast.ada, INFO)
    stands(cast.ben)
    text = look(cast.carl)
    assert "No athlete needs attention" in text
    assert queued(text) == []
    assert names(text) == ["Ada", "Ben"]


def test_a_row_tells_week_form_readings_plan_and_race(cast: Cast):
    create_training(cast.ada, cast.harbour)
    Membership.objects.filter(user=cast.ada).update(labels=["marathon"])
    row = part(look(cast.carl, "?search=ada"), "<tbody>", "</tbody>")
    words = " ".join(re.sub(r"<[^>]*>", " ", row).split())
    told = (
        "Milers · Carl marathon", "today 10.0 km run", "30 km (70) load 180 (420)", "week 1 of 4",
        "3 of 7 sessions, 83 %", "in 20 days A Valencia", "53 ms",
    )  # fmt: skip
    assert [one for one in told if one not in words] == []
    assert 'aria-label="HRV of 7 days 53 ms, normal 51 to 55 ms"' in row


def test_distances_are_in_the_units_of_the_viewer(cast: Cast):
    create_training(cast.ada, cast.harbour)
    Athlete.objects.filter(pk=cast.carl.pk).update(unit_system="imperial")
    assert "19 mi (43)" in look(cast.carl)


def test_the_usual_week_of_a_short_history_counts_for_what_it_is(cast: Cast):
    for back in range(11):
        create_run(cast.ada, NOON - timedelta(days=back), training_load=60.0)
    create_run(cast.ada, NOON, activity_type="bike", distance_m=40_000.0)
    create_run(cast.ada, NOON + timedelta(days=1))
    Athlete.objects.filter(pk=cast.ada.pk).bump_version()
    assert "30 km (70) <" in look(cast.carl)


@pytest.mark.parametrize(
    ("category", "hidden", "shown"),
    [("activities", 3, "53 ms"), ("health", 2, "30 km (70)"), ("goals_and_plans", 2, "30 km (70)")],
)
def test_what_is_withheld_is_called_not_shared_and_never_a_number(
    cast: Cast, category: str, hidden: int, shown: str
):
    create_training(cast.ada, cast.harbour)
    change_consent(cast.ada.athlete, cast.harbour, {category: False}, NOON)
    row = part(look(cast.carl, "?search=ada"), "<tbody>", "</tbody>")
    assert row.count(">not shared</td>") == hidden
    assert f"Ada does not share {category.split('_')[0]}" in row
    assert shown in row


def test_page_escapes_names(cast: Cast):
    User.objects.filter(pk=cast.ada.pk).update(display_name="<script>alert(1)</script> עדה 🏃")
    page = browser(cast.carl).get("/coach/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; עדה 🏃" in page


# Filters, order and pages


def test_every_filter_is_in_the_address_and_holds_for_the_queue_too(cast: Cast):
    for user in (cast.ada, cast.ben):
        stands(user, WARNING)
    milers = add_to_training_group(cast.ada, cast.harbour)
    Membership.objects.filter(user=cast.ben).update(labels=["marathon"])
    asked = {
        "my_athletes=1": ["Ada"], f"group_id={milers.public_id}": ["Ada"], "unassigned_only=1": ["Ben"],
        "label=marathon": ["Ben"], "search=be": ["Ben"], "search=&label=&group_id=": ["Ada", "Ben"],
        "sort=-name": ["Ben", "Ada"], f"org_id={cast.harbour.public_id}": ["Ada", "Ben"],
    }  # fmt: skip
    for query, expected in asked.items():
        text = look(cast.carl, f"?{query}")
        assert (names(text), sorted(queued(text))) == (expected, sorted(expected)), query


def test_links_keep_what_is_filtered_and_begin_at_the_first_page(cast: Cast):
    text = look(cast.carl, "?search=a&page_size=1&page=1&sort=name")
    assert 'href="/coach/?search=a&page_size=1&sort=name&my_athletes=1"' in text
    assert 'href="/coach/roster.csv?search=a&sort=name"' in text


def test_pages_follow_each_other_and_only_the_first_has_the_queue(cast: Cast):
    stands(cast.ada, WARNING)
    first, second = (look(cast.carl, f"?page_size=1&page={page}") for page in (1, 2))
    assert (names(first), queued(first), names(second), queued(second)) == (["Ada"], ["Ada"], ["Ben"], [])
    assert 'rel="next" href="/coach/?page_size=1&page=2"' in first
    assert 'rel="prev" href="/coach/?page_size=1&page=1"' in second
    assert "There is no page 3" in look(cast.carl, "?page_size=1&page=3")


def test_the_queue_is_short_until_all_of_it_is_asked_for(cast: Cast):
    for number in range(12):
        user = create_person(f"runner{number:02}")
        create_member(user, cast.harbour)
        stands(user, WARNING)
    text = look(cast.carl, "?sort=name")
    assert len(queued(text)) == 10
    assert 'href="/coach/?sort=name&queue=all">All 12</a>' in text
    assert len(queued(look(cast.carl, "?queue=all"))) == 12


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("sort=priority", "sort: "), ("page=0", "page: "), ("my_athletes=yes", "my_athletes: "),
        ("org_id=x", "org_id: "), ("label=a&label=b", "label: "),
        ("who=me", "There is no parameter or field “who” here"),
    ],
)  # fmt: skip
def test_nonsense_is_a_page_that_says_what_is_wrong(cast: Cast, query: str, said: str):
    assert f"<p>{said}" in look(cast.carl, f"?{query}", 400)


def test_groups_and_clubs_of_others_are_refused_alike(cast: Cast):
    theirs = Group.objects.create(organization=cast.hill, name="Theirs")
    for path in ("/coach/", "/coach/roster.csv"):
        refused = [
            browser(cast.carl).get(f"{path}?{query}")
            for query in (
                f"org_id={cast.hill.public_id}",
                f"group_id={theirs.public_id}",
                f"group_id={encode('grp', new_id())}",
            )
        ]
        assert [answer.status_code for answer in refused] == [403] * 3


def test_an_empty_roster_says_how_athletes_come_in_and_an_empty_answer_how_to_get_out(cast: Cast):
    assert 'href="/coach/">Show all athletes</a>' in look(cast.carl, "?search=nobody")
    Membership.objects.filter(role=Role.ATHLETE).delete()
    assert f'href="/coach/club?org_id={cast.harbour.public_id}">Invite athletes</a>' not in look(cast.carl)
    assert f'href="/coach/club?org_id={cast.harbour.public_id}">Invite athletes</a>' in look(cast.hanna)


def test_a_search_without_a_hit_does_not_call_the_club_empty(cast: Cast):
    summary = part(look(cast.carl, "?search=nobody"), 'class="roster-summary">', "</p>")
    assert " ".join(re.sub(r"<[^>]*>", "", summary).split()) == "0 of 2 athletes match (show all)"
    assert 'href="/coach/">show all</a>' in summary
    assert "1 of 2 athletes</a> match" in look(cast.carl, "?search=ada")


def test_who_coaches_in_several_clubs_chooses_and_the_address_says_which(cast: Cast):
    create_member(cast.carl, cast.hill, Role.COACH)
    text = look(cast.carl, f"?org_id={cast.hill.public_id}")
    assert names(text) == ["Zoe"]
    assert f'<input type="hidden" name="org_id" value="{cast.hill.public_id}">' in text
    assert f'href="?org_id={cast.harbour.public_id}"' in text


# Acknowledging


def acknowledging(user: User, of: User, verb: str = "acknowledge", **fields: Any) -> Any:
    return browser(user).post(
        f"/coach/athletes/{of.public_id}/signals/{WARNING['code']}/{verb}", fields, follow=True
    )


def test_a_signal_is_acknowledged_in_place_and_taken_back(cast: Cast):
    stands(cast.ada, WARNING)
    answer = acknowledging(cast.asha, cast.ada, days=2, next="/coach/?search=a")
    assert answer.redirect_chain == [("/coach/?search=a", 302)]
    one = Acknowledgement.objects.get()
    assert (one.coach, one.organization, one.until) == (cast.asha, cast.harbour, get_day(2))
    stands(cast.ada, WARNING)
    text = look(cast.carl)
    assert "Muted until Fri 12 Jun 2026 for Ada: Load is 845." in html.unescape(answer.content.decode())
    assert "No athlete needs attention" in text
    assert "Acknowledged (1)" in text
    assert "/LOAD_JUMP/take-back" in text
    acknowledging(cast.carl, cast.ada, "take-back")
    assert not Acknowledgement.objects.exists()


@pytest.mark.parametrize("query", ["", "?sort=name"])
def test_what_is_acknowledged_can_be_taken_back_while_something_else_is_waiting(cast: Cast, query: str):
    for user in (cast.ada, cast.ben):
        stands(user, WARNING, INFO)
    acknowledge_signal(cast.ada.athlete, [cast.harbour.pk], cast.carl, INFO, get_day(0), 3)
    stands(cast.ada, WARNING, INFO)
    text = look(cast.carl, query)
    waiting, seen = part(text, 'class="queue-list waiting"', "</ol>"), part(text, "<details", "</details>")
    assert (queued(waiting), queued(seen)) == (["Ada", "Ben"], ["Ada"])
    assert waiting.count("RAMP_HIGH/acknowledge") == 1
    assert "RAMP_HIGH/take-back" in seen


def test_acknowledge_page_shows_an_error_for_an_inactive_signal(cast: Cast):
    stands(cast.ada)
    assert "This signal is not active today." in acknowledging(cast.carl, cast.ada, days=1).content.decode()


@pytest.mark.parametrize("fields", [{"days": 8}, {"days": 0}, {}, {"days": 1, "for": 2}])
def test_days_are_one_to_seven(cast: Cast, fields: dict[str, Any]):
    stands(cast.ada, WARNING)
    assert acknowledging(cast.carl, cast.ada, **fields).status_code == 400
    assert not Acknowledgement.objects.exists()


def test_redirect_rejects_foreign_urls(cast: Cast):
    answer = acknowledging(cast.carl, cast.ada, days=1, next="https://elsewhere.example/")
    assert answer.redirect_chain == [("/coach/", 302)]


# Selection


def changing(user: User, what: str, *athletes: User, do: str = "add", **fields: Any) -> Any:
    chosen = [one.public_id for one in athletes]
    sent = {"athletes": chosen, "do": do, "next": "/coach/?sort=name"} | fields
    return browser(user).post(f"/coach/selection/{what}", sent, follow=True)


def told(answer: Any) -> str:
    return html.unescape(part(answer.content.decode(), 'role="status">', "</p>"))


def test_a_group_is_given_and_taken_away(cast: Cast):
    milers = add_to_training_group(cast.ada, cast.harbour)
    both = (cast.ada, cast.ben)
    answer = changing(cast.carl, "group", *both, group_id=milers.public_id, label="", coach_id="")
    assert told(answer) == "1 athlete added to Milers; 1 was there already."
    assert answer.redirect_chain == [("/coach/?sort=name", 302)]
    assert milers.members.count() == 2
    assert (
        told(changing(cast.carl, "group", *both, do="take-away", group_id=milers.public_id))
        == "2 athletes removed from Milers."
    )
    assert milers.members.count() == 0


def test_a_label_is_given_and_taken_away_and_no_other_is_touched(cast: Cast):
    Membership.objects.filter(user=cast.ada).update(labels=["fast", "trail"])
    both = (cast.ada, cast.ben)
    assert told(changing(cast.asha, "label", *both, label="fast")) == (
        "1 athlete labelled “fast”; 1 was already labelled."
    )
    assert (
        told(changing(cast.asha, "label", cast.ada, label="fast", do="take-away"))
        == "1 athlete no longer labelled “fast”."
    )
    labels = Membership.objects.filter(user__in=both).order_by("user").values_list("labels", flat=True)
    assert list(labels) == [["trail"], ["fast"]]


def test_a_coach_is_assigned_by_the_head_coach_alone(cast: Cast):
    both = (cast.ada, cast.ben)
    assigned = Membership.objects.filter(organization=cast.harbour, assigned_coach=cast.carl)
    answer = changing(cast.hanna, "coach", *both, coach_id=cast.carl.public_id)
    assert told(answer) == "1 athlete assigned to Carl; 1 was already assigned."
    assert assigned.count() == 2
    assert changing(cast.carl, "coach", *both, do="take-away").status_code == 403
    assert assigned.count() == 2
    assert told(changing(cast.hanna, "coach", *both, do="take-away")) == "2 athletes now without a coach."
    assert assigned.count() == 0
    assert changing(cast.hanna, "coach", cast.ada, coach_id=cast.zora.public_id).status_code == 400


def test_bulk_action_changes_all_athletes_or_none(cast: Cast):
    Membership.objects.filter(user=cast.ben).update(labels=[f"label {number}" for number in range(20)])
    for other in (cast.zoe, cast.lea, cast.sam, cast.carl):
        assert changing(cast.carl, "label", cast.ada, other, label="x").status_code == 403
    assert changing(cast.carl, "label", cast.ada, cast.ben, label="x").status_code == 400
    assert not Membership.objects.filter(labels__contains=["x"]).exists()


def test_an_assistant_coach_arranges_for_the_athletes_assigned_to_her(cast: Cast):
    milers = Group.objects.create(organization=cast.harbour, name="Milers")
    Membership.objects.filter(user=cast.ada).update(assigned_coach=cast.asha)
    assert changing(cast.asha, "group", cast.ada, cast.ben, group_id=milers.public_id).status_code == 403
    assert (
        told(changing(cast.asha, "group", cast.ada, group_id=milers.public_id))
        == "1 athlete added to Milers."
    )
    theirs = Group.objects.create(organization=cast.hill, name="Theirs")
    assert changing(cast.asha, "group", cast.ada, group_id=theirs.public_id).status_code == 403


def test_bulk_action_names_the_missing_field(cast: Cast):
    assert told(changing(cast.carl, "label", label="x")) == "Choose at least one athlete."
    assert told(changing(cast.carl, "label", cast.ada)) == "Write a label."
    assert told(changing(cast.carl, "group", cast.ada)) == "Choose a group."
    assert told(changing(cast.hanna, "coach", cast.ada)) == "Choose a coach."


def test_roster_page_shows_only_permitted_controls(cast: Cast):
    add_to_training_group(cast.ada, cast.harbour)
    buttons = ("label</span></button>", "to group</span></button>", "Assign<span")
    shown = {
        user.username: [b for b in buttons if b in look(user)] for user in (cast.hanna, cast.carl, cast.asha)
    }
    assert shown == {"hanna": list(buttons), "carl": list(buttons[:2]), "asha": list(buttons[:2])}
    assert "only athletes assigned to you" in look(cast.asha)


# Download


def table(user: User, query: str = "") -> tuple[Any, list[dict[str, str]]]:
    answer: Any = browser(user).get(f"/coach/roster.csv{query}")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    assert text[0] == "\ufeff"
    return answer, list(csv.DictReader(StringIO(text[1:])))


def test_the_whole_filtered_roster_is_downloaded_with_units_in_its_header(cast: Cast):
    create_training(cast.ada, cast.harbour)
    answer, rows = table(cast.carl, "?page_size=1&page=2&sort=name")
    assert (
        answer.headers["Content-Disposition"]
        == 'attachment; filename="roster-harbour-runners-2026-06-10.csv"'
    )
    assert [row["Name"] for row in rows] == ["Ada", "Ben"]
    ada = rows[0]
    assert (ada["Coach"], ada["Groups"], ada["Last activity (date)"]) == ("Carl", "Milers", "2026-06-10")
    assert (ada["Distance since Monday (km)"], ada["Four-week average distance (km per week)"]) == (
        "30.0",
        "70.0",
    )
    assert (ada["Plan week"], ada["Next race (date)"]) == ("1", "2026-06-30")
    assert [row["Name"] for row in table(cast.carl, "?my_athletes=1")[1]] == ["Ada"]


def test_what_is_withheld_is_empty_in_the_download(cast: Cast):
    create_training(cast.ada, cast.harbour)
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False, "goals_and_plans": False}, NOON)
    (ada,) = table(cast.carl, "?search=ada")[1]
    empty = [
        name for name in ada if re.match("Last|Distance|Four|Load|Fitness|Fatigue|Form|Plan|Next|Compl", name)
    ]
    assert len(empty) == 16
    assert {name: ada[name] for name in empty if ada[name]} == {}
    assert ada["Not shared"] == "activities, goals_and_plans"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1+1"])
def test_no_cell_is_a_formula(cast: Cast, name: str):
    User.objects.filter(pk=cast.ada.pk).update(display_name=name)
    assert f"'{name}" in [row["Name"] for row in table(cast.carl)[1]]


# What it costs


@pytest.mark.parametrize("athletes", [1, 50])
def test_a_page_takes_as_many_statements_whatever_its_size(
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
    client.get("/coach/")  # remembers the club
    with django_assert_num_queries(PAGE_SQL):
        client.get("/coach/")
    with django_assert_num_queries(PAGE_SQL + 6):  # the queue is not the table's beginning
        client.get("/coach/?sort=name")


def test_an_acknowledged_signal_costs_the_page_nothing(cast: Cast, django_assert_num_queries: Any):
    stands(cast.ada, WARNING)
    acknowledge_signal(cast.ada.athlete, [cast.harbour.pk], cast.carl, WARNING, get_day(0), 3)
    current_assessments([cast.ada.pk, cast.ben.pk], NOON)
    client = browser(cast.carl)
    client.get("/coach/")
    with django_assert_num_queries(PAGE_SQL):
        client.get("/coach/")
