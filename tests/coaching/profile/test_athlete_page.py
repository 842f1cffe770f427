"""The athlete's page, as a coach and the athlete see it."""

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

from astral.dates.local_time import format_date
from astral.ids import encode, new_id
from athletes.models import Membership, User
from athletes.organizations.consent import change_consent
from athletes.roles import Role
from coaching.assessments.current import current_assessments
from coaching.models import Acknowledgement, Assessment
from metrics.models import Activity, HealthDay
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

# Session, user, athlete and clubs of the viewer; the athlete; six for the profile; four for the charts;
# seven for the week; notes; assignable plans; plans that can be ended; absences.
BLANK_SQL = 28
PAGE_SQL = BLANK_SQL + 7 + 1  # for the plan; for the sessions ahead of somebody who trains
AHEAD_SQL = 2  # thresholds and absences, if sessions are ahead
HIDDEN = "Not shared with your club."


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOON, tick=False):
        yield


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def athlete_path(user: User) -> str:
    return f"/coach/athletes/{user.public_id}"


def get_page(viewer: User, path: str, status: int = 200) -> str:
    """Return the HTML of the page, unescaped, with every run of white space as one space."""
    answer = browser(viewer).get(path)
    assert answer.status_code == status, answer.content
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def assert_contains(text: str, *phrases: str) -> None:
    assert [phrase for phrase in phrases if phrase not in text] == []


def assert_omits(text: str, *phrases: str) -> None:
    assert [phrase for phrase in phrases if phrase in text] == []


def get_section(text: str, title: str) -> str:
    return text.split(f">{title}", 1)[1].split("</section>", 1)[0]


def update_memberships(user: User, **fields: object) -> None:
    Membership.objects.filter(user=user).update(**fields)


def count_statements(viewer: User, path: str) -> int:
    client = browser(viewer)
    client.get(path)
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_page_shows_everything_about_an_athlete(cast: Cast):
    create_training(cast.ada, cast.harbour)
    update_memberships(cast.ada, labels=["marathon"], level="advanced", notes="Prefers mornings.")
    text = get_page(cast.carl, athlete_path(cast.ada))
    assert re.findall("<h1><bdi>(.*?)</bdi></h1>", text) == ["Ada"]
    assert_contains(text, "Harbour Runners", "Milers", "marathon", "advanced")
    assert_contains(text, "Europe/Madrid", ">14:00</time> there now")
    assert "Prefers mornings." in get_section(text, "Coaches’ notes")
    assert '52.0 <span class="muted">read by the device' in get_section(text, "Today</h2>")
    assert_contains(get_section(text, "Races ahead"), "Valencia", "in 20 days")
    assert re.search("<h1>.*?<bdi>Valencia</bdi>.*?in 20 days.*?</header>", text)
    assert_contains(text, "Week 1 of 4", "3 of 7 sessions")
    assert get_section(text, "Last activities").count("<tr>") == 11
    assert "garmin" in get_section(text, "Sources")
    for chart in ("Training by week", "HRV (rMSSD)", "VO₂max, read by the device"):
        assert_contains(text, f"{chart} as a table</summary>")


def test_range_of_the_charts_is_in_the_address(cast: Cast):
    create_training(cast.ada, cast.harbour)
    for query, first in (
        ("", "Mon 9 Mar 2026"),
        ("?range=4w", "Mon 11 May 2026"),
        ("?range=1y", "Mon 9 Jun 2025"),
    ):
        text = get_page(cast.carl, athlete_path(cast.ada) + query)
        assert f">{first}</time>" in text
    assert 'href="?range=1y#progress" aria-current="true"' in text
    for wrong in ("?range=2y", "?range=4w&range=1y", "?rage=4w", "?refresh=1"):
        get_page(cast.carl, athlete_path(cast.ada) + wrong, 400)


def test_number_of_statements_does_not_depend_on_the_number_of_runs(cast: Cast):
    create_run(cast.ben, training_load=50.0)
    create_training(cast.ada, cast.harbour, days=60)
    for back in range(440):
        create_run(
            cast.ada, NOON - timedelta(days=back % 350, hours=1), training_load=30.0, vo2max_ml_kg_min=50.0
        )
    bump_data_version(cast.ada)
    follow_plan(cast.ben, create_test_plan(cast.harbour, {}))
    assert count_statements(cast.carl, athlete_path(cast.ben)) == PAGE_SQL
    assert count_statements(cast.carl, f"{athlete_path(cast.ada)}?range=1y") == PAGE_SQL + AHEAD_SQL
    assert count_statements(cast.zora, athlete_path(cast.zoe)) == BLANK_SQL


def test_athlete_page_answers_the_same_403_for_hidden_and_unknown_athletes(cast: Cast):
    carl, missing = browser(cast.carl), encode("usr", new_id())
    answers = [
        carl.get(path)
        for path in (athlete_path(cast.zoe), athlete_path(cast.lea), f"/coach/athletes/{missing}")
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert len({remove_form_token(answer.content) for answer in answers}) == 1
    get_page(cast.carl, "/coach/athletes/usr_x", 400)
    get_page(cast.stella, f"/coach/athletes/{missing}", 404)
    assert browser(cast.ben).get(athlete_path(cast.ada)).status_code == 403
    assert Client().get(athlete_path(cast.ada)).headers["Location"].startswith("/sign-in?next=")


def test_athlete_page_shows_withheld_data_as_not_shared(cast: Cast):
    create_training(cast.ada, cast.harbour)
    for category, titles in (
        ("activities", ("Load, fitness, fatigue and form", "Pace zones", "Last activities")),
        ("health", ("HRV", "Resting heart rate", "VO₂max")),
        ("goals_and_plans", ("Races ahead", "Plan")),
    ):
        granted = {name: name != category for name in ("activities", "health", "goals_and_plans")}
        change_consent(cast.ada.athlete, cast.harbour, granted, NOON)
        text = get_page(cast.carl, athlete_path(cast.ada))
        for title in titles:
            assert re.search(
                rf">{title}</h\d> <p class=\"withheld\">{HIDDEN}", text
            ) or HIDDEN in get_section(text, title)
        assert text.count(HIDDEN) == len(titles)
        assert HIDDEN not in get_page(cast.ada, "/home")
    nothing = dict.fromkeys(("activities", "health", "goals_and_plans"), False)
    change_consent(cast.ada.athlete, cast.harbour, nothing, NOON)
    text = get_page(cast.carl, athlete_path(cast.ada))
    assert_contains(
        text, "Training: not shared with your club.", "Health readings: not shared with your club."
    )
    assert_omits(text, "Fitness</dt>", "Nothing recorded yet", "Valencia")


def test_plan_calendar_hides_withheld_activities(cast: Cast):
    create_training(cast.ada, cast.harbour)
    granted = {"activities": False, "health": True, "goals_and_plans": True}
    assert "done as planned" in get_page(cast.carl, athlete_path(cast.ada))
    change_consent(cast.ada.athlete, cast.harbour, granted, NOON)
    text = get_page(cast.carl, athlete_path(cast.ada))
    assert "What was done is not shared with your club." in text
    assert_omits(text, "done as planned", "missed", "ompliance")


def test_page_of_an_athlete_without_data_explains_how_to_begin(cast: Cast):
    text = get_page(cast.carl, athlete_path(cast.ben))
    assert "Nothing recorded yet" in text
    assert f'href="/upload?athlete={cast.ben.public_id}"' in text
    assert "Fitness</dt>" not in text
    assert "Set a threshold pace" in get_section(text, "Data quality</h2>")
    own = get_page(cast.ben, "/home")
    assert_contains(own, "Upload the files of your watch", 'href="/upload">Upload recordings')


def test_athletes_own_page_hides_data_for_coaches(cast: Cast):
    create_training(cast.ada, cast.harbour)
    update_memberships(cast.ada, labels=["canary-label"], level="canary-level", notes="canary-notes")
    Acknowledgement.objects.all().delete()
    for path in ("/home", athlete_path(cast.ada)):
        text = get_page(cast.ada, path)
        assert_contains(text, "<h1>My training</h1>", "Harbour Runners", "Milers")
        assert_omits(text, "canary", "Acknowledge", "Coaches’ notes")
    assert browser(cast.ada).get("/").headers["Location"] == "/home"


def test_coach_does_not_see_coaches_notes_about_themselves(cast: Cast):
    create_member(cast.carl, cast.hill, notes="canary-notes", labels=["canary-label"])
    assert "canary" not in get_page(cast.carl, athlete_path(cast.carl))


def test_the_running_week_is_marked_in_both_charts_by_week(cast: Cast):
    create_training(cast.ada, cast.harbour)
    text = get_page(cast.carl, athlete_path(cast.ada))
    assert text.count("chart-bar-partial") == 2
    assert_contains(text, "Week of Mon 8 Jun 2026: 180 so far", "Week of Mon 8 Jun 2026: 30 km so far")
    assert_contains(text, "Mon 8 Jun 2026, so far", "The last bar is this week so far.")


def test_the_plan_and_the_races_ahead_are_in_the_load_charts(cast: Cast):
    create_training(cast.ada, cast.harbour)
    text = get_page(cast.carl, athlete_path(cast.ada))
    for name in ("Fitness", "Fatigue", "Form"):
        assert f'data-label="{name}, planned"' in text
    assert_contains(text, "with the plan", "Mon 15 Jun 2026, planned", "Valencia, Tue 30 Jun 2026")
    change_consent(cast.ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    text = get_page(cast.carl, athlete_path(cast.ada))
    assert_omits(text, ", planned", "with the plan", "Valencia")
    assert 'data-label="Fitness"' in text


def test_the_load_chart_is_empty_after_years_without_training(cast: Cast):
    create_run(cast.ada, NOON - timedelta(days=900), training_load=50.0)
    text = get_page(cast.carl, athlete_path(cast.ada))
    assert "No training in this time." in text


def test_the_axis_of_vo2max_covers_more_than_the_rounding_of_a_watch(cast: Cast):
    create_training(cast.ada, cast.harbour)
    HealthDay.objects.filter(date=TODAY).update(vo2max_ml_kg_min=52.1)
    bump_data_version(cast.ada)
    chart = get_page(cast.carl, athlete_path(cast.ada)).split('id="vo2max-title"')[1].split("</figure>")[0]
    ticks = [float(text) for text in re.findall(r'dy="4">([\d.]+)</text>', chart)]
    assert max(ticks) - min(ticks) >= 5


@pytest.mark.parametrize(("zoned_runs", "is_told"), [(35, True), (45, False)])
def test_data_quality_tells_how_many_runs_have_zones(cast: Cast, zoned_runs: int, is_told: bool):
    create_training(cast.ada, cast.harbour)
    runs = Activity.objects.order_by("-started_at").values("pk")[:zoned_runs]
    Activity.objects.filter(pk__in=list(runs.values_list("pk", flat=True))).update(zone1_s=3_000.0)
    text = get_page(cast.carl, f"{athlete_path(cast.ada)}?range=1y")
    assert ("Runs with zones" in get_section(text, "Data quality</h2>")) == is_told
    assert ("78 % of the running time" in get_section(text, "Data quality</h2>")) == is_told


def test_a_page_without_data_says_once_what_is_missing(cast: Cast):
    text = get_page(cast.ben, "/home")
    assert "Data quality is" not in text
    assert text.count("Nothing recorded yet") == 1
    assert_omits(text, "All calm", '<h2 id="attention">', '<h2 id="insights">')
    assert_contains(text, '<h2 id="quality">', "Set a threshold pace")


def test_a_page_without_recent_data_is_not_called_calm(cast: Cast):
    for user, back in ((cast.ada, 28), (cast.ben, 27)):
        create_run(user, NOON - timedelta(days=back), training_load=50.0)
        current_assessments([user.pk], NOON)
        Assessment.objects.filter(pk=user.pk).update(signals=[])
    assert_contains(get_page(cast.carl, athlete_path(cast.ada)), "No recent data", "nothing can be judged")
    assert "All calm" in get_page(cast.carl, athlete_path(cast.ben))


def test_a_signal_about_the_profile_begins_with_the_account(cast: Cast):
    User.objects.filter(pk=cast.ben.pk).update(created_at=NOON - timedelta(days=2))
    create_run(cast.ben, training_load=50.0)
    signals = {
        signal.code: signal for signal in current_assessments([cast.ben.pk], NOON)[cast.ben.pk].signals
    }
    assert str(signals["PROFILE_INCOMPLETE"].since) == "2026-06-08"


def test_acknowledgement_on_the_page_can_be_undone(cast: Cast):
    create_run(cast.ben)
    current_assessments([cast.ben.pk], NOON)
    path, carl = f"{athlete_path(cast.ben)}?range=1y", browser(cast.carl)
    text = get_page(cast.carl, path)
    assert "Data quality is" in text
    [action] = re.findall(r'action="([^"]*/PROFILE_INCOMPLETE/acknowledge)"', text)
    answer = carl.post(action, {"days": 3, "reason": "She knows", "next": path})
    assert (answer.status_code, answer.headers["Location"]) == (302, path)
    text = get_page(cast.carl, path)
    assert_contains(text, "Seen by you until Sat 13 Jun 2026: She knows")
    assert_contains(get_page(cast.asha, path), "Seen by Carl until Sat 13 Jun 2026: She knows")
    assert "She knows" not in get_page(cast.ben, "/home")
    [action] = re.findall(r'action="([^"]*/PROFILE_INCOMPLETE/take-back)"', text)
    assert carl.post(action, {"next": path}).headers["Location"] == path
    assert "Seen by" not in get_page(cast.carl, path)


def test_evidence_of_a_signal_is_shown_with_labels(cast: Cast):
    current_assessments([cast.ben.pk], NOON)
    signal = {
        "code": "SYNC_STALE", "domain": "data", "severity": "warning", "since": str(TODAY),
        "message": "Look.", "confidence": 1.0,
        "evidence": {"z": -2.25, "n": 7, "threshold": 44.0, "baseline": 48.0, "value": 41.5},
    }  # fmt: skip
    Assessment.objects.filter(pk=cast.ben.pk).update(signals=[signal], warning=1)
    text = get_section(get_page(cast.carl, athlete_path(cast.ben)), "Alerts")
    assert_contains(
        text, "Source: ours.", "value 41.5 · usual 48 · limit 44 · counted 7 · SD from the usual -2.25"
    )


def test_each_club_edits_its_own_notes(cast: Cast):
    create_member(cast.ada, cast.hill, notes="canary of another club")
    path = f"{athlete_path(cast.ada)}/notes/{cast.harbour.public_id}"
    answer = browser(cast.asha).post(path, {"notes": "Sleeps badly <b>before</b> races.\nAsk."})
    assert (answer.status_code, answer.headers["Location"]) == (302, athlete_path(cast.ada))
    page = browser(cast.asha).get(athlete_path(cast.ada)).content.decode()
    assert_contains(page, "Sleeps badly &lt;b&gt;before&lt;/b&gt; races.")
    assert_omits(page, "canary")
    assert browser(cast.asha).post(path, {"notes": "x" * 10_001}).status_code == 400
    assert browser(cast.ada).post(path, {"notes": "mine"}).status_code == 403
    assert browser(cast.zora).post(path, {"notes": "theirs"}).status_code == 403
    assert Membership.objects.get(user=cast.ada, organization=cast.harbour).notes.startswith("Sleeps badly")


def test_calendar_shows_the_outcome_of_every_session(cast: Cast):
    follow_plan(
        cast.ada,
        create_test_plan(
            cast.harbour, *list_daily_sessions(distance_m=10_000.0, duration_s=None, title="Steady")
        ),
        get_day(-9),
    )
    create_run(cast.ada, NOON - timedelta(days=9), duration_s=3_000.0)  # as planned
    create_run(cast.ada, NOON - timedelta(days=8), distance_m=16_000.0)  # longer than planned
    ride_start = NOON - timedelta(days=8, hours=4)  # not planned
    create_run(cast.ada, ride_start, activity_type="bike", distance_m=30_000.0)
    create_absence(cast.ada, -7, -7)
    create_absence(cast.ada, 2, None)
    bump_data_version(cast.ada)
    text = get_section(get_page(cast.carl, athlete_path(cast.ada)), "Ten kilometres")
    outcomes = dict(re.findall(r'<th scope="row">([^<]*?)</th><td>(.*?)</td>', text))
    assert outcomes[format_date(get_day(-9))] == "done as planned"
    assert outcomes[format_date(get_day(-8))] == "done differently"
    assert outcomes[format_date(get_day(-7))] == outcomes[format_date(get_day(2))] == "absent"
    assert outcomes[format_date(get_day(-6))] == "missed"
    assert outcomes[format_date(TODAY)] == outcomes[format_date(get_day(1))] == "planned"
    assert "Steady, 10.0 km, done run 16.0 km; also bike 30.0 km" in text


def test_absence_is_shown_at_the_top_and_beside_the_alerts(cast: Cast):
    create_absence(cast.ada, -3, None)
    bump_data_version(cast.ada)
    for viewer, path in ((cast.carl, athlete_path(cast.ada)), (cast.ada, "/home")):
        text = get_page(viewer, path)
        assert_contains(text, "Ill since 7 Jun, end open")
        explanation = "there are no signals about load, the plan, regularity and races. Signals a"
        assert explanation in get_section(text, "Alerts")
    change_consent(
        cast.ada.athlete, cast.harbour, {"activities": True, "health": True, "goals_and_plans": False}, NOON
    )
    assert_omits(get_page(cast.carl, athlete_path(cast.ada)), "Ill since", "During this absence")


def test_scheduled_plan_is_shown_with_its_first_day(cast: Cast):
    follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions()), get_day(12))
    text = get_section(get_page(cast.carl, athlete_path(cast.ada)), "Ten kilometres")
    assert_contains(text, "Begins", "Mon 22 Jun 2026", "in 12 days")
    assert_omits(text, "ompliance", "This week", "Week 1")


def test_overlapping_plans_are_pointed_out(cast: Cast):
    for _ in range(2):
        follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions()), get_day(-2))
    bump_data_version(cast.ada)
    assert_contains(
        get_page(cast.carl, athlete_path(cast.ada)),
        "Also assigned: Ten kilometres (both plans expect sessions in the same weeks)",
    )


def test_marathon_forecast_has_median_range_and_basis(cast: Cast):
    create_training(cast.ada, cast.harbour)
    create_race(cast.ada, 60, name="Sea", distance_m=42_195.0, goal_time_s=11_000.0)
    bump_data_version(cast.ada)
    text = get_section(get_page(cast.carl, athlete_path(cast.ada)), "Races ahead")
    assert re.search(
        r"Forecast <strong>3:2\d:\d\d</strong>; 8 of 10 such runners take 3:0\d:\d\d–3:3\d:\d\d\.", text
    )
    assert_contains(text, "Rests on the VDOT", "Goal 3:03:20")


def test_distances_are_in_the_units_of_the_viewer(cast: Cast):
    create_run(cast.ben, distance_m=16_093.44)
    cast.carl.athlete.unit_system = "imperial"
    cast.carl.athlete.save()
    assert "10.0 mi" in get_section(get_page(cast.carl, athlete_path(cast.ben)), "Last activities")
    assert "16.1 km" in get_section(get_page(cast.hanna, athlete_path(cast.ben)), "Last activities")


def test_rides_are_shown_with_their_speed(cast: Cast):
    create_run(cast.ada, activity_type="bike", distance_m=30_000.0)
    recent = get_section(get_page(cast.ada, "/home"), "Last activities")
    assert '<td class="number" data-label="Speed">36.0 km/h</td>' in recent


def test_page_escapes_names(cast: Cast):
    User.objects.filter(pk=cast.ben.pk).update(display_name="<b>مريم</b> 🏃")
    add_to_training_group(cast.ben, cast.harbour, "<i>x</i>")
    create_member(cast.ben, cast.hill, Role.ATHLETE)
    answer = browser(cast.carl).get(athlete_path(cast.ben)).content.decode()
    assert_contains(answer, "<bdi>&lt;b&gt;مريم&lt;/b&gt; 🏃</bdi>")
    assert_omits(answer, "<b>", "<i>")
    assert "Hill Runners" not in answer


def test_health_charts_are_drawn_without_any_training(cast: Cast):
    for back in range(40):
        HealthDay.objects.create(
            athlete=cast.ben.athlete, date=get_day(-back), source="oura", hrv_rmssd_ms=60.0 + back % 5
        )
    bump_data_version(cast.ben)
    text = get_page(cast.carl, athlete_path(cast.ben))
    assert "Nothing recorded yet" not in text
    assert_contains(text, "HRV (rMSSD) as a table", "No training in this time.")


def test_home_asks_for_the_morning_until_something_was_entered(cast: Cast):
    create_run(cast.ben, NOON)
    bump_data_version(cast.ben)
    question = f'href="/athletes/{cast.ben.public_id}/health-days/today">How are you this morning?</a>'
    HealthDay.objects.create(athlete=cast.ben.athlete, date=get_day(0), source="garmin", hrv_rmssd_ms=50.0)
    HealthDay.objects.create(athlete=cast.ben.athlete, date=get_day(-1), source="manual", mood=4)
    assert question in get_page(cast.ben, "/home")
    assert "How are you" not in get_page(cast.carl, athlete_path(cast.ben))
    HealthDay.objects.create(athlete=cast.ben.athlete, date=get_day(0), source="manual", mood=4)
    assert question not in get_page(cast.ben, "/home")
