"""The athlete's page, for a coach and for the athlete."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from astral.ids import encode, new_id
from athletes.models import Membership, User
from athletes.organizations.consent import change_consent
from athletes.roles import Role
from coaching.assessments.current import current_assessments
from coaching.models import Acknowledgement, Assessment
from metrics.models import HealthDay
from tests.coaching.plan_fixtures import (
    TODAY,
    bump_data_version,
    create_absence,
    create_race,
    create_test_plan,
    follow_plan,
    get_day,
    list_daily_sessions,
)
from tests.coaching.training_fixtures import add_to_training_group, create_training
from tests.support.cast import NOON, Cast, create_member, create_run
from tests.support.compare_pages import remove_form_token

# Session, person, athlete and clubs of the viewer; the athlete; six of the profile; four of the stretch; notes;
# plans to give; who is away.
BLANK_SQL = 18
PAGE_SQL = BLANK_SQL + 8  # of the plan
HIDDEN = "Not shared with your club."


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOON, tick=False):
        yield


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(user: User) -> str:
    return f"/coach/athletes/{user.public_id}"


def look(viewer: User, path: str, status: int = 200) -> str:
    """The page as text, without the spaces of its markup."""
    answer = browser(viewer).get(path)
    assert answer.status_code == status, answer.content
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def says(text: str, *words: str) -> None:
    assert [one for one in words if one not in text] == []


def is_silent(text: str, *words: str) -> None:
    assert [one for one in words if one in text] == []


def section(text: str, title: str) -> str:
    return text.split(f">{title}", 1)[1].split("</section>", 1)[0]


def notes_on(user: User, **fields: object) -> None:
    Membership.objects.filter(user=user).update(**fields)


def statements(viewer: User, path: str) -> int:
    client = browser(viewer)
    client.get(path)
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_everything_about_an_athlete_stands_on_one_page(cast: Cast):
    create_training(cast.ada, cast.harbour)
    notes_on(cast.ada, labels=["marathon"], level="advanced", notes="Prefers mornings.")
    text = look(cast.carl, address(cast.ada))
    assert re.findall("<h1><bdi>(.*?)</bdi></h1>", text) == ["Ada"]
    says(text, "Harbour Runners", "Milers", "marathon", "advanced")
    says(text, "Europe/Madrid", ">14:00</time> there now")
    assert "Prefers mornings." in section(text, "Coaches’ notes")
    assert '52.0 <span class="muted">read by the device' in section(text, "Today")
    says(section(text, "Races ahead"), "Valencia", "in 20 days")
    says(text, "Week 1 of 4", "3 of 7 sessions")
    assert section(text, "Last activities").count("<tr>") == 11
    assert "garmin" in section(text, "Sources")
    for chart in ("Load by week, fitness, fatigue and form", "HRV (rMSSD)", "VO₂max, read by the device"):
        says(text, f"{chart} as a table</summary>")


def test_the_range_is_in_the_address(cast: Cast):
    create_training(cast.ada, cast.harbour)
    for query, first in (
        ("", "Mon 9 Mar 2026"),
        ("?range=4w", "Mon 11 May 2026"),
        ("?range=1y", "Mon 9 Jun 2025"),
    ):
        text = look(cast.carl, address(cast.ada) + query)
        assert f">{first}</time>" in text
    assert 'href="?range=1y#progress" aria-current="true"' in text
    for wrong in ("?range=2y", "?range=4w&range=1y", "?rage=4w", "?refresh=1"):
        look(cast.carl, address(cast.ada) + wrong, 400)


def test_the_number_of_statements_depends_on_no_number_of_runs(cast: Cast):
    create_run(cast.ben, training_load=50.0)
    create_training(cast.ada, cast.harbour, days=60)
    for back in range(440):
        create_run(
            cast.ada, NOON - timedelta(days=back % 350, hours=1), training_load=30.0, vo2max_ml_kg_min=50.0
        )
    bump_data_version(cast.ada)
    follow_plan(cast.ben, create_test_plan(cast.harbour, {}))
    assert statements(cast.carl, address(cast.ben)) == PAGE_SQL
    assert statements(cast.carl, f"{address(cast.ada)}?range=1y") == PAGE_SQL
    assert statements(cast.zora, address(cast.zoe)) == BLANK_SQL


def test_athlete_page_answers_the_same_403_for_hidden_and_unknown_athletes(cast: Cast):
    carl, missing = browser(cast.carl), encode("usr", new_id())
    answers = [
        carl.get(path) for path in (address(cast.zoe), address(cast.lea), f"/coach/athletes/{missing}")
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    told = {remove_form_token(answer.content) for answer in answers}
    assert len(told) == 1
    look(cast.carl, "/coach/athletes/usr_x", 400)
    look(cast.stella, f"/coach/athletes/{missing}", 404)
    assert browser(cast.ben).get(address(cast.ada)).status_code == 403
    assert Client().get(address(cast.ada)).headers["Location"].startswith("/sign-in?next=")


def test_athlete_page_shows_withheld_data_as_not_shared(cast: Cast):
    create_training(cast.ada, cast.harbour)
    for category, titles in (
        ("activities", ("Load, fitness, fatigue and form", "Pace zones", "Last activities")),
        ("health", ("HRV", "Resting heart rate", "VO₂max")),
        ("goals_and_plans", ("Races ahead", "Plan")),
    ):
        granted = {name: name != category for name in ("activities", "health", "goals_and_plans")}
        change_consent(cast.ada.athlete, cast.harbour, granted, NOON)
        text = look(cast.carl, address(cast.ada))
        for title in titles:
            assert re.search(rf">{title}</h\d> <p class=\"withheld\">{HIDDEN}", text) or HIDDEN in section(
                text, title
            )
        assert text.count(HIDDEN) == len(titles)
        assert HIDDEN not in look(cast.ada, "/home")
    nothing = dict.fromkeys(("activities", "health", "goals_and_plans"), False)
    change_consent(cast.ada.athlete, cast.harbour, nothing, NOON)
    text = look(cast.carl, address(cast.ada))
    says(text, "Training: not shared with your club.", "Health readings: not shared with your club.")
    is_silent(text, "Fitness</dt>", "Nothing recorded yet", "Valencia")


def test_what_was_done_does_not_show_in_the_plan_where_it_is_withheld(cast: Cast):
    create_training(cast.ada, cast.harbour)
    granted = {"activities": False, "health": True, "goals_and_plans": True}
    assert "done as planned" in look(cast.carl, address(cast.ada))
    change_consent(cast.ada.athlete, cast.harbour, granted, NOON)
    text = look(cast.carl, address(cast.ada))
    assert "What was done is not shared with your club." in text
    is_silent(text, "done as planned", "missed", "ompliance")


def test_somebody_without_any_data_is_told_how_to_begin(cast: Cast):
    text = look(cast.carl, address(cast.ben))
    assert "Nothing recorded yet" in text
    assert f'href="/upload?athlete={cast.ben.public_id}"' in text
    assert "Fitness</dt>" not in text
    assert "Set a threshold pace" in section(text, "Data quality</h2>")
    own = look(cast.ben, "/home")
    says(own, "Upload the files of your watch", 'href="/upload">Upload recordings')


def test_the_own_home_has_nothing_that_is_for_coaches(cast: Cast):
    create_training(cast.ada, cast.harbour)
    notes_on(cast.ada, labels=["canary-label"], level="canary-level", notes="canary-notes")
    Acknowledgement.objects.all().delete()
    for path in ("/home", address(cast.ada)):
        text = look(cast.ada, path)
        says(text, "<h1>My training</h1>", "Harbour Runners", "Milers")
        is_silent(text, "canary", "Acknowledge", "Coaches’ notes")
    assert browser(cast.ada).get("/").headers["Location"] == "/home"


def test_a_coach_sees_nothing_for_coaches_about_themselves(cast: Cast):
    create_member(cast.carl, cast.hill, notes="canary-notes", labels=["canary-label"])
    assert "canary" not in look(cast.carl, address(cast.carl))


def test_a_signal_is_acknowledged_and_taken_back_in_place(cast: Cast):
    current_assessments([cast.ben.pk], NOON)
    here, carl = f"{address(cast.ben)}?range=1y", browser(cast.carl)
    text = look(cast.carl, here)
    assert "Data quality is 0 of 100" in text  # the reason in words
    [action] = re.findall(r'action="([^"]*/PROFILE_INCOMPLETE/acknowledge)"', text)
    answer = carl.post(action, {"days": 3, "next": here})
    assert (answer.status_code, answer.headers["Location"]) == (302, here)
    text = look(cast.carl, here)
    says(text, "acknowledged until", "Sat 13 Jun 2026")
    [action] = re.findall(r'action="([^"]*/PROFILE_INCOMPLETE/take-back)"', text)
    assert carl.post(action, {"next": here}).headers["Location"] == here
    assert "acknowledged until" not in look(cast.carl, here)


def test_the_numbers_behind_a_signal_are_told_in_words(cast: Cast):
    current_assessments([cast.ben.pk], NOON)
    signal = {
        "code": "SYNC_STALE", "domain": "data", "severity": "warning", "since": str(TODAY), "message": "Look.",
        "evidence": {"z": -2.25, "n": 7, "threshold": 44.0, "baseline": 48.0, "value": 41.5}, "confidence": 1.0,
    }  # fmt: skip
    Assessment.objects.filter(pk=cast.ben.pk).update(signals=[signal], warning=1)
    text = section(look(cast.carl, address(cast.ben)), "Alerts")
    says(text, "Source: ours.", "value 41.5 · usual 48 · limit 44 · counted 7 · SD from the usual -2.25")


def test_notes_are_changed_in_place_each_club_its_own(cast: Cast):
    create_member(cast.ada, cast.hill, notes="canary of another club")
    path = f"{address(cast.ada)}/notes/{cast.harbour.public_id}"
    answer = browser(cast.asha).post(path, {"notes": "Sleeps badly <b>before</b> races.\nAsk."})
    assert (answer.status_code, answer.headers["Location"]) == (302, address(cast.ada))
    page = browser(cast.asha).get(address(cast.ada)).content.decode()
    says(page, "Sleeps badly &lt;b&gt;before&lt;/b&gt; races.")
    is_silent(page, "canary")
    assert browser(cast.asha).post(path, {"notes": "x" * 10_001}).status_code == 400
    assert browser(cast.ada).post(path, {"notes": "mine"}).status_code == 403
    assert browser(cast.zora).post(path, {"notes": "theirs"}).status_code == 403
    assert Membership.objects.get(user=cast.ada, organization=cast.harbour).notes.startswith("Sleeps badly")


def test_the_calendar_tells_what_became_of_every_session(cast: Cast):
    follow_plan(
        cast.ada,
        create_test_plan(
            cast.harbour, *list_daily_sessions(distance_m=10_000.0, duration_s=None, title="Steady")
        ),
        get_day(-9),
    )
    create_run(cast.ada, NOON - timedelta(days=9), duration_s=3_000.0)  # as planned
    create_run(cast.ada, NOON - timedelta(days=8), distance_m=16_000.0)  # much further
    create_run(
        cast.ada, NOON - timedelta(days=8, hours=4), activity_type="bike", distance_m=30_000.0
    )  # besides
    create_absence(cast.ada, -7, -7)
    create_absence(cast.ada, 2, None)
    bump_data_version(cast.ada)
    text = section(look(cast.carl, address(cast.ada)), "Ten kilometres")
    told = dict(re.findall(r'<th scope="row">(\S*?)</th><td>(.*?)</td>', text))
    assert told[str(get_day(-9))] == "done as planned"
    assert told[str(get_day(-8))] == "done differently"
    assert told[str(get_day(-7))] == told[str(get_day(2))] == "absent"
    assert told[str(get_day(-6))] == "missed"
    assert told[str(TODAY)] == told[str(get_day(1))] == "planned"
    assert "Steady, 10.0 km, done run 16.0 km; also bike 30.0 km" in text


def test_an_absence_is_told_at_the_head_and_where_signals_are_quiet(cast: Cast):
    create_absence(cast.ada, -3, None)
    bump_data_version(cast.ada)
    for viewer, path in ((cast.carl, address(cast.ada)), (cast.ada, "/home")):
        text = look(viewer, path)
        says(text, "Ill since 7 Jun, end open")
        quiet = "there are no signals about load, the plan, regularity and races. Signals a"
        assert quiet in section(text, "Alerts")
    change_consent(
        cast.ada.athlete, cast.harbour, {"activities": True, "health": True, "goals_and_plans": False}, NOON
    )
    is_silent(look(cast.carl, address(cast.ada)), "Ill since", "During this absence")


def test_a_plan_that_has_not_begun_is_told_with_its_day(cast: Cast):
    follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions()), get_day(12))
    text = section(look(cast.carl, address(cast.ada)), "Ten kilometres")
    says(text, "Begins", "Mon 22 Jun 2026", "in 12 days")
    is_silent(text, "ompliance", "This week", "Week 1")


def test_two_plans_over_the_same_weeks_are_said_to_be_so(cast: Cast):
    for _ in range(2):
        follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions()), get_day(-2))
    bump_data_version(cast.ada)
    says(
        look(cast.carl, address(cast.ada)),
        "Also assigned: Ten kilometres (both plans expect sessions in the same weeks)",
    )


def test_a_marathon_is_predicted_as_a_range(cast: Cast):
    create_training(cast.ada, cast.harbour)
    create_race(cast.ada, 60, name="Sea", distance_m=42_195.0, goal_time_s=11_000.0)
    bump_data_version(cast.ada)
    text = section(look(cast.carl, address(cast.ada)), "Races ahead")
    assert re.search(r"Predicted <strong>3:10:\d\d–3:2\d:\d\d</strong> · goal 3:03:20", text)


def test_distances_are_in_the_units_of_whoever_looks(cast: Cast):
    create_run(cast.ben, distance_m=16_093.44)
    cast.carl.athlete.unit_system = "imperial"
    cast.carl.athlete.save()
    assert "10.0 mi" in section(look(cast.carl, address(cast.ben)), "Last activities")
    assert "16.1 km" in section(look(cast.hanna, address(cast.ben)), "Last activities")


def test_rides_are_shown_with_their_speed(cast: Cast):
    create_run(cast.ada, activity_type="bike", distance_m=30_000.0)
    recent = section(look(cast.ada, "/home"), "Last activities")
    assert '<td class="number" data-label="Speed">36.0 km/h</td>' in recent


def test_page_escapes_names(cast: Cast):
    User.objects.filter(pk=cast.ben.pk).update(display_name="<b>مريم</b> 🏃")
    add_to_training_group(cast.ben, cast.harbour, "<i>x</i>")
    create_member(cast.ben, cast.hill, Role.ATHLETE)
    answer = browser(cast.carl).get(address(cast.ben)).content.decode()
    says(answer, "<bdi>&lt;b&gt;مريم&lt;/b&gt; 🏃</bdi>")
    is_silent(answer, "<b>", "<i>")
    assert "Hill Runners" not in answer


def test_readings_without_any_training_are_drawn(cast: Cast):
    for back in range(40):
        HealthDay.objects.create(
            athlete=cast.ben.athlete, date=get_day(-back), source="oura", hrv_rmssd_ms=60.0 + back % 5
        )
    bump_data_version(cast.ben)
    text = look(cast.carl, address(cast.ben))
    assert "Nothing recorded yet" not in text
    says(text, "HRV (rMSSD) as a table", "No training in this time.")
