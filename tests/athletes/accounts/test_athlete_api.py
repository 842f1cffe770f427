"""GET and PATCH of an athlete: settings, and thresholds with source and first day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from athletes.models import Athlete, Threshold
from athletes.organizations.api_keys import create_api_key
from tests.support.cast import NOON, ApiClient, Cast
from tests.support.error_shape import assert_error


def address(user) -> str:
    return f"/api/v1/athletes/{user.public_id}"


def test_new_athlete_has_no_thresholds(cast: Cast):
    data = ApiClient(cast.ada).get(address(cast.ada)).json()["data"]
    assert data["timezone"] == "Europe/Madrid"
    assert data["lthr"] is None
    assert data["thresholds"] == []


@time_machine.travel(NOON, tick=False)
def test_threshold_is_valid_from_the_local_date_of_the_athlete(cast: Cast):
    answer = ApiClient(cast.ben).send_json("patch", address(cast.ben), {"lthr": 168, "hr_max": 190})
    assert answer.status_code == 200
    assert answer.json()["data"]["lthr"] == 168.0
    assert set(Threshold.objects.values_list("kind", "valid_from")) == {
        ("lthr", date(2026, 6, 10)),
        ("hr_max", date(2026, 6, 10)),
    }


@time_machine.travel(NOON, tick=False)
def test_threshold_with_earlier_valid_from_changes_only_the_past(cast: Cast):
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
def test_threshold_from_tomorrow_is_not_valid_today(cast: Cast):
    data = (
        ApiClient(cast.ada)
        .send_json("patch", address(cast.ada), {"vdot": 52, "valid_from": "2026-06-11"})
        .json()["data"]
    )
    assert data["vdot"] is None


def test_second_threshold_of_a_day_replaces_the_first(cast: Cast):
    api = ApiClient(cast.ada)
    for value in (160, 165):
        api.send_json("patch", address(cast.ada), {"lthr": value, "valid_from": "2026-01-01"})
    assert Threshold.objects.get().value == 165.0


def test_patch_raises_the_data_version(cast: Cast):
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
        {"birth_date": "1899-12-31"},
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
def test_patch_refuses_invalid_or_unknown_values_and_changes_nothing(cast: Cast, body):
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
def test_patch_of_thresholds_is_allowed_by_role(cast: Cast, who: str, status: int):
    assert (
        ApiClient(getattr(cast, who)).send_json("patch", address(cast.ada), {"lthr": 165}).status_code
        == status
    )


def test_answer_does_not_contain_fields_for_coaches(cast: Cast):
    assert not {"labels", "notes", "level", "email"} & set(
        ApiClient(cast.ada).get(address(cast.ada)).json()["data"]
    )


def test_birth_date_of_an_old_athlete_is_stored(cast: Cast):
    assert (
        ApiClient(cast.ada).send_json("patch", address(cast.ada), {"birth_date": "1938-02-28"}).status_code
        == 200
    )
    assert str(Athlete.objects.get(pk=cast.ada.pk).birth_date) == "1938-02-28"


@pytest.mark.parametrize("letter", ["\u202e", "\u2066", "\u202a"])
def test_letters_that_reorder_others_are_refused_in_names(cast: Cast, letter: str):
    body = {"race_name": f"Mile{letter}", "race_date": "2026-06-10", "distance": 5_000}
    assert_error(ApiClient(cast.ada).send_json("post", "/api/v1/races", body), 400, "NOT_PLAIN", "race_name")


SETTINGS = {"timezone": "Asia/Tokyo", "unit_system": "imperial", "sex": "female", "birth_date": "1990-02-03"}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("stella", 200), ("carl", 403), ("hanna", 403)])
def test_settings_are_changed_only_by_the_athlete_and_staff(cast: Cast, name: str, who: str, status: int):
    body = {name: SETTINGS[name], "lthr": 165}
    assert ApiClient(getattr(cast, who)).send_json("patch", address(cast.ada), body).status_code == status
    assert (str(getattr(Athlete.objects.get(pk=cast.ada.pk), name)) == SETTINGS[name]) == (status == 200)
    assert Threshold.objects.exists() == (status == 200)


@pytest.mark.parametrize(
    ("body", "status"), [*(({name: SETTINGS[name]}, 403) for name in SETTINGS), ({"lthr": 165}, 200)]
)
def test_write_key_changes_thresholds_but_no_settings(cast: Cast, body: dict[str, object], status: int):
    secret = create_api_key(cast.harbour, "watch", ["write"], NOON + timedelta(days=30_000), cast.hanna)[1]
    key = Client(headers={"X-API-Key": secret})
    assert key.patch(address(cast.ada), body, content_type="application/json").status_code == status


def test_only_the_athlete_reads_and_changes_the_privacy_radius(cast: Cast):
    assert ApiClient(cast.ada).get(address(cast.ada)).json()["data"]["privacy_radius"] == 200
    assert ApiClient(cast.carl).get(address(cast.ada)).json()["data"]["privacy_radius"] is None
    body = {"privacy_radius": 500}
    assert_error(ApiClient(cast.carl).send_json("patch", address(cast.ada), body), 403, "PERMISSION_DENIED")
    answer = ApiClient(cast.ada).send_json("patch", address(cast.ada), body)
    assert answer.json()["data"]["privacy_radius"] == 500
    assert Athlete.objects.get(pk=cast.ada.pk).privacy_radius_m == 500
    for wrong in (150, -1, None, "far"):
        answer = ApiClient(cast.ada).send_json("patch", address(cast.ada), {"privacy_radius": wrong})
        assert answer.status_code == 400
