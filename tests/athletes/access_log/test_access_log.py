"""Athletes see who looked at their data: by the API and on a page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from athletes.looks.buffer import look_buffer
from athletes.looks.collector import collect_looks
from athletes.models import AccessLogEntry, Consent, User
from athletes.organizations.api_keys import create_api_key
from athletes.personal_data.account_deletion import delete_account
from coaching.models import Race
from tests.support.cast import NOON, ApiClient, Cast, create_run, make_cast

ANALYTICS = "/api/v1/analytics"
ROSTER = f"{ANALYTICS}/coach_athletes_metrics"
WHOLE = ["profile", "activities", "health", "goals_and_plans"]


def read_log(user: User, **query: Any) -> list[dict[str, Any]]:
    """What the user reads after the waiting looks are stored."""
    look_buffer.flush()
    answer = ApiClient(user).get(f"/api/v1/athletes/{user.public_id}/access_log", query)
    assert answer.status_code == 200
    return list(answer.json()["data"])


def test_coach_and_key_are_named_with_what_they_saw(cast: Cast):
    create_run(cast.ada)
    key, secret = create_api_key(cast.harbour, "Sync", ["read"], NOON.replace(year=2099), cast.hanna)
    ApiClient(cast.carl).get("/api/v1/activities")
    [first] = read_log(cast.ada)
    assert first.pop("viewed_at")
    assert first == {
        "viewer_kind": "person", "viewer_id": cast.carl.public_id, "viewer_name": "Carl", "role": "coach",
        "org_id": cast.harbour.public_id, "org_name": "Harbour Runners",
        "categories": ["activities", "health"], "door": "api", "refused": False, "looks": 1,
    }  # fmt: skip
    Client(headers={"X-API-Key": secret}).get("/api/v1/health/days", {"user_id": cast.ada.public_id})
    newest, _ = read_log(cast.ada)
    assert (newest["viewer_kind"], newest["viewer_id"], newest["viewer_name"]) == (
        "key", key.public_id, "Sync",
    )  # fmt: skip
    assert (newest["org_name"], newest["categories"]) == ("Harbour Runners", ["health"])
    key.delete()
    assert read_log(cast.ada)[0]["viewer_name"] == "an ended key"
    assert [row["categories"] for row in read_log(cast.ada, category="activities")] == [
        ["activities", "health"]
    ]
    assert read_log(cast.ben) == []  # the list of activities shows nothing of Ben


def test_own_looks_are_not_listed(cast: Cast):
    own_settings = f"/api/v1/athletes/{cast.ada.public_id}"
    for address in ("/api/v1/activities", f"{ANALYTICS}/athlete_profile", own_settings):
        ApiClient(cast.ada).get(address)
    assert read_log(cast.ada) == []


def test_stored_rosters_and_304_are_looks(cast: Cast):
    client = ApiClient(cast.hanna)
    first = client.get(ROSTER)
    assert first.headers["X-Cache"] == "miss"
    assert client.get(ROSTER).headers["X-Cache"] == "hit"
    assert client.get(ROSTER, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    [row] = read_log(cast.ada)
    assert (row["looks"], row["categories"], row["door"]) == (3, WHOLE, "api")
    assert AccessLogEntry.objects.get().athlete_ids == sorted([cast.ada.pk, cast.ben.pk])


def test_roster_looks_leave_out_what_is_withheld(cast: Cast):
    Consent.objects.create(
        athlete=cast.ada.athlete, organization=cast.harbour, category="health", granted=False, changed_at=NOON
    )
    for _ in range(2):
        ApiClient(cast.hanna).get(ROSTER)
    [row] = read_log(cast.ada)
    assert (row["looks"], row["categories"]) == (2, ["profile", "activities", "goals_and_plans"])
    assert read_log(cast.ben)[0]["categories"] == WHOLE


def test_refused_attempts_are_listed_also_for_a_row_of_the_athlete(cast: Cast):
    race = Race.objects.create(athlete=cast.zoe.athlete, name="x", date=NOON.date(), distance_m=5_000)
    ApiClient(cast.carl).get(f"/api/v1/races/{race.public_id}")
    ApiClient(cast.carl).get("/api/v1/health/days", {"user_id": cast.zoe.public_id})
    rows = read_log(cast.zoe)
    assert [(row["categories"], row["refused"], row["role"]) for row in rows] == [
        (["health"], True, None), (["goals_and_plans"], True, None),
    ]  # fmt: skip


def test_an_answer_that_fails_is_no_look(cast: Cast):
    answer = ApiClient(cast.carl).get(
        f"{ANALYTICS}/athlete_profile", {"user_id": cast.ada.public_id, "x": "1"}
    )
    assert answer.status_code == 400
    assert read_log(cast.ada) == []


def test_another_door_names_itself(cast: Cast):
    with collect_looks("assistant") as collector:
        collector.add(cast.carl, cast.ada.pk, ["health"])
    look_buffer.append(collector.list_looks(200))
    assert read_log(cast.ada)[0]["door"] == "assistant"


def test_page_has_one_line_for_each_viewer_and_day(cast: Cast):
    coach, runner = Client(), Client()
    coach.force_login(cast.hanna)
    runner.force_login(cast.ada)
    assert coach.get("/coach/").status_code == 200
    ApiClient(cast.hanna).get(ROSTER)
    table: Any = coach.get("/coach/roster.csv")
    assert b"".join(table.streaming_content)
    look_buffer.flush()
    AccessLogEntry.objects.filter(door="csv").update(looks=48)
    page = runner.get("/settings/access-log").content.decode()
    assert page.count("<tr>") == 2
    for text in ("Hanna", "Head coach, Harbour Runners", "by a program", "in a downloaded table", ">50<"):
        assert text in page, text
    assert (
        "Nobody has looked at this" not in runner.get("/settings/access-log?category=health").content.decode()
    )
    other = Client()
    other.force_login(cast.otto)
    assert "Nobody has looked at your data." in other.get("/settings/access-log").content.decode()


def test_deleted_viewer_has_no_name_and_deleted_athlete_no_rows(cast: Cast):
    ApiClient(cast.asha).get(ROSTER)
    look_buffer.flush()
    delete_account(cast.asha, NOON)
    [row] = read_log(cast.ada)
    assert (row["viewer_name"], row["viewer_id"], row["role"]) == ("a deleted account", None, None)
    ApiClient(cast.carl).get("/api/v1/health/days", {"user_id": cast.ada.public_id})
    ApiClient(cast.carl).get(ROSTER)
    delete_account(cast.ada, NOON)
    look_buffer.flush()  # looks that were waiting when the account was deleted
    assert [entry.athlete_ids for entry in AccessLogEntry.objects.all()] == [[cast.ben.pk]] * 2


@pytest.mark.django_db(transaction=True)
def test_the_thread_stores_a_look_and_the_end_of_the_process_too(settings: Any):
    settings.ACCESS_LOG_INTERVAL_S = 600
    cast = make_cast()
    ApiClient(cast.carl).get("/api/v1/health/days", {"user_id": cast.ada.public_id})
    look_buffer.stop()
    entry = AccessLogEntry.objects.get()
    assert (entry.viewer, entry.athlete_ids, entry.looks) == (cast.carl.pk, [cast.ada.pk], 1)
    assert timedelta() <= entry.viewed_at - cast.ada.created_at < timedelta(minutes=5)
