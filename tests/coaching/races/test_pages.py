"""The pages of races: list, create, change and delete."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from athletes.models import Athlete, User
from athletes.organizations.consent import change_consent
from coaching.athlete_records import update_record
from coaching.models import Race
from tests.coaching.plan_fixtures import bump_data_version, create_race, get_data_version, get_day
from tests.support.cast import NOON, Cast, create_run

TEN_KM = {
    "race_name": "City run", "race_date": str(get_day(20)), "over": "10000", "distance": "",
    "goal_time": "0:41:30", "priority": "B",
}  # fmt: skip
# Session, user, athlete and clubs of the viewer; the athlete and their name; both lists; permission.
LIST_SQL = 9
FORECAST_SQL = 2  # whose activities the viewer sees; assessments


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOON, tick=False):
        yield


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def races_path(user: User) -> str:
    return f"/athletes/{user.public_id}/races"


def read_race(race: Race) -> tuple[Any, ...]:
    race.refresh_from_db()
    return race.name, race.date, race.distance_m, race.goal_time_s, race.result_time_s, race.priority


@pytest.mark.parametrize("username", ["ada", "carl"])
def test_race_can_be_created_changed_and_deleted(cast: Cast, username: str):
    client = browser(getattr(cast, username))
    answer = client.post(races_path(cast.ada), TEN_KM)
    assert (answer.status_code, answer.headers["Location"]) == (302, races_path(cast.ada))
    race = Race.objects.get()
    assert read_race(race) == ("City run", get_day(20), 10_000.0, 2_490.0, None, "B")
    home = "/home" if username == "ada" else f"/coach/athletes/{cast.ada.public_id}"
    page = client.get(home).content.decode()
    assert f'href="{races_path(cast.ada)}#add"' in page
    assert f'href="/races/{race.public_id}"' in page
    assert b'value="0:41:30"' in client.get(f"/races/{race.public_id}").content
    client.post(f"/races/{race.public_id}", TEN_KM | {"result_time": "0:40:59", "goal_time": ""})
    assert read_race(race) == ("City run", get_day(20), 10_000.0, None, 2_459.0, "B")
    assert b"Delete this race?" in client.get(f"/races/{race.public_id}/delete").content
    assert client.post(f"/races/{race.public_id}/delete").status_code == 302
    assert (Race.objects.exists(), get_data_version(cast.ada)) == (False, 3)


def test_custom_distance_uses_the_viewers_units_and_stays_exact(cast: Cast):
    client = browser(cast.ada)
    client.post(races_path(cast.ada), TEN_KM | {"over": "other", "distance": "12,5"})
    race = Race.objects.get()
    assert race.distance_m == 12_500.0
    Athlete.objects.filter(pk=cast.ada.pk).update(unit_system="imperial")
    form = client.get(f"/races/{race.public_id}").content.decode()
    assert 'value="7.767"' in form
    assert "miles" in form
    client.post(
        f"/races/{race.public_id}", TEN_KM | {"over": "other", "distance": "7.767", "race_name": "Hill run"}
    )
    assert read_race(race)[:3] == ("Hill run", get_day(20), 12_500.0)
    client.post(f"/races/{race.public_id}", TEN_KM | {"over": "other", "distance": "10"})
    assert read_race(race)[2] == pytest.approx(16_093.44)


@pytest.mark.parametrize(
    ("invalid", "field", "message"),
    [
        ({"over": "other", "distance": "0,05"}, "distance", "Use a number from 0.10 to 1,000.00 km"),
        ({"over": "other", "distance": "ten"}, "distance", "Use a number from"),
        ({"distance": "12"}, "distance", "Choose “Another distance” above"),
        ({"over": ""}, "over", "Choose a distance."),
        ({"goal_time": "41m"}, "goal_time", "Use a time such as 3:05:00."),
        ({"goal_time": "5:00"}, "goal_time", "Are these hours or minutes?"),
        ({"race_date": ""}, "race_date", "Use a date"),
        ({"race_name": " "}, "race_name", "blank"),
    ],
)
def test_form_shows_errors_beside_fields_and_stores_nothing(
    cast: Cast, invalid: dict[str, str], field: str, message: str
):
    answer = browser(cast.ada).post(races_path(cast.ada), TEN_KM | invalid)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert message in text.split(f'id="error-{field}">')[1].split("</p>")[0]
    assert f'value="{invalid.get("goal_time", "0:41:30")}"' in text  # the form keeps the input
    race = create_race(cast.ada, 5)
    assert browser(cast.ada).post(f"/races/{race.public_id}", TEN_KM | invalid).status_code == 200
    assert read_race(race)[:3] == ("City run", get_day(5), 10_000.0)
    assert Race.objects.count() == 1


def test_race_form_rejects_user_id(cast: Cast):
    browser(cast.ada).post(races_path(cast.ada), TEN_KM | {"user_id": cast.ben.public_id})
    assert not Race.objects.exists()


def test_races_page_hides_forms_from_readers_and_rejects_others(cast: Cast):
    race = create_race(cast.ada, 5)
    asha = browser(cast.asha)
    text = asha.get(races_path(cast.ada)).content.decode()
    assert "City run" in text
    assert "Add a race" not in text + asha.get(f"/coach/athletes/{cast.ada.public_id}").content.decode()
    for client in (asha, browser(cast.ben), browser(cast.zora)):
        assert client.post(races_path(cast.ada), TEN_KM).status_code == 403
        for path in (f"/races/{race.public_id}", f"/races/{race.public_id}/delete"):
            assert [client.get(path).status_code, client.post(path, TEN_KM).status_code] == [403, 403]
    assert browser(cast.ben).get(races_path(cast.ada)).status_code == 403
    assert Race.objects.count() == 1


def test_list_takes_the_same_statements_for_any_number_of_races(cast: Cast):
    for ahead in (5, *range(-20, 20)):
        create_race(cast.ada, ahead)
    client = browser(cast.carl)
    client.get(races_path(cast.ada))
    for athlete, more in ((cast.ada, FORECAST_SQL), (cast.ben, 0)):
        with CaptureQueriesContext(connection) as captured:
            text = client.get(races_path(athlete)).content.decode()
        assert len(captured) == LIST_SQL + more
        assert text.count("Enter the result") == (20 if athlete == cast.ada else 0)


def test_stale_race_form_overwrites_nothing(cast: Cast):
    race, client = create_race(cast.ada, 20), browser(cast.ada)
    address = f"/races/{race.public_id}"
    [form_version] = re.findall(r'name="form_version" value="(\w+)"', client.get(address).content.decode())
    client.post(address, TEN_KM | {"result_time": "0:40:59"})
    again = client.post(
        address, TEN_KM | {"race_name": "Another", "form_version": form_version}
    ).content.decode()
    assert "Somebody changed this in the meantime" in again
    assert 'value="0:40:59"' in again
    assert read_race(race)[0] == "City run"


def test_race_form_overwrites_nothing_that_changed_after_its_check(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    race = create_race(cast.ada, 20)

    def update_after_another(*sent: Any, **options: Any) -> Any:
        Race.objects.update(result_time_s=2_459.0)
        return update_record(*sent, **options)

    monkeypatch.setattr("coaching.races.pages.update_record", update_after_another)
    page = (
        browser(cast.ada).post(f"/races/{race.public_id}", TEN_KM | {"race_name": "Another"}).content.decode()
    )
    assert "Someone else changed this in the meantime" in page
    assert read_race(race)[0] != "Another"


def test_race_of_today_is_past_once_it_has_a_result(cast: Cast):
    race = create_race(cast.ada, 0)
    page = browser(cast.ada).get(races_path(cast.ada)).content.decode()
    assert page.index(race.public_id) > page.index("Ahead")
    assert 'id="past"' not in page
    browser(cast.ada).post(
        f"/races/{race.public_id}", TEN_KM | {"race_date": str(get_day(0)), "result_time": "0:40:59"}
    )
    assert "0:40:59" in browser(cast.ada).get(races_path(cast.ada)).content.decode()


def test_list_shows_the_forecast_and_links_what_it_rests_on(cast: Cast):
    run = create_run(cast.ada, NOON - timedelta(days=9), is_race=True, duration_s=2_520.0)
    create_race(cast.ada, 20, distance_m=21_097.5)
    create_race(cast.ada, 21, distance_m=200_000.0)
    bump_data_version(cast.ada)
    text = " ".join(browser(cast.carl).get(races_path(cast.ada)).content.decode().split())
    assert re.search(
        r"Forecast <strong>1:3\d:\d\d</strong>; 8 of 10 such runners take 1:[23]\d:\d\d–1:[34]\d", text
    )
    assert f'<a href="/activities/{run.public_id}">10.0 km in 0:42:00</a> (race, Mon 1 Jun 2026)' in text
    assert "No forecast: only races from 1.5 to 100.0 km have one" in text
    Athlete.objects.filter(pk=cast.carl.pk).update(unit_system="imperial")
    text = " ".join(browser(cast.carl).get(races_path(cast.ada)).content.decode().split())
    assert "6.2 mi in 0:42:00" in text
    assert "only races from 0.9 to 62.1 mi have one" in text


def test_list_withholds_forecasts_with_the_activities(cast: Cast):
    run = create_run(cast.ada, NOON - timedelta(days=9), is_race=True)
    create_race(cast.ada, 20)
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False}, NOON)
    text = browser(cast.carl).get(races_path(cast.ada)).content.decode()
    assert "No forecast: it needs activities, which are not shared with your club" in text
    assert run.public_id not in text
    assert run.public_id in browser(cast.ada).get(races_path(cast.ada)).content.decode()


@pytest.mark.parametrize(
    ("over", "typed", "goal_time_s"),
    [
        ("21097.5", "1:45", 6_300.0),
        ("42195", "3:05", 11_100.0),
        ("5000", "20:30", 1_230.0),
        ("10000", "41:30", 2_490.0),
        ("10000", "1:05", 3_900.0),
        ("10000", "0:41:30", 2_490.0),
    ],
)
def test_a_time_of_two_parts_is_read_by_the_distance(cast: Cast, over: str, typed: str, goal_time_s: float):
    browser(cast.ada).post(races_path(cast.ada), TEN_KM | {"over": over, "goal_time": typed})
    assert Race.objects.get().goal_time_s == goal_time_s


def test_a_result_of_two_parts_is_read_by_the_distance(cast: Cast):
    browser(cast.ada).post(races_path(cast.ada), TEN_KM)
    race = Race.objects.get()
    browser(cast.ada).post(f"/races/{race.public_id}", TEN_KM | {"result_time": " 40:59"})
    assert Race.objects.get().result_time_s == 2_459.0
