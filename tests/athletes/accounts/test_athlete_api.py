"""GET and PATCH of an athlete: settings now, measured values each with its source and day."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from athletes.models import Athlete, Threshold
from tests.support.cast import NOON, ApiClient, Cast


def address(user) -> str:
    return f"/api/v1/athletes/{user.public_id}"


def test_a_newcomer_has_no_measured_values(cast: Cast):
    data = ApiClient(cast.ada).get(address(cast.ada)).json()["data"]
    assert data["timezone"] == "Europe/Madrid"
    assert data["lthr"] is None
    assert data["thresholds"] == []


@time_machine.travel(NOON, tick=False)
def test_a_measured_value_holds_from_today_where_the_athlete_is(cast: Cast):
    answer = ApiClient(cast.ben).send_json("patch", address(cast.ben), {"lthr": 168, "hr_max": 190})
    assert answer.status_code == 200
    assert answer.json()["data"]["lthr"] == 168.0
    assert set(Threshold.objects.values_list("kind", "valid_from")) == {
        ("lthr", date(2026, 6, 10)),
        ("hr_max", date(2026, 6, 10)),
    }


@time_machine.travel(NOON, tick=False)
def test_an_earlier_value_corrects_the_past_and_not_today(cast: Cast):
    api = ApiClient(cast.ada)
    api.send_json("patch", address(cast.ada), {"lthr": 170, "valid_from": "2026-05-01"})
    api.send_json(
        "patch", address(cast.ada), {"lthr": 160, "valid_from": "2026-01-01", "source": "laboratory"}
    )
    data = api.get(address(cast.ada)).json()["data"]
    assert data["lthr"] == 170.0
    assert data["thresholds"] == [
        {"kind": "lthr", "value": 170.0, "source": "manual", "valid_from": "2026-05-01"},
        {"kind": "lthr", "value": 160.0, "source": "laboratory", "valid_from": "2026-01-01"},
    ]


@time_machine.travel(NOON, tick=False)
def test_a_value_from_tomorrow_does_not_hold_today(cast: Cast):
    data = (
        ApiClient(cast.ada)
        .send_json("patch", address(cast.ada), {"vdot": 52, "valid_from": "2026-06-11"})
        .json()["data"]
    )
    assert data["vdot"] is None


def test_the_same_day_again_replaces_the_value_of_that_day(cast: Cast):
    api = ApiClient(cast.ada)
    for value in (160, 165):
        api.send_json("patch", address(cast.ada), {"lthr": value, "valid_from": "2026-01-01"})
    assert Threshold.objects.get().value == 165.0


def test_every_change_raises_the_data_version(cast: Cast):
    ApiClient(cast.ada).send_json("patch", address(cast.ada), {"timezone": "Asia/Tokyo"})
    athlete = Athlete.objects.get(pk=cast.ada.pk)
    assert (athlete.timezone, athlete.timezone_confirmed, athlete.data_version) == ("Asia/Tokyo", True, 1)


@pytest.mark.parametrize(
    "body",
    [
        {"timezone": "localtime"},
        {"timezone": ""},
        {"lthr": 20},
        {"lthr": "165"},
        {"lthr": True},
        {"lthr": None},
        {"threshold_pace": 1e400},
        {"birth_date": "0001-01-01"},
        {"sex": "x"},
        {"data_version": 7},
        {"email": "other@example.test"},
        {"is_staff": True},
        {"lthr": 165, "valid_from": "tomorrow"},
        [],
        None,
        "text",
    ],
)
def test_a_wrong_or_unknown_value_is_refused_and_changes_nothing(cast: Cast, body):
    before = Athlete.objects.filter(pk=cast.ada.pk).values().get()
    raw = '{"threshold_pace": 1e400}' if body == {"threshold_pace": 1e400} else body
    answer = ApiClient(cast.ada).send_json("patch", address(cast.ada), raw)
    assert answer.status_code == 400, answer.content
    assert set(answer.json()) == {"error", "details"}
    assert Athlete.objects.filter(pk=cast.ada.pk).values().get() == before
    assert not Threshold.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("ada", 200), ("carl", 200), ("hanna", 200), ("asha", 403), ("zora", 403)]
)
def test_who_may_store_an_athletes_thresholds(cast: Cast, who: str, status: int):
    assert (
        ApiClient(getattr(cast, who)).send_json("patch", address(cast.ada), {"lthr": 165}).status_code
        == status
    )


def test_coach_only_matters_are_not_in_an_athletes_answer(cast: Cast):
    assert not {"labels", "notes", "level", "email"} & set(
        ApiClient(cast.ada).get(address(cast.ada)).json()["data"]
    )
