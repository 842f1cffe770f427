"""What people say of an activity: effort, feeling, pain, notes, gear. Who may write and read what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from athletes.models import Consent, User
from athletes.organizations.api_keys import create_api_key
from metrics.models import Activity
from tests.support.cast import NOON, ApiClient, Cast, create_run
from tests.support.error_shape import assert_error

SAID = {
    "perceived_effort": 7,
    "feel": 4,
    "pain": {"score": 3, "where": "left knee"},
    "athlete_note": "Legs were heavy.\nBetter at the end.",
    "gear": "Blue shoes",
    "is_commute": True,
}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def patch_activity(user: User, activity: Activity, **changes: Any) -> Any:
    return ApiClient(user).send_json("patch", f"/api/v1/activities/{activity.public_id}", changes)


def read_activity(user: User, activity: Activity) -> dict[str, Any]:
    answer: dict[str, Any] = ApiClient(user).get(f"/api/v1/activities/{activity.public_id}").json()["data"]
    listed = ApiClient(user).get("/api/v1/activities", {"user_id": User(id=activity.athlete_id).public_id})
    assert listed.json()["data"] == [answer]
    return answer


def withhold_health(athlete: User, cast: Cast) -> None:
    Consent.objects.create(
        athlete=athlete.athlete, organization=cast.harbour, category="health", granted=False, changed_at=NOON
    )


def test_what_the_athlete_says_is_stored_and_the_coach_reads_it(cast: Cast):
    run = create_run(cast.ada)
    answer = patch_activity(cast.ada, run, **SAID, private_note="Tired of it all.")
    assert {name: answer.json()["data"][name] for name in SAID} == SAID
    assert answer.json()["data"]["private_note"] == "Tired of it all."
    assert {name: read_activity(cast.carl, run)[name] for name in SAID} == SAID


@pytest.mark.parametrize("reader", ["carl", "hanna", "asha", "stella"])
def test_only_the_athlete_reads_the_private_note(cast: Cast, reader: str):
    run = create_run(cast.ada, private_note="Tired of it all.")
    assert read_activity(getattr(cast, reader), run)["private_note"] is None
    assert read_activity(cast.ada, run)["private_note"] == "Tired of it all."


def test_a_key_of_the_club_reads_pain_but_no_private_note(cast: Cast):
    run = create_run(cast.ada, private_note="Tired of it all.", pain_score=2)
    expires_at = NOON + timedelta(days=1)
    secret = create_api_key(cast.harbour, "key", ["read"], expires_at, cast.hanna)[1]
    answer = Client(headers={"X-API-Key": secret}).get(f"/api/v1/activities/{run.public_id}").json()["data"]
    assert (answer["private_note"], answer["pain"]) == (None, {"score": 2, "where": ""})


@pytest.mark.parametrize("writer", ["carl", "hanna", "stella"])
def test_only_the_athlete_writes_the_private_note(cast: Cast, writer: str):
    run = create_run(cast.ada)
    assert_error(patch_activity(getattr(cast, writer), run, private_note="x"), 403, "PERMISSION_DENIED")
    assert patch_activity(getattr(cast, writer), run, athlete_note="She was tired.").status_code == 200
    entry = {"activity_type": "run", "started_at": "2026-06-10T06:00:00Z", "duration": 60}
    sent = entry | {"user_id": cast.ada.public_id, "private_note": "x"}
    assert ApiClient(getattr(cast, writer)).send_json("post", "/api/v1/activities", sent).status_code == 403
    assert Activity.objects.count() == 1


def test_pain_is_withheld_from_who_may_not_see_health(cast: Cast):
    run = create_run(cast.ada, pain_score=3, pain_where="left knee", feel=2)
    withhold_health(cast.ada, cast)
    seen = read_activity(cast.carl, run)
    assert (seen["pain"], seen["feel"]) == (None, 2)
    assert read_activity(cast.stella, run)["pain"] == {"score": 3, "where": "left knee"}
    assert_error(patch_activity(cast.carl, run, pain={"score": 1}), 403, "WITHHELD")
    assert patch_activity(cast.carl, run, feel=3).json()["data"]["pain"] is None
    run.refresh_from_db()
    assert (run.pain_score, run.feel) == (3, 3)


def test_a_list_of_many_shows_the_pain_of_those_who_share_health(cast: Cast):
    for athlete in (cast.ada, cast.ben, cast.carl):
        create_run(athlete, pain_score=2)
    withhold_health(cast.ada, cast)
    rows = ApiClient(cast.carl).get("/api/v1/activities").json()["data"]
    pains = {row["user_id"]: row["pain"] for row in rows}
    pain = {"score": 2, "where": ""}
    assert pains == {
        cast.ada.public_id: None, cast.ben.public_id: pain, cast.carl.public_id: pain,
    }  # fmt: skip


def test_null_deletes_feeling_and_pain(cast: Cast):
    run = create_run(cast.ada, pain_score=3, pain_where="left knee", feel=2)
    answer = patch_activity(cast.ada, run, pain=None, feel=None).json()["data"]
    assert (answer["pain"], answer["feel"]) == (None, None)
    run.refresh_from_db()
    assert (run.pain_score, run.pain_where) == (None, "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"feel": 0}, "feel"),
        ({"feel": 6}, "feel"),
        ({"pain": {"score": 11}}, "pain.score"),
        ({"pain": {"where": "knee"}}, "pain.score"),
        ({"pain": {"score": 1, "where": "x" * 101}}, "pain.where"),
        ({"pain": {"score": 1, "since": "Monday"}}, "pain.since"),
        ({"athlete_note": "x" * 4_001}, "athlete_note"),
        ({"private_note": "a\0b"}, "private_note"),
        ({"gear": "x" * 101}, "gear"),
        ({"is_commute": "yes"}, "is_commute"),
    ],
)
def test_an_invalid_value_changes_nothing(cast: Cast, changes: dict[str, Any], field: str):
    run = create_run(cast.ada)
    answer = patch_activity(cast.ada, run, **changes)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)
    assert Activity.objects.filter(feel=None, pain_score=None, athlete_note="", gear="").exists()


def test_what_was_said_survives_the_bin(cast: Cast):
    run = create_run(cast.ada)
    patch_activity(cast.ada, run, **SAID, private_note="Mine.")
    api = ApiClient(cast.ada)
    api.delete(f"/api/v1/activities/{run.public_id}")
    restored = api.post(f"/api/v1/athletes/{cast.ada.public_id}/bin/{run.public_id}/restore").json()["data"]
    assert {name: restored[name] for name in SAID} == SAID
    assert restored["private_note"] == "Mine."


def test_a_merged_activity_lends_what_nobody_said_of_the_other(cast: Cast):
    kept = create_run(cast.ada, feel=5)
    other = create_run(cast.ada, feel=1, athlete_note="Heavy legs", private_note="Mine.", gear="Blue shoes")
    api = ApiClient(cast.ada)
    body = {"activity_id": other.public_id}
    address = f"/api/v1/activities/{kept.public_id}/recordings"
    assert api.send_json("post", address, body).status_code == 200
    kept.refresh_from_db()
    assert (kept.feel, kept.athlete_note, kept.private_note, kept.gear) == (
        5, "Heavy legs", "Mine.", "Blue shoes",
    )  # fmt: skip
