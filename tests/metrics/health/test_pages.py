"""Pages of mornings: enter, change and delete what a device did not measure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from athletes.models import Athlete, User
from metrics.models import HealthDay
from tests.support.cast import NOON, Cast

TODAY = date(2026, 6, 10)
LIST_STATEMENTS = 6  # session, user, the user's athlete, count, days, clubs


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def path_of(athlete: User, day: str = "today") -> str:
    return f"/athletes/{athlete.public_id}/health-days/{day}"


def save_morning(viewer: User, athlete: User, day: str = "today", **changes: str) -> Any:
    """Send the form as the page draws it, with some fields changed."""
    client, path = sign_in(viewer), path_of(athlete, day)
    form = client.get(path).context["form"]
    return client.post(
        path, {name: form.initial.get(name, "") for name in form.fields} | changes, follow=True
    )


def test_a_morning_needs_only_one_thing(cast: Cast):
    page = save_morning(cast.ada, cast.ada, mood="4")
    assert page.redirect_chain == [(f"/athletes/{cast.ada.public_id}/health-days", 302)]
    day = HealthDay.objects.get()
    assert (day.date, day.source, day.mood, day.is_ill, day.weight_kg) == (TODAY, "manual", 4, None, None)
    assert "mood: good" in page.content.decode()


def test_a_morning_is_a_tap_for_each_question_and_the_readings_are_folded_in(cast: Cast):
    page = sign_in(cast.ada).get(path_of(cast.ada)).content.decode()
    asked, _, readings = page.partition("<details>")
    for name, taps in {
        "sleep_quality": 6,
        "fatigue": 6,
        "soreness": 6,
        "stress": 6,
        "mood": 6,
        "is_ill": 3,
    }.items():
        assert asked.count(f'type="radio" name="{name}"') == taps
    assert asked.count('type="radio" name="pain_score"') == 12
    for name in ("resting_hr", "hrv", "sleep_hours", "weight"):
        assert f'name="{name}"' in readings
    save_morning(cast.ada, cast.ada, is_ill="yes")
    assert HealthDay.objects.get().is_ill is True
    assert "<details open>" in sign_in(cast.ada).get(path_of(cast.ada)).content.decode()


def test_all_that_one_can_say_of_a_morning_is_stored(cast: Cast):
    save_morning(
        cast.ada,
        cast.ada,
        sleep_quality="5",
        fatigue="2",
        soreness="3",
        stress="1",
        mood="4",
        resting_hr="48",
        hrv="62,5",
        sleep_hours="7",
        sleep_minutes="45",
        weight="61.4",
        pain_score="0",
        pain_where="",
        is_ill="no",
    )
    day = HealthDay.objects.get()
    assert (day.sleep_quality, day.fatigue, day.soreness, day.stress, day.mood) == (5, 2, 3, 1, 4)
    assert (day.resting_hr_bpm, day.hrv_rmssd_ms, day.sleep_s, day.weight_kg) == (48.0, 62.5, 27_900.0, 61.4)
    assert (day.pain_score, day.is_ill) == (0, False)


def test_a_stored_morning_is_shown_filled_and_what_is_emptied_is_deleted(cast: Cast):
    HealthDay.objects.create(
        athlete=cast.ada.athlete,
        date=TODAY,
        source="manual",
        mood=2,
        weight_kg=61.44,
        sleep_s=27_000,
        is_ill=True,
    )
    page = sign_in(cast.ada).get(path_of(cast.ada)).content.decode()
    assert 'value="61.4"' in page
    save_morning(cast.ada, cast.ada, mood="", sleep_minutes="0")
    day = HealthDay.objects.get()
    assert (day.mood, day.weight_kg, day.sleep_s, day.is_ill) == (None, 61.44, 25_200.0, True)


def test_a_morning_of_a_watch_is_never_changed(cast: Cast):
    HealthDay.objects.create(athlete=cast.ada.athlete, date=TODAY, source="garmin", hrv_rmssd_ms=55.0)
    save_morning(cast.ada, cast.ada, hrv="70")
    stored = dict(HealthDay.objects.values_list("source", "hrv_rmssd_ms"))
    assert stored == {"garmin": 55.0, "manual": 70.0}
    page = sign_in(cast.ada).get(f"/athletes/{cast.ada.public_id}/health-days").content.decode()
    assert page.count(">Change<span") == 1


def test_weight_is_in_the_units_of_the_viewer(cast: Cast):
    Athlete.objects.filter(pk=cast.ada.pk).update(unit_system="imperial")
    page = save_morning(cast.ada, cast.ada, weight="135")
    assert round(HealthDay.objects.get().weight_kg or 0, 2) == 61.23
    assert "135.0 lb" in page.content.decode()


def test_today_is_the_athletes_own_day(cast: Cast):
    with time_machine.travel(datetime(2026, 6, 10, 20, 0, tzinfo=UTC), tick=False):
        save_morning(cast.ben, cast.ben, mood="3")  # in Tokyo it is the 11th
    assert HealthDay.objects.get().date == date(2026, 6, 11)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "Fill in at least one thing."),
        ({"pain_where": "knee"}, "Choose a number, or leave both empty."),
        ({"sleep_hours": "25"}, "Use whole hours and minutes, up to 20 hours."),
        ({"sleep_minutes": "7.5"}, "Use whole hours and minutes, up to 20 hours."),
        ({"weight": "12"}, "Use a number from 20 to 300 kg, such as 61.5."),
        ({"hrv": "fast"}, "Use a number from 5 to 250 ms."),
        ({"mood": "9"}, "mood"),
    ],
)
def test_a_wrong_value_stores_nothing(cast: Cast, wrong: dict[str, str], words: str):
    page = save_morning(cast.ada, cast.ada, **wrong)
    assert words in page.content.decode()
    assert not HealthDay.objects.exists()


def test_a_form_that_is_out_of_date_overwrites_nothing(cast: Cast):
    form = sign_in(cast.ada).get(path_of(cast.ada)).context["form"]
    HealthDay.objects.create(athlete=cast.ada.athlete, date=TODAY, source="manual", mood=2)
    sent = {"mood": "5", "form_version": form.version}
    page = sign_in(cast.ada).post(path_of(cast.ada), sent)
    assert "Somebody changed this in the meantime" in page.content.decode()
    assert HealthDay.objects.get().mood == 2


@pytest.mark.parametrize(("day", "status"), [("2026-06-12", 400), ("yesterday", 400), ("1969-12-31", 400)])
def test_a_day_that_cannot_be_is_refused(cast: Cast, day: str, status: int):
    assert sign_in(cast.ada).get(path_of(cast.ada, day)).status_code == status


def test_only_what_was_entered_is_deleted(cast: Cast):
    for source in ("garmin", "manual"):
        HealthDay.objects.create(athlete=cast.ada.athlete, date=TODAY, source=source, resting_hr_bpm=50)
    client, path = sign_in(cast.ada), path_of(cast.ada) + "/delete"
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 302
    assert [day.source for day in HealthDay.objects.all()] == ["garmin"]
    assert client.get(path).status_code == 404


def test_a_coach_enters_a_morning_if_health_is_shared(cast: Cast):
    save_morning(cast.carl, cast.ada, mood="3")
    assert HealthDay.objects.get().athlete_id == cast.ada.pk
    assert sign_in(cast.asha).get(path_of(cast.ada)).status_code == 403
    assert sign_in(cast.asha).get(f"/athletes/{cast.ada.public_id}/health-days").status_code == 200


@pytest.mark.parametrize("days", [1, 30])
def test_the_list_takes_six_statements(cast: Cast, django_assert_num_queries: Any, days: int):
    HealthDay.objects.bulk_create(
        HealthDay(athlete=cast.ada.athlete, date=date(2026, 5, 1 + number), source="manual", mood=3)
        for number in range(days)
    )
    client = sign_in(cast.ada)
    with django_assert_num_queries(LIST_STATEMENTS):
        assert len(client.get(f"/athletes/{cast.ada.public_id}/health-days").context["rows"]) == days
