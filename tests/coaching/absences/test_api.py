"""Absences over the API."""

from __future__ import annotations

from typing import Any

import pytest

from coaching.models import Absence
from tests.coaching.plan_fixtures import create_absence, get_data_version, get_day
from tests.support.cast import ApiClient, Cast
from tests.support.error_shape import assert_error

ILL = {"kind": "ill", "from_date": str(get_day(-3)), "to_date": str(get_day(2))}


def path(user, absence: Absence | None = None) -> str:
    absences_path = f"/api/v1/athletes/{user.public_id}/absences"
    return f"{absences_path}/{absence.public_id}" if absence else absences_path


def test_absence_can_be_created_listed_changed_and_deleted(cast: Cast):
    api = ApiClient(cast.ada)
    answer = api.send_json("post", path(cast.ada), ILL)
    absence = Absence.objects.get()
    expected = {"absence_id": absence.public_id, "user_id": cast.ada.public_id} | ILL
    assert (answer.status_code, answer.json()["data"]) == (201, expected)
    assert api.get(path(cast.ada)).json()["data"] == [expected]
    assert api.get(path(cast.ada, absence)).json()["data"] == expected
    changed = api.send_json("patch", path(cast.ada, absence), {"kind": "injured"})
    assert changed.json()["data"] == expected | {"kind": "injured"}
    assert api.delete(path(cast.ada, absence)).status_code == 204
    assert (Absence.objects.exists(), get_data_version(cast.ada)) == (False, 3)


def test_absence_without_last_day_is_open_until_one_is_set(cast: Cast):
    api = ApiClient(cast.carl)
    open_ended = {"kind": "injured", "from_date": str(get_day(-3))}
    assert api.send_json("post", path(cast.ada), open_ended).json()["data"]["to_date"] is None
    absence = Absence.objects.get()
    for to_date in (str(get_day(-1)), None):
        answer = api.send_json("patch", path(cast.ada, absence), {"to_date": to_date})
        assert answer.json()["data"]["to_date"] == to_date


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"to_date": str(get_day(-4))}, "RANGE", "to_date"),
        ({"kind": "tired"}, "INVALID_CHOICE", "kind"),
        ({"from_date": None}, "NULL", "from_date"),
        ({"from_date": "1969-12-31"}, "RANGE", "from_date"),
        ({"user_id": "x"}, "UNKNOWN_FIELD", "user_id"),
    ],
)
def test_absence_api_names_invalid_fields_and_stores_nothing(
    cast: Cast, body: dict[str, Any], code: str, field: str
):
    assert_error(ApiClient(cast.ada).send_json("post", path(cast.ada), ILL | body), 400, code, field)
    assert not Absence.objects.exists()


def test_absence_update_rejects_last_day_before_first(cast: Cast):
    absence = create_absence(cast.ada, -3, 2)
    answer = ApiClient(cast.ada).send_json("patch", path(cast.ada, absence), {"from_date": str(get_day(3))})
    assert_error(answer, 400, "RANGE", "to_date")


@pytest.mark.parametrize(
    ("viewer", "read", "write"),
    [("ada", 200, 201), ("carl", 200, 201), ("hanna", 200, 201), ("stella", 200, 201), ("asha", 200, 403)]
    + [(name, 403, 403) for name in ("ben", "zora", "otto", "lea")],
)
def test_absences_check_read_and_write_permission(cast: Cast, viewer: str, read: int, write: int):
    api = ApiClient(getattr(cast, viewer))
    assert api.get(path(cast.ada)).status_code == read
    assert api.send_json("post", path(cast.ada), ILL).status_code == write


def test_absence_is_not_found_under_another_athlete(cast: Cast):
    absence = create_absence(cast.ada, -3, 2)
    elsewhere = ApiClient(cast.carl).get(path(cast.ben, absence))
    missing = ApiClient(cast.carl).get(f"{path(cast.ben)}/abs_01h00000000000000000000000")
    assert (elsewhere.status_code, elsewhere.content) == (403, missing.content)
