"""The bin: a deleted activity counts nowhere for 30 days and comes back exactly as it was."""

from __future__ import annotations

import html
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from athletes.models import Athlete, User
from athletes.organizations.api_keys import create_api_key
from athletes.personal_data.account_deletion import delete_account
from coaching.models import Plan, PlanInstance, PlanLink, PlanSession
from metrics.files.xml.writer import encode_fit
from metrics.models import Activity, BinActivity, BinStreams, OriginalFile, Streams
from metrics.storage.activity_bin import delete_for_good, empty_expired_bins, restore_activity
from tests.coaching.plan_fixtures import follow_plan
from tests.support.cast import NOON, ApiClient, Cast, create_run
from tests.support.error_shape import assert_error
from tests.support.recordings import MORNING, build_steady_run

STATS = "/api/v1/analytics/fitness_stats"
TABLES = (Activity, Streams, PlanLink)
BIN_TABLES = (BinActivity, BinStreams)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def upload(user: User, days_ago: int = 0) -> Any:
    data = encode_fit(build_steady_run(MORNING - timedelta(days=days_ago)))
    return ApiClient(user).post("/api/v1/activities/upload", {"file": SimpleUploadedFile("run.fit", data)})


def upload_run(user: User, days_ago: int = 0) -> str:
    answer = upload(user, days_ago)
    assert answer.status_code == 201
    return str(answer.json()["data"]["activities"][0]["activity_id"])


def delete(client: Client, activity_id: str) -> None:
    assert client.delete(f"/api/v1/activities/{activity_id}").status_code == 204


def build_bin_path(user: User, rest: str = "") -> str:
    return f"/api/v1/athletes/{user.public_id}/bin{rest}"


def list_bin(user: User) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ApiClient(user).get(build_bin_path(user)).json()["data"]
    return rows


def restore(user: User, activity_id: str) -> Any:
    return ApiClient(user).post(build_bin_path(user, f"/{activity_id}/restore"))


def read_rows() -> dict[str, Any]:
    tables: Any = TABLES
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in tables}


def get_data_version(user: User) -> int:
    return Athlete.objects.get(pk=user.pk).data_version


def link_to_plan(cast: Cast, activity: Activity) -> PlanLink:
    plan = Plan.objects.create(organization=cast.harbour, name="Mile", total_weeks=1, created_by=cast.hanna)
    PlanSession.objects.create(plan=plan, week=1, weekday=7, duration_s=600)
    session = follow_plan(activity.athlete.user, plan, NOON.date()).sessions.get()
    return PlanLink.objects.create(athlete=activity.athlete, session=session, activity=activity)


def sign_in_as(cast: Cast, name: str) -> Client:
    if name != "key":
        return ApiClient(getattr(cast, name))
    secret = create_api_key(cast.harbour, "sync", ["write"], NOON + timedelta(days=9), cast.hanna)[1]
    return Client(headers={"X-API-Key": secret})


@pytest.mark.parametrize(
    ("who", "deleted_by"), [("ada", "athlete"), ("carl", "coach"), ("stella", "staff"), ("key", "api_key")]
)
def test_whoever_deletes_an_activity_it_is_in_the_bin_and_counts_nowhere(
    cast: Cast, who: str, deleted_by: str
):
    activity_id = upload_run(cast.ada)
    delete(sign_in_as(cast, who), activity_id)
    [row] = list_bin(cast.ada)
    assert (row["activity_id"], row["deleted_by"], row["distance"]) == (activity_id, deleted_by, 5_400.0)
    assert (row["deleted_at"], row["kept_until"]) == ("2026-06-10T12:00:00Z", "2026-07-10T12:00:00Z")
    api = ApiClient(cast.ada)
    assert api.get("/api/v1/activities").json()["data"] == []
    assert_error(api.get(STATS), 404, "NO_DATA")
    assert api.get(f"/api/v1/activities/{activity_id}").status_code == 403


def test_a_restored_activity_is_exactly_what_it_was(cast: Cast):
    activity_id = upload_run(cast.ada)
    edit = {"name": "Mine", "is_race": True, "perceived_effort": 9}
    assert (
        ApiClient(cast.ada).send_json("patch", f"/api/v1/activities/{activity_id}", edit).status_code == 200
    )
    link_to_plan(cast, Activity.objects.get())
    rows, sums = read_rows(), ApiClient(cast.ada).get(STATS).json()
    delete(ApiClient(cast.ada), activity_id)
    assert read_rows() == {"metrics.Activity": [], "metrics.Streams": [], "coaching.PlanLink": []}
    version = get_data_version(cast.ada)
    answer = restore(cast.ada, activity_id)
    assert answer.status_code == 200
    assert (answer.json()["data"]["activity_id"], answer.json()["data"]["name"]) == (activity_id, "Mine")
    assert read_rows() == rows
    assert ApiClient(cast.ada).get(STATS).json() == sums
    assert get_data_version(cast.ada) == version + 1
    assert not any(model._default_manager.exists() for model in BIN_TABLES)
    assert upload(cast.ada).status_code == 200  # its file is still known


def test_every_column_goes_to_the_bin():
    for stored, in_bin in ((Activity, BinActivity), (Streams, BinStreams)):
        columns = {field.column: field.get_internal_type() for field in stored._meta.concrete_fields}
        kept = {field.column: field.get_internal_type() for field in in_bin._meta.concrete_fields}
        assert columns.items() <= kept.items()


def test_a_link_is_not_restored_if_its_session_has_another_activity(cast: Cast):
    activity_id = upload_run(cast.ada)
    link = link_to_plan(cast, Activity.objects.get())
    delete(ApiClient(cast.ada), activity_id)
    other = create_run(cast.ada, NOON - timedelta(days=3))
    kept = PlanLink.objects.create(athlete=cast.ada.athlete, session=link.session, activity=other)
    assert restore(cast.ada, activity_id).status_code == 200
    assert list(PlanLink.objects.all()) == [kept]


def test_a_link_is_not_restored_if_its_plan_is_gone(cast: Cast):
    activity_id = upload_run(cast.ada)
    link_to_plan(cast, Activity.objects.get())
    delete(ApiClient(cast.ada), activity_id)
    PlanInstance.objects.all().delete()
    assert restore(cast.ada, activity_id).status_code == 200
    assert not PlanLink.objects.exists()


def test_the_same_file_can_be_uploaded_while_it_is_in_the_bin(cast: Cast):
    first = upload_run(cast.ada)
    delete(ApiClient(cast.ada), first)
    second = upload_run(cast.ada)
    refused = restore(cast.ada, first)
    assert_error(refused, 409, "ALREADY_STORED")
    assert f"as {second}." in refused.json()["error"]
    assert [row["activity_id"] for row in list_bin(cast.ada)] == [first]
    delete(ApiClient(cast.ada), second)
    assert restore(cast.ada, first).status_code == 200
    assert [row["activity_id"] for row in list_bin(cast.ada)] == [second]


def test_two_manual_entries_of_the_same_start_can_both_be_stored(cast: Cast):
    first = create_run(cast.ada)
    delete(ApiClient(cast.ada), first.public_id)
    create_run(cast.ada)
    assert restore(cast.ada, first.public_id).status_code == 200
    assert Activity.objects.count() == 2


def test_a_file_is_deleted_for_good_only_if_no_other_activity_came_from_it(cast: Cast):
    first = upload_run(cast.ada)
    delete(ApiClient(cast.ada), first)
    second = upload_run(cast.ada)
    assert ApiClient(cast.ada).delete(build_bin_path(cast.ada, f"/{first}")).status_code == 204
    assert OriginalFile.objects.count() == 1
    assert Activity.objects.get().original is not None
    delete(ApiClient(cast.ada), second)
    assert ApiClient(cast.ada).delete(build_bin_path(cast.ada)).status_code == 204
    assert not OriginalFile.objects.exists()
    assert list_bin(cast.ada) == []


@pytest.mark.parametrize(
    ("who", "listed", "restored", "erased"),
    [
        ("ada", 200, 200, 204), ("carl", 200, 200, 403), ("hanna", 200, 200, 403), ("asha", 403, 403, 403),
        ("ben", 403, 403, 403), ("zora", 403, 403, 403), ("stella", 200, 200, 204), ("key", 200, 200, 403),
    ],
)  # fmt: skip
def test_only_the_athlete_and_staff_delete_for_good(
    cast: Cast, who: str, listed: int, restored: int, erased: int
):
    first, second = upload_run(cast.ada), upload_run(cast.ada, days_ago=1)
    for activity_id in (first, second):
        delete(ApiClient(cast.ada), activity_id)
    client = sign_in_as(cast, who)
    assert client.get(build_bin_path(cast.ada)).status_code == listed
    assert client.post(build_bin_path(cast.ada, f"/{first}/restore")).status_code == restored
    assert client.delete(build_bin_path(cast.ada, f"/{second}")).status_code == erased
    assert client.delete(build_bin_path(cast.ada)).status_code == erased


def test_an_activity_in_another_bin_cannot_be_restored(cast: Cast):
    activity_id = upload_run(cast.ben)
    delete(ApiClient(cast.ben), activity_id)
    assert restore(cast.ada, activity_id).status_code == 403
    assert BinActivity.objects.exists()


def test_bins_are_emptied_after_30_days(cast: Cast, clock: Any):
    old = upload_run(cast.ada)
    delete(ApiClient(cast.ada), old)
    clock.shift(timedelta(days=1))
    young = upload_run(cast.ada, days_ago=1)
    delete(ApiClient(cast.ada), young)
    version = get_data_version(cast.ada)
    assert list(empty_expired_bins(NOON + timedelta(days=30, seconds=-1))) == []
    assert list(empty_expired_bins(NOON + timedelta(days=30))) == [cast.ada.pk]
    assert [row["activity_id"] for row in list_bin(cast.ada)] == [young]
    assert OriginalFile.objects.count() == BinStreams.objects.count() == 1
    assert get_data_version(cast.ada) == version


def test_bins_are_emptied_although_an_account_is_deleted_meanwhile(cast: Cast):
    for user in (cast.ada, cast.ben, cast.lea):
        delete(ApiClient(user), upload_run(user))
    emptied = empty_expired_bins(NOON + timedelta(days=30))
    first = next(emptied)
    second, third = sorted({cast.ada.pk, cast.ben.pk, cast.lea.pk} - {first})
    delete_account(User.objects.get(pk=second), NOON)
    assert list(emptied) == [third]


def test_the_deletion_of_an_account_empties_its_bin(cast: Cast):
    delete(ApiClient(cast.ada), upload_run(cast.ada))
    delete(ApiClient(cast.ben), upload_run(cast.ben))
    delete_account(cast.ada, NOON)
    assert BinActivity.objects.get().athlete_id == cast.ben.pk
    assert BinStreams.objects.count() == OriginalFile.objects.count() == 1


def test_what_is_in_the_bin_counts_for_the_quota(cast: Cast, settings: Any):
    settings.ACTIVITIES_PER_ATHLETE = 1
    activity_id = upload_run(cast.ada)
    delete(ApiClient(cast.ada), activity_id)
    assert_error(upload(cast.ada, days_ago=1), 409, "QUOTA_REACHED")
    assert restore(cast.ada, activity_id).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_an_activity_restored_many_times_at_once_is_stored_once(cast: Cast):
    delete(ApiClient(cast.ada), upload_run(cast.ada))
    activity_id = BinActivity.objects.get().pk

    def restore_once(_: int) -> bool:
        try:
            restore_activity(cast.ada.pk, activity_id)
        except BinActivity.DoesNotExist:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(restore_once, range(4))) == 1
    assert Activity.objects.count() == Streams.objects.count() == 1


def open_browser(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def test_pages_restore_and_delete_for_good(cast: Cast):
    activity_id = upload_run(cast.ada)
    browser, page = open_browser(cast.ada), f"/athletes/{cast.ada.public_id}/bin"
    assert f'href="{page}"' in browser.get("/activities").content.decode()
    assert "in the bin" in browser.post(f"/activities/{activity_id}/delete", follow=True).content.decode()
    shown = browser.get(page).content.decode()
    assert "5.4" in shown
    assert "by the athlete" in shown
    answer = browser.post(f"{page}/{activity_id}/restore", follow=True)
    assert "The activity is back" in answer.content.decode()
    browser.post(f"/activities/{activity_id}/delete")
    assert "cannot be undone" in browser.get(f"{page}/{activity_id}/delete").content.decode()
    browser.post(f"{page}/{activity_id}/delete")
    assert not BinActivity.objects.exists()
    delete(ApiClient(cast.ada), upload_run(cast.ada))
    assert "The bin is empty" in browser.post(f"{page}/empty", follow=True).content.decode()
    assert not BinActivity.objects.exists()


def test_the_pages_of_the_bin_show_a_swim_in_lengths(cast: Cast):
    swim = create_run(cast.ada, activity_type="swim", distance_m=1_500.0)
    delete(ApiClient(cast.ada), swim.public_id)
    browser, page = open_browser(cast.ada), f"/athletes/{cast.ada.public_id}/bin"
    for address in (page, f"{page}/{swim.public_id}/delete"):
        assert "1,500 m" in html.unescape(browser.get(address).content.decode())


def test_a_coach_has_no_buttons_to_delete_for_good(cast: Cast):
    delete(ApiClient(cast.ada), upload_run(cast.ada))
    page = f"/athletes/{cast.ada.public_id}/bin"
    shown = open_browser(cast.carl).get(page).content.decode()
    assert "Restore" in shown
    assert "for good" not in shown
    assert "for good" in open_browser(cast.stella).get(page).content.decode()


def test_the_page_says_why_an_activity_cannot_be_restored(cast: Cast):
    activity_id = upload_run(cast.ada)
    delete(ApiClient(cast.ada), activity_id)
    upload_run(cast.ada)
    browser = open_browser(cast.ada)
    answer = browser.post(f"/athletes/{cast.ada.public_id}/bin/{activity_id}/restore", follow=True)
    assert "The same recording is stored again" in answer.content.decode()


def test_the_bin_page_takes_as_many_statements_for_30_activities_as_for_1(
    cast: Cast, django_assert_num_queries: Any
):
    browser, page = open_browser(cast.ada), f"/athletes/{cast.ada.public_id}/bin"
    for count in (1, 29):
        for number in range(count):
            delete(ApiClient(cast.ada), create_run(cast.ada, NOON - timedelta(days=number)).public_id)
        with django_assert_num_queries(5):  # session, person, athlete, the bin, memberships
            browser.get(page)


def test_staff_restore_and_delete_for_good_in_the_admin(cast: Cast):
    User.objects.filter(pk=cast.stella.pk).update(is_superuser=True)
    admin, path = open_browser(cast.stella), "/admin/metrics/binactivity/"
    activity_ids = [upload_run(cast.ada, days_ago=days) for days in range(3)]
    for activity_id in activity_ids:
        delete(ApiClient(cast.ada), activity_id)
    keys = [Activity.parse_public_id(activity_id) for activity_id in activity_ids]
    admin.post(path, {"action": "restore", "_selected_action": [keys[0]]})
    assert [row.pk for row in Activity.objects.all()] == [keys[0]]
    admin.post(path, {"action": "delete_selected", "_selected_action": [keys[1]], "post": "yes"})
    assert admin.post(f"{path}{keys[2]}/delete/", {"post": "yes"}).status_code == 302
    assert not BinActivity.objects.exists()
    assert OriginalFile.objects.count() == 1


def test_deleting_nothing_for_good_keeps_everything(cast: Cast):
    delete(ApiClient(cast.ada), upload_run(cast.ada))
    assert delete_for_good(cast.ada.pk, []) == 0
    assert BinActivity.objects.exists()
