"""A warm cache hides no change: the next profile and the next roster of every viewer contain it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from athletes.accounts.updates import change_display_name
from athletes.models import Group, Organization, User
from athletes.organizations.membership import join_organization
from athletes.roles import Role
from coaching.models import Plan, PlanInstance, Race
from metrics.files.xml.writer import encode_fit
from metrics.models import Activity
from tests.coaching.plan_fixtures import bump_data_version, create_race, get_day
from tests.coaching.training_fixtures import (
    PROFILE_URL,
    ROSTER_URL,
    create_training,
    get_roster,
    list_usernames,
)
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_person
from tests.support.recordings import build_steady_run


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def ada(cast: Cast) -> User:
    create_training(cast.ada, cast.harbour, days=10)
    return cast.ada


def assert_success(answer: Any) -> None:
    assert answer.status_code in (200, 201, 204), answer.content


def send(who: str, method: str, path: str, body: Any = None) -> None:
    assert_success(ApiClient(User.objects.get(username=who)).send_json(method, f"/api/v1/{path}", body))


def ada_id() -> str:
    return User.objects.get(username="ada").public_id


def club() -> Organization:
    return Organization.objects.get(name__startswith="Harbour")


def club_path(path: str) -> str:
    return f"organizations/{club().public_id}/{path}"


def milers_path() -> str:
    return club_path(f"groups/{Group.objects.get(name='Milers').public_id}")


# The changes, grouped by the data they change


def upload() -> None:
    file = SimpleUploadedFile("run.fit", encode_fit(build_steady_run()))
    api = ApiClient(User.objects.get(username="ada"))
    assert_success(api.post("/api/v1/activities/upload", {"file": file}))


def enter_activity() -> None:
    send(
        "ada",
        "post",
        "activities",
        {"activity_type": "run", "started_at": "2026-06-10T05:00:00Z", "duration": 1_200},
    )


def rename_activity() -> None:
    newest = Activity.objects.latest("started_at")
    send("ada", "patch", f"activities/{newest.public_id}", {"name": "Fartlek"})


def delete_activity() -> None:
    send("ada", "delete", f"activities/{Activity.objects.latest('started_at').public_id}")


def send_health_day() -> None:
    send(
        "ada",
        "put",
        "health/days",
        {"days": [{"date": str(get_day(0)), "source": "garmin", "hrv_rmssd": 80}]},
    )


def set_threshold() -> None:
    send("carl", "patch", f"athletes/{ada_id()}", {"lthr": 171})


def set_vdot() -> None:
    send("ada", "patch", f"athletes/{ada_id()}", {"vdot": 55})


def change_time_zone() -> None:
    send("ada", "patch", f"athletes/{ada_id()}", {"timezone": "Asia/Tokyo"})


def change_unit_system() -> None:
    send("ada", "patch", f"athletes/{ada_id()}", {"unit_system": "imperial"})


def change_name() -> None:
    change_display_name(User.objects.get(username="ada"), "Ada Lovelace")


def enter_race() -> None:
    send("ada", "post", "races", {"race_name": "Mile", "race_date": str(get_day(5)), "distance": 1_609})


def change_race() -> None:
    send("carl", "patch", f"races/{Race.objects.get().public_id}", {"goal_time": "0:40:00"})


def delete_race() -> None:
    send("ada", "delete", f"races/{Race.objects.get().public_id}")


def enter_absence() -> None:
    send("ada", "post", f"athletes/{ada_id()}/absences", {"kind": "ill", "from_date": str(get_day(-2))})


def assign_plan() -> None:
    body = {"plan_id": Plan.objects.get().public_id, "user_id": ada_id(), "start_date": str(get_day(7))}
    send("carl", "post", "plan_instances?allow_overlap=1", body)


def rename_plan() -> None:
    send("carl", "patch", f"training_plans/{Plan.objects.get().public_id}", {"name": "Half marathon"})


def end_plan() -> None:
    send("carl", "patch", f"plan_instances/{PlanInstance.objects.get().public_id}", {"status": "cancelled"})


def link_activity_to_session() -> None:
    instance, activity = PlanInstance.objects.get(), Activity.objects.earliest("started_at")
    session = instance.plan.sessions.get(week=1, weekday=5)
    path = f"plan_instances/{instance.public_id}/sessions/{session.public_id}/activity"
    send("carl", "put", path, {"activity_id": activity.public_id})


def acknowledge_signal() -> None:
    send("carl", "post", f"athletes/{ada_id()}/signals/PLAN_EXCEEDED/acknowledge", {"days": 2})


def withhold_health() -> None:
    send("ada", "put", club_path("consent"), {"activities": True, "health": False, "goals_and_plans": True})


def leave_group() -> None:
    send("carl", "delete", f"{milers_path()}/members/{ada_id()}".removeprefix("/"))


def rename_group() -> None:
    send("hanna", "patch", milers_path(), {"name": "Marathoners"})


def delete_group() -> None:
    send("hanna", "delete", milers_path())


def add_label() -> None:
    send("carl", "patch", club_path(f"members/{ada_id()}"), {"labels": ["marathon"]})


def assign_coach() -> None:
    coach = User.objects.get(username="hanna").public_id
    send("hanna", "patch", club_path(f"members/{ada_id()}"), {"assigned_coach_id": coach})


def rename_club() -> None:
    send("hanna", "patch", f"organizations/{club().public_id}", {"name": "Harbour Track Club"})


EVERYWHERE = {"own profile", "coach's profile", "roster"}
OF_COACHES = EVERYWHERE - {"own profile"}
CHANGES: dict[Callable[[], None], set[str]] = {
    **dict.fromkeys((upload, enter_activity, rename_activity, delete_activity, send_health_day), EVERYWHERE),
    **dict.fromkeys((set_threshold, set_vdot, change_time_zone, change_unit_system, change_name), EVERYWHERE),
    **dict.fromkeys((enter_race, change_race, delete_race, enter_absence), EVERYWHERE),
    **dict.fromkeys((assign_plan, rename_plan, end_plan, link_activity_to_session), EVERYWHERE),
    **dict.fromkeys((leave_group, rename_group, delete_group, rename_club), EVERYWHERE),
    **dict.fromkeys((acknowledge_signal, withhold_health, add_label, assign_coach), OF_COACHES),
}


def build_requests(cast: Cast) -> dict[str, tuple[ApiClient, str]]:
    profile = f"{PROFILE_URL}?user_id={cast.ada.public_id}"
    return {
        "own profile": (ApiClient(cast.ada), profile),
        "coach's profile": (ApiClient(cast.carl), profile),
        "roster": (ApiClient(cast.carl), f"{ROSTER_URL}?sort=name"),
    }


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_change_is_in_the_next_answer_of_every_viewer(
    cast: Cast, ada: User, change: Callable[[], None]
):
    requests = build_requests(cast)
    before = {name: api.get(path) for name, (api, path) in requests.items()}
    assert {api.get(path).headers["X-Cache"] for api, path in requests.values()} == {"hit"}
    change()
    after = {name: api.get(path).json() for name, (api, path) in requests.items()}
    assert after == {name: api.get(f"{path}&refresh=1").json() for name, (api, path) in requests.items()}
    assert {name for name in requests if after[name] != before[name].json()} == CHANGES[change]


def test_roster_shows_a_signal_again_when_its_acknowledgement_is_deleted(cast: Cast, ada: User):
    acknowledge_signal()
    api, path = build_requests(cast)["roster"]
    quiet = api.get(path).json()["data"]["summary"]
    send("carl", "delete", f"athletes/{ada_id()}/signals/PLAN_EXCEEDED/acknowledge")
    assert (quiet["watch"], api.get(path).json()["data"]["summary"]["watch"]) == (0, 1)


# Members of the roster, and its viewers


def suspend(cast: Cast) -> None:
    send("hanna", "patch", club_path(f"members/{cast.ben.public_id}"), {"status": "suspended"})


def leave(cast: Cast) -> None:
    send("ben", "post", club_path("leave"))


def remove(cast: Cast) -> None:
    send("hanna", "delete", club_path(f"members/{cast.ben.public_id}"))


@pytest.mark.parametrize("end", [suspend, leave, remove], ids=lambda end: end.__name__)
def test_removed_member_leaves_the_roster_and_the_profile_is_forbidden(
    cast: Cast, end: Callable[[Cast], None]
):
    coach, path = ApiClient(cast.carl), f"{PROFILE_URL}?user_id={cast.ben.public_id}"
    etag = coach.get(path).headers["ETag"]
    assert list_usernames(get_roster(coach)) == ["ada", "ben"]
    end(cast)
    assert list_usernames(get_roster(coach)) == ["ada"]
    assert coach.get(path, headers={"If-None-Match": etag}).status_code == 403
    assert ApiClient(cast.ben).get(path).status_code == 200


def test_new_member_is_on_the_roster_at_equal_version_sums(cast: Cast):
    coach, newcomer = ApiClient(cast.carl), create_person("newcomer")
    assert list_usernames(get_roster(coach)) == ["ada", "ben"]
    join_organization(newcomer, cast.harbour, Role.ATHLETE, NOON)
    assert list_usernames(get_roster(coach)) == ["ada", "ben", "newcomer"]


def test_suspended_coach_gets_no_cached_answer(cast: Cast, ada: User):
    coach, path = ApiClient(cast.carl), f"{PROFILE_URL}?user_id={ada.public_id}"
    etags = [coach.get(url).headers["ETag"] for url in (path, ROSTER_URL)]
    send("hanna", "patch", club_path(f"members/{cast.carl.public_id}"), {"status": "suspended"})
    answers = [
        coach.get(url, headers={"If-None-Match": etag})
        for url, etag in zip((path, ROSTER_URL), etags, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [403, 403]


def test_coach_sees_more_after_joining_an_organization_with_full_consent(cast: Cast, ada: User):
    """Ada withholds her health data from Harbour, but not from Hill."""
    withhold_health()
    create_member(ada, cast.hill)
    coach, path = ApiClient(cast.carl), f"{PROFILE_URL}?user_id={ada.public_id}"
    assert coach.get(path).json()["data"]["withheld"] == ["health"]
    assert get_roster(coach)["athletes"][0]["withheld"] == ["health"]
    join_organization(cast.carl, cast.hill, Role.COACH, NOON)
    assert coach.get(path).json()["data"]["withheld"] == []
    assert get_roster(coach, f"org_id={cast.harbour.public_id}")["athletes"][0]["withheld"] == []


def test_cached_answer_of_one_coach_is_not_given_to_another(cast: Cast, ada: User):
    """Zora coaches Ada in Hill as well, so she sees both memberships."""
    create_member(ada, cast.hill)
    create_member(cast.zora, cast.harbour, Role.COACH)
    path = f"{PROFILE_URL}?user_id={ada.public_id}"
    membership_lists = [
        ApiClient(user).get(path).json()["data"]["memberships"] for user in (cast.carl, cast.zora, cast.carl)
    ]
    assert [len(memberships) for memberships in membership_lists] == [1, 2, 1]
    assigned = [
        list_usernames(get_roster(ApiClient(user), f"org_id={cast.harbour.public_id}&my_athletes=1"))
        for user in (cast.carl, cast.zora)
    ]
    assert assigned == [["ada"], []]


def test_roster_is_recomputed_at_midnight_of_each_athlete(cast: Cast, clock: Any):
    create_race(cast.ben, 3)
    bump_data_version(cast.ben)
    coach = ApiClient(cast.carl)
    clock.move_to(NOON + timedelta(hours=2, minutes=59))
    assert get_roster(coach, "search=ben")["athletes"][0]["next_race"]["days_to_race"] == 3
    clock.shift(timedelta(minutes=1))  # midnight in Tokyo
    assert get_roster(coach, "search=ben")["athletes"][0]["next_race"]["days_to_race"] == 2


def test_cache_lifetime_is_ten_minutes_for_rosters_and_five_for_profiles(cast: Cast):
    coach, redis = ApiClient(cast.carl), cache.client.get_client()  # type: ignore[attr-defined]
    lifetimes_s = []
    for path in (f"{PROFILE_URL}?user_id={cast.ada.public_id}", ROSTER_URL):
        known = set(redis.scan_iter("*answer:*"))
        coach.get(path)
        (new,) = set(redis.scan_iter("*answer:*")) - known
        lifetimes_s.append(round(redis.ttl(new), -1))
    assert lifetimes_s == [300, 600]
