"""Pages to enter a run by hand and to change what people say of an activity."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from athletes.models import Athlete, Consent, User
from metrics.models import Activity
from tests.support.cast import NOON, Cast, create_run


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def enter_run(viewer: User, athlete: User, **fields: str) -> Any:
    sent = {"activity_type": "run", "start_date": "2026-06-09"} | fields
    return sign_in(viewer).post(f"/athletes/{athlete.public_id}/activities/enter", sent, follow=True)


def change_activity(viewer: User, activity: Activity, **changes: str) -> Any:
    """Send the form as the page draws it, with some fields changed."""
    client, path = sign_in(viewer), f"/activities/{activity.public_id}"
    form = client.get(path).context["form"]
    sent = {name: form.initial.get(name, "") for name in form.fields}
    boxes = ("is_race", "is_commute")  # a box that is not ticked is not sent
    filled = {name: value for name, value in (sent | changes).items() if value or name not in boxes}
    return client.post(path, filled, follow=True)


def test_a_run_needs_only_its_duration(cast: Cast):
    page = enter_run(cast.ada, cast.ada, minutes="52", seconds="30")
    run = Activity.objects.get()
    assert page.redirect_chain == [(f"/activities/{run.public_id}", 302)]
    assert (run.duration_s, run.distance_m, run.source, run.perceived_effort) == (
        3_150.0,
        None,
        "manual",
        None,
    )
    assert run.started_at == datetime(2026, 6, 9, 10, 0, tzinfo=UTC)  # noon in Madrid
    assert run.local_date.isoformat() == "2026-06-09"


def test_all_that_one_can_say_of_a_run_is_stored(cast: Cast):
    enter_run(
        cast.ada,
        cast.ada,
        activity_type="treadmill",
        hours="1",
        minutes="5",
        distance="12,5",
        start_time="07:30",
        climb="120",
        heart_rate="148",
        perceived_effort="7",
        feel="4",
        athlete_note="Fine.\r\nWarm.",
        pain_score="2",
        pain_where="left knee",
        gear="Blue shoes",
        private_note="Mine.",
        is_race="on",
        is_commute="on",
        name="Mill",
    )
    run = Activity.objects.get()
    assert (run.activity_type, run.sub_type, run.name) == ("run", "treadmill", "Mill")
    assert (run.duration_s, run.distance_m, run.elevation_gain_m, run.avg_hr_bpm) == (3_900, 12_500, 120, 148)
    assert run.started_at == datetime(2026, 6, 9, 5, 30, tzinfo=UTC)
    assert (run.perceived_effort, run.feel, run.pain_score, run.pain_where) == (7, 4, 2, "left knee")
    assert (run.athlete_note, run.private_note, run.gear) == ("Fine.\nWarm.", "Mine.", "Blue shoes")
    assert (run.is_race, run.is_commute) == (True, True)
    assert run.training_load


def test_a_run_is_in_the_units_of_the_viewer(cast: Cast):
    Athlete.objects.filter(pk=cast.ada.pk).update(unit_system="imperial")
    enter_run(cast.ada, cast.ada, minutes="50", distance="6.2", climb="100")
    run = Activity.objects.get()
    assert (round(run.distance_m or 0), round(run.elevation_gain_m or 0, 2)) == (9_978, 30.48)


def test_today_without_a_time_is_not_in_the_future(cast: Cast):
    with time_machine.travel(datetime(2026, 6, 10, 6, 0, tzinfo=UTC), tick=False):
        enter_run(cast.ada, cast.ada, minutes="30", start_date="2026-06-10")
    assert Activity.objects.get().started_at == datetime(2026, 6, 10, 6, 0, tzinfo=UTC)


def test_pressing_twice_stores_one_run(cast: Cast):
    enter_run(cast.ada, cast.ada, minutes="50")
    page = enter_run(cast.ada, cast.ada, minutes="50")
    assert "This was entered before" in page.content.decode()
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "How long did it take?"),
        ({"minutes": "soon"}, "How long did it take?"),
        ({"hours": "9999"}, "How long did it take?"),
        ({"minutes": "50", "distance": "far"}, "Use a number in km, such as 8.5."),
        ({"minutes": "50", "start_date": "2027-01-01"}, "Choose a day and a time that have passed."),
        ({"minutes": "50", "start_time": "25:00"}, "Choose a day and a time that have passed."),
        ({"minutes": "50", "heart_rate": "300"}, "Use a number from 30 to 230, such as 145."),
        ({"minutes": "50", "pain_where": "knee"}, "Choose a number, or leave both empty."),
        ({"minutes": "50", "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_value_stores_nothing_and_keeps_what_was_typed(cast: Cast, wrong: dict[str, str], words: str):
    page = enter_run(cast.ada, cast.ada, athlete_note="Legs were heavy", **wrong).content.decode()
    assert words in page
    assert "Legs were heavy" in page
    assert not Activity.objects.exists()


def test_a_coach_enters_a_run_for_an_athlete_but_no_private_note(cast: Cast):
    path = f"/athletes/{cast.ada.public_id}/activities/enter"
    assert b"private_note" not in sign_in(cast.carl).get(path).content
    enter_run(cast.carl, cast.ada, minutes="50", private_note="x")
    assert not Activity.objects.exists()
    enter_run(cast.carl, cast.ada, minutes="50")
    assert Activity.objects.get().athlete_id == cast.ada.pk
    assert sign_in(cast.zora).get(path).status_code == 403


def test_the_numbers_of_an_entry_can_be_changed(cast: Cast):
    enter_run(cast.ada, cast.ada, minutes="50", distance="10", start_time="07:30")
    run = Activity.objects.get()
    before = run.training_load, run.started_at
    change_activity(cast.ada, run, feel="2")
    run.refresh_from_db()
    assert (run.feel, run.training_load, run.started_at) == (2, *before)
    change_activity(cast.ada, run, minutes="45", distance="", activity_type="treadmill", start_time="08:00")
    run.refresh_from_db()
    assert (run.duration_s, run.distance_m, run.sub_type) == (2_700.0, None, "treadmill")
    assert run.started_at == datetime(2026, 6, 9, 6, 0, tzinfo=UTC)
    change_activity(cast.ada, run, activity_type="run")
    run.refresh_from_db()
    assert (run.activity_type, run.sub_type) == ("run", "")


def test_the_numbers_of_a_recording_are_no_fields(cast: Cast):
    run = create_run(cast.ada, source="file")
    page = sign_in(cast.ada).get(f"/activities/{run.public_id}").content
    assert b'name="feel"' in page
    assert b'name="distance"' not in page
    assert change_activity(cast.ada, run, distance="5").status_code == 200
    run.refresh_from_db()
    assert run.distance_m == 10_000.0


def test_what_was_said_is_on_the_page_for_who_may_read_it(cast: Cast):
    run = create_run(
        cast.ada,
        feel=2,
        pain_score=3,
        pain_where="left knee",
        athlete_note="Heavy legs",
        private_note="Mine.",
    )
    path = f"/activities/{run.public_id}"
    own, coach = (sign_in(user).get(path).content.decode() for user in (cast.ada, cast.carl))
    assert all(text in own for text in ("weak", "3 of 10, left knee", "Heavy legs", "Mine."))
    assert all(text in coach for text in ("weak", "3 of 10, left knee", "Heavy legs"))
    assert "Mine." not in coach
    Consent.objects.create(
        athlete=cast.ada.athlete, organization=cast.harbour, category="health", granted=False, changed_at=NOON
    )
    withheld = sign_in(cast.carl).get(path).content.decode()
    assert "left knee" not in withheld
    assert "Heavy legs" in withheld
    change_activity(cast.carl, run, feel="3", pain_score="9")
    run.refresh_from_db()
    assert (run.feel, run.pain_score) == (2, 3)  # an unknown field refuses the whole form


def test_home_and_the_athlete_page_lead_to_both_forms(cast: Cast):
    links = [
        f"/athletes/{cast.ada.public_id}/activities/enter",
        f"/athletes/{cast.ada.public_id}/health-days/today",
    ]
    for viewer, path in ((cast.ada, "/home"), (cast.carl, f"/coach/athletes/{cast.ada.public_id}")):
        page = sign_in(viewer).get(path).content.decode()
        assert all(f'href="{link}"' in page for link in links)
