"""The pages of absences: list, create, end, change and delete."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from astral.http.errors import ApiError
from athletes.models import User
from coaching.athlete_records import update_record
from coaching.models import Absence
from tests.coaching.plan_fixtures import TODAY, create_absence, get_data_version, get_day
from tests.support.cast import NOON, Cast

ILL = {"kind": "ill", "from_date": str(get_day(-3)), "to_date": ""}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOON, tick=False):
        yield


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def absences_path(user: User, absence: Absence | None = None) -> str:
    return f"/athletes/{user.public_id}/absences" + (f"/{absence.public_id}" if absence else "")


def read_absences() -> list[tuple[object, ...]]:
    return list(Absence.objects.values_list("kind", "first_day", "last_day"))


@pytest.mark.parametrize("who", ["ada", "carl"])
def test_absence_can_be_created_ended_changed_and_deleted(cast: Cast, who: str):
    client = browser(getattr(cast, who))
    answer = client.post(absences_path(cast.ada), ILL)
    assert (answer.status_code, answer.headers["Location"]) == (302, absences_path(cast.ada))
    assert read_absences() == [("ill", get_day(-3), None)]
    assert b"End it today" in client.get(absences_path(cast.ada)).content
    path = absences_path(cast.ada, Absence.objects.get())
    assert client.post(f"{path}/end").status_code == 302
    assert read_absences() == [("ill", get_day(-3), TODAY)]
    assert b"End it today" not in client.get(absences_path(cast.ada)).content
    client.post(path, ILL | {"kind": "injured", "to_date": str(get_day(2))})
    assert read_absences() == [("injured", get_day(-3), get_day(2))]
    assert f'value="{get_day(2)}"' in client.get(path).content.decode()
    assert b"Delete this absence?" in client.get(f"{path}/delete").content
    client.post(f"{path}/delete")
    assert (read_absences(), get_data_version(cast.ada)) == ([], 4)


@pytest.mark.parametrize(
    ("invalid", "field", "message"),
    [
        ({"to_date": str(get_day(-4))}, "to_date", "The last day must not be before the first."),
        ({"kind": ""}, "kind", "Choose why."),
        ({"from_date": ""}, "from_date", "Use a date"),
    ],
)
def test_form_shows_errors_beside_fields_and_stores_nothing(
    cast: Cast, invalid: dict[str, str], field: str, message: str
):
    absence = create_absence(cast.ada, -20, -10)
    for path in (absences_path(cast.ada), absences_path(cast.ada, absence)):
        answer = browser(cast.ada).post(path, ILL | invalid)
        assert answer.status_code == 200
        assert message in answer.content.decode().split(f'id="error-{field}">')[1].split("</p>")[0]
    assert read_absences() == [("ill", get_day(-20), get_day(-10))]


def test_end_page_rejects_a_future_absence(cast: Cast):
    absence = create_absence(cast.ada, 3, None)
    answer = browser(cast.ada).post(f"{absences_path(cast.ada, absence)}/end", follow=True)
    assert "This absence is not active today. Change its dates instead." in answer.content.decode()
    assert read_absences() == [("ill", get_day(3), None)]


def test_absence_pages_reject_users_who_may_not_record(cast: Cast):
    absence, foreign = create_absence(cast.ada, -3, None), create_absence(cast.zoe, -3, None)
    path = absences_path(cast.ada, absence)
    posts: tuple[tuple[str, dict[str, str]], ...] = (
        (absences_path(cast.ada), ILL),
        (path, ILL),
        (f"{path}/end", {}),
        (f"{path}/delete", {}),
    )
    for client in (browser(cast.asha), browser(cast.ben), browser(cast.zora)):
        for address, body in posts:
            assert client.post(address, body).status_code == 403
    assert "Add an absence" not in browser(cast.asha).get(absences_path(cast.ada)).content.decode()
    assert browser(cast.ada).post(f"{absences_path(cast.ada, foreign)}/delete").status_code == 403
    assert Absence.objects.count() == 2


def test_stale_form_does_not_reopen_an_ended_absence(cast: Cast):
    path, client = absences_path(cast.ada, create_absence(cast.ada, -3, None)), browser(cast.carl)
    [form_version] = re.findall(r'name="form_version" value="(\w+)"', client.get(path).content.decode())
    browser(cast.ada).post(f"{path}/end")
    again = client.post(path, ILL | {"kind": "injured", "form_version": form_version}).content.decode()
    assert "Somebody changed this in the meantime" in again
    assert read_absences()[0][2] == TODAY


def test_update_rejects_a_conflict_with_a_concurrent_change(cast: Cast):
    absence = create_absence(cast.ada, -3, None)
    Absence.objects.update(first_day=get_day(2))
    with pytest.raises(ApiError, match="in the meantime"):
        update_record(absence, {"last_day": TODAY})


def test_absence_form_overwrites_nothing_that_changed_after_its_check(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    path = absences_path(cast.ada, create_absence(cast.ada, -3, None))

    def update_after_another(*sent: Any, **options: Any) -> Any:
        Absence.objects.update(last_day=TODAY)
        return update_record(*sent, **options)

    monkeypatch.setattr("coaching.absences.pages.update_record", update_after_another)
    page = browser(cast.carl).post(path, ILL | {"kind": "injured"}).content.decode()
    assert "Someone else changed this in the meantime" in page
    assert read_absences()[0][2] == TODAY
