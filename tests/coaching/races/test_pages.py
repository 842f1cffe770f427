"""Races on pages: listed, entered, changed, deleted."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from athletes.models import Athlete, User
from coaching.models import Race
from tests.coaching.plan_fixtures import create_race, get_data_version, get_day
from tests.support.cast import NOON, Cast

TEN = {
    "race_name": "City run", "race_date": str(get_day(20)), "over": "10000", "distance": "", "goal_time": "0:41:30",
    "priority": "B",
}  # fmt: skip
# Session, person, athlete and clubs of the viewer; the athlete and their name; ahead, past; whether to offer forms.
LIST_SQL = 9


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOON, tick=False):
        yield


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def races(user: User) -> str:
    return f"/athletes/{user.public_id}/races"


def stored(race: Race) -> tuple[Any, ...]:
    race.refresh_from_db()
    return race.name, race.date, race.distance_m, race.goal_time_s, race.result_time_s, race.priority


@pytest.mark.parametrize("who", ["ada", "carl"])
def test_a_race_is_entered_changed_and_deleted(cast: Cast, who: str):
    client = browser(getattr(cast, who))
    answer = client.post(races(cast.ada), TEN)
    assert (answer.status_code, answer.headers["Location"]) == (302, races(cast.ada))
    race = Race.objects.get()
    assert stored(race) == ("City run", get_day(20), 10_000.0, 2_490.0, None, "B")
    at_a_glance = client.get(
        "/home" if who == "ada" else f"/coach/athletes/{cast.ada.public_id}"
    ).content.decode()
    assert f'href="{races(cast.ada)}#add"' in at_a_glance
    assert f'href="/races/{race.public_id}"' in at_a_glance
    assert b'value="0:41:30"' in client.get(f"/races/{race.public_id}").content
    client.post(f"/races/{race.public_id}", TEN | {"result_time": "0:40:59", "goal_time": ""})
    assert stored(race) == ("City run", get_day(20), 10_000.0, None, 2_459.0, "B")
    assert b"Delete this race?" in client.get(f"/races/{race.public_id}/delete").content
    assert client.post(f"/races/{race.public_id}/delete").status_code == 302
    assert (Race.objects.exists(), get_data_version(cast.ada)) == (False, 3)


def test_another_distance_is_in_the_units_of_the_viewer_and_stays_exact(cast: Cast):
    client = browser(cast.ada)
    client.post(races(cast.ada), TEN | {"over": "other", "distance": "12,5"})
    race = Race.objects.get()
    assert race.distance_m == 12_500.0
    Athlete.objects.filter(pk=cast.ada.pk).update(unit_system="imperial")
    form = client.get(f"/races/{race.public_id}").content.decode()
    assert 'value="7.767"' in form
    assert "miles" in form
    client.post(
        f"/races/{race.public_id}", TEN | {"over": "other", "distance": "7.767", "race_name": "Hill run"}
    )
    assert stored(race)[:3] == ("Hill run", get_day(20), 12_500.0)
    client.post(f"/races/{race.public_id}", TEN | {"over": "other", "distance": "10"})
    assert stored(race)[2] == pytest.approx(16_093.44)


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"over": "other", "distance": "0,05"}, "distance", "Use a number from 0.10 to 1,000.00 km"),
        ({"over": "other", "distance": "ten"}, "distance", "Use a number from"),
        ({"distance": "12"}, "distance", "Choose “Another distance” above"),
        ({"over": ""}, "over", "Choose a distance."),
        ({"goal_time": "41:30"}, "goal_time", "Use a time such as 3:05:00."),
        ({"race_date": ""}, "race_date", "Use a date"),
        ({"race_name": " "}, "race_name", "blank"),
    ],
)
def test_form_shows_errors_beside_fields_and_stores_nothing(
    cast: Cast, wrong: dict[str, str], field: str, words: str
):
    answer = browser(cast.ada).post(races(cast.ada), TEN | wrong)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert words in text.split(f'id="error-{field}">')[1].split("</p>")[0]
    assert f'value="{wrong.get("goal_time", "0:41:30")}"' in text  # what was typed is kept
    race = create_race(cast.ada, 5)
    assert browser(cast.ada).post(f"/races/{race.public_id}", TEN | wrong).status_code == 200
    assert stored(race)[:3] == ("City run", get_day(5), 10_000.0)
    assert Race.objects.count() == 1


def test_race_form_rejects_user_id(cast: Cast):
    browser(cast.ada).post(races(cast.ada), TEN | {"user_id": cast.ben.public_id})
    assert not Race.objects.exists()


def test_races_page_hides_forms_from_readers_and_rejects_others(cast: Cast):
    race = create_race(cast.ada, 5)
    asha = browser(cast.asha)
    text = asha.get(races(cast.ada)).content.decode()
    assert "City run" in text
    assert "Add a race" not in text + asha.get(f"/coach/athletes/{cast.ada.public_id}").content.decode()
    for client in (asha, browser(cast.ben), browser(cast.zora)):
        assert client.post(races(cast.ada), TEN).status_code == 403
        for path in (f"/races/{race.public_id}", f"/races/{race.public_id}/delete"):
            assert [client.get(path).status_code, client.post(path, TEN).status_code] == [403, 403]
    assert browser(cast.ben).get(races(cast.ada)).status_code == 403
    assert Race.objects.count() == 1


def test_the_list_takes_as_many_statements_for_one_race_as_for_many(cast: Cast):
    for ahead in (5, *range(-20, 20)):
        create_race(cast.ada, ahead)
    client = browser(cast.carl)
    for who in (cast.ada, cast.ben):
        with CaptureQueriesContext(connection) as asked:
            text = client.get(races(who)).content.decode()
        assert len(asked) == LIST_SQL
        assert text.count("Enter the result") == (20 if who == cast.ada else 0)


def test_stale_race_form_overwrites_nothing(cast: Cast):
    race, client = create_race(cast.ada, 20), browser(cast.ada)
    address = f"/races/{race.public_id}"
    [as_seen] = re.findall(r'name="as_seen" value="(\w+)"', client.get(address).content.decode())
    client.post(address, TEN | {"result_time": "0:40:59"})
    again = client.post(address, TEN | {"race_name": "Another", "as_seen": as_seen}).content.decode()
    assert "Somebody changed this in the meantime" in again
    assert 'value="0:40:59"' in again
    assert stored(race)[0] == "City run"


def test_a_race_of_today_is_past_once_it_has_a_result(cast: Cast):
    race = create_race(cast.ada, 0)
    page = browser(cast.ada).get(races(cast.ada)).content.decode()
    assert page.index(race.public_id) > page.index("Ahead")
    assert 'id="past"' not in page
    browser(cast.ada).post(
        f"/races/{race.public_id}", TEN | {"race_date": str(get_day(0)), "result_time": "0:40:59"}
    )
    assert "0:40:59" in browser(cast.ada).get(races(cast.ada)).content.decode()
