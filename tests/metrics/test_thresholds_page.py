"""Pages of thresholds: your own in the settings, and an athlete's for a coach."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client

from athletes.models import Athlete, Threshold, User
from athletes.organizations.consent import change_consent
from tests.coaching.plan_fixtures import TODAY
from tests.support.cast import NOON, Cast

OWN_PAGE = "/settings/thresholds"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOON, tick=False):
        yield


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def build_athlete_page_path(user: User) -> str:
    return f"/athletes/{user.public_id}/thresholds"


def get_stored_thresholds() -> list[tuple[object, ...]]:
    return list(Threshold.objects.order_by("kind").values_list("kind", "value", "source", "valid_from"))


def test_values_are_stored_with_source_and_day_and_shown_on_the_page(cast: Cast):
    client = sign_in(cast.ada)
    answer = client.post(
        OWN_PAGE, {"threshold_pace": "4:10", "lthr": "", "mass_kg": "61,5", "valid_from": "2026-06-01"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, OWN_PAGE)
    day = TODAY.replace(day=1)
    assert get_stored_thresholds() == [
        ("mass_kg", 61.5, "manual", day),
        ("threshold_pace", 250.0, "manual", day),
    ]
    text = client.get(OWN_PAGE).content.decode()
    assert "Now 4:10 /km, entered by the athlete, since Mon 1 Jun 2026." in text
    assert "Now 61.5 kg" in text


def test_a_coach_enters_a_pace_in_the_units_of_the_coach(cast: Cast):
    Athlete.objects.filter(pk=cast.carl.pk).update(unit_system="imperial")
    client = sign_in(cast.carl)
    assert client.post(build_athlete_page_path(cast.ada), {"threshold_pace": "8:03"}).status_code == 302
    [(kind, value, source, day)] = get_stored_thresholds()
    assert (kind, value, source, day) == ("threshold_pace", pytest.approx(300.12, abs=0.01), "coach", TODAY)
    assert "Now 8:03 /mi" in client.get(build_athlete_page_path(cast.ada)).content.decode()
    assert (
        build_athlete_page_path(cast.ada)
        in client.get(f"/coach/athletes/{cast.ada.public_id}").content.decode()
    )
    assert OWN_PAGE in sign_in(cast.ben).get("/home").content.decode()


@pytest.mark.parametrize(
    ("invalid", "message"),
    [
        ({"threshold_pace": "250"}, "Use a pace as M:SS from 2:00 /km to 15:00 /km."),
        ({"lthr": "300"}, "Use a number from 80 bpm to 230 bpm."),
        ({"valid_from": "yesterday"}, "Use a date"),
        ({"lthr": ""}, "Fill in at least one value."),
    ],
)
def test_an_invalid_value_gives_a_message_and_nothing_is_stored(
    cast: Cast, invalid: dict[str, str], message: str
):
    answer = sign_in(cast.ada).post(OWN_PAGE, invalid)
    assert answer.status_code == 200
    assert message in answer.content.decode()
    assert f'value="{next(iter(invalid.values())) or TODAY}"' in answer.content.decode()
    assert get_stored_thresholds() == []


def test_a_form_with_other_fields_stores_nothing(cast: Cast):
    sign_in(cast.ada).post(OWN_PAGE, {"lthr": "170", "sex": "female"})
    sign_in(cast.ada).post(OWN_PAGE, {"lthr": "170", "timezone": "Asia/Tokyo"})
    assert get_stored_thresholds() == []


def test_other_users_are_refused_and_withheld_values_are_hidden(cast: Cast):
    for viewer in (cast.asha, cast.ben, cast.zora):
        assert sign_in(viewer).post(build_athlete_page_path(cast.ada), {"lthr": "170"}).status_code == 403
        assert sign_in(viewer).get(build_athlete_page_path(cast.ada)).status_code == 403
    sign_in(cast.ada).post(OWN_PAGE, {"hr_rest": "47"})
    assert "Now 47 bpm" in sign_in(cast.carl).get(build_athlete_page_path(cast.ada)).content.decode()
    granted = {"activities": True, "health": False, "goals_and_plans": True}
    change_consent(cast.ada.athlete, cast.harbour, granted, NOON)
    text = sign_in(cast.carl).get(build_athlete_page_path(cast.ada)).content.decode()
    assert "Now 47 bpm" not in text
    assert text.count("Not shared with your club.") == 2
