"""Thresholds on pages: one's own in the settings, and an athlete's for a coach."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client

from athletes.models import Athlete, Threshold, User
from athletes.organizations.consent import change_consent
from tests.coaching.plan_fixtures import TODAY
from tests.support.cast import NOON, Cast

OWN = "/settings/thresholds"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOON, tick=False):
        yield


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def theirs(user: User) -> str:
    return f"/athletes/{user.public_id}/thresholds"


def stored() -> list[tuple[object, ...]]:
    return list(Threshold.objects.order_by("kind").values_list("kind", "value", "source", "valid_from"))


def test_values_are_stored_with_source_and_day_and_shown(cast: Cast):
    client = browser(cast.ada)
    answer = client.post(
        OWN, {"threshold_pace": "4:10", "lthr": "", "mass_kg": "61,5", "valid_from": "2026-06-01"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, OWN)
    day = TODAY.replace(day=1)
    assert stored() == [("mass_kg", 61.5, "manual", day), ("threshold_pace", 250.0, "manual", day)]
    text = client.get(OWN).content.decode()
    assert "Now 4:10 /km, entered by the athlete, since Mon 1 Jun 2026." in text
    assert "Now 61.5 kg" in text


def test_a_coach_types_a_pace_in_the_own_units(cast: Cast):
    Athlete.objects.filter(pk=cast.carl.pk).update(unit_system="imperial")
    client = browser(cast.carl)
    assert client.post(theirs(cast.ada), {"threshold_pace": "8:03"}).status_code == 302
    [(kind, value, source, day)] = stored()
    assert (kind, value, source, day) == ("threshold_pace", pytest.approx(300.12, abs=0.01), "coach", TODAY)
    assert "Now 8:03 /mi" in client.get(theirs(cast.ada)).content.decode()
    assert theirs(cast.ada) in client.get(f"/coach/athletes/{cast.ada.public_id}").content.decode()
    assert OWN in browser(cast.ben).get("/home").content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"threshold_pace": "250"}, "Use a pace as M:SS from 2:00 /km to 15:00 /km."),
        ({"lthr": "300"}, "Use a number from 80 bpm to 230 bpm."),
        ({"valid_from": "yesterday"}, "Use a date"),
        ({"lthr": ""}, "Fill in at least one value."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(cast: Cast, wrong: dict[str, str], words: str):
    answer = browser(cast.ada).post(OWN, wrong)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert f'value="{next(iter(wrong.values())) or TODAY}"' in answer.content.decode()
    assert stored() == []


def test_nothing_but_thresholds_can_be_sent(cast: Cast):
    browser(cast.ada).post(OWN, {"lthr": "170", "sex": "female"})
    browser(cast.ada).post(OWN, {"lthr": "170", "timezone": "Asia/Tokyo"})
    assert stored() == []


def test_somebody_elses_are_refused_and_withheld_readings_not_shown(cast: Cast):
    for who in (cast.asha, cast.ben, cast.zora):
        assert browser(who).post(theirs(cast.ada), {"lthr": "170"}).status_code == 403
        assert browser(who).get(theirs(cast.ada)).status_code == 403
    browser(cast.ada).post(OWN, {"hr_rest": "47"})
    assert "Now 47 bpm" in browser(cast.carl).get(theirs(cast.ada)).content.decode()
    granted = {"activities": True, "health": False, "goals_and_plans": True}
    change_consent(cast.ada.athlete, cast.harbour, granted, NOON)
    text = browser(cast.carl).get(theirs(cast.ada)).content.decode()
    assert "Now 47 bpm" not in text
    assert text.count("Not shared with your club.") == 2
