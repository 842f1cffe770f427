"""Staff pages of activities and their files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from athletes.models import Athlete, User
from metrics.activities.ingest import Upload, ingest_file
from metrics.admin.pages import EstimatedPaginator
from metrics.files.example_recordings import build_example_run
from metrics.files.xml.writer import encode_fit
from metrics.models import Activity, OriginalFile, Streams
from tests.support.cast import NOON, Cast, create_person, create_run

LIST = "/admin/metrics/activity/"
FILES = "/admin/metrics/originalfile/"
ENTRY = {
    "activity_type": "run",
    "started_at_0": "2026-06-10",
    "started_at_1": "20:30:00",
    "duration_s": "3000",
}


@pytest.fixture
def root(db: None) -> Client:
    """A superuser, signed in."""
    client = Client()
    client.force_login(create_person("root", is_staff=True, is_superuser=True))
    return client


def page_of(activity: Activity, page: str = "change") -> str:
    return reverse(f"admin:metrics_activity_{page}", args=[activity.pk])


def version(user: User) -> int:
    return Athlete.objects.get(pk=user.pk).data_version


def recorded(user: User, number: int = 0) -> Activity:
    """A run from a file, with its streams; another number is another day."""
    recording = build_example_run(NOON - timedelta(days=number), duration_s=600)
    (activity,) = ingest_file(user.athlete, Upload(encode_fit(recording), "morning.fit")).activities
    return activity


def test_every_list_form_and_page_opens_for_a_superuser(cast: Cast, root: Client) -> None:
    activity = recorded(cast.ada)
    by_hand = create_run(cast.ben, training_load=61.4)
    file = reverse("admin:metrics_originalfile_change", args=[activity.original_id])
    pages = [LIST, f"{LIST}add/", page_of(by_hand), FILES, file]
    pages += [page_of(activity, page) for page in ("change", "delete", "history")]
    assert [root.get(page).status_code for page in pages] == [200] * len(pages)
    assert file in root.get(page_of(activity)).content.decode()


def test_who_is_no_staff_is_sent_to_sign_in(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.hanna)
    for path in (LIST, FILES, page_of(create_run(cast.ada))):
        assert client.get(path)["Location"].startswith("/admin/login/")


def test_streams_have_no_page_and_files_are_only_looked_at(cast: Cast, root: Client) -> None:
    assert not admin.site.is_registered(Streams)
    original = recorded(cast.ada).original
    assert original
    change, delete = (
        reverse(f"admin:metrics_originalfile_{page}", args=[original.pk]) for page in ("change", "delete")
    )
    assert root.get(f"{FILES}add/").status_code == 403
    assert root.post(change, {"filename": "other"}).status_code == 403
    assert root.post(delete, {"post": "yes"}).status_code == 403
    assert bytes(original.sha256).hex() in root.get(change).content.decode()


def test_no_page_fetches_a_stream_or_the_bytes_of_a_file(cast: Cast, root: Client) -> None:
    activity = recorded(cast.ada)
    file = reverse("admin:metrics_originalfile_change", args=[activity.original_id])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        for path in (LIST, page_of(activity), page_of(activity, "delete"), FILES, file):
            assert root.get(path).status_code == 200
    assert not [query["sql"] for query in asked if '"content"' in query["sql"]]


@pytest.mark.parametrize("rows", [3, 30])
def test_a_list_makes_the_same_statements_for_3_rows_and_30(
    root: Client, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        recorded(create_person(f"runner{number}"))
    for path in (LIST, FILES):
        # Session, who is asking, the planner's estimate, COUNT because the table is small, and the page.
        with django_assert_num_queries(5):
            page = root.get(path)
        assert page.context["cl"].result_count == rows


def test_activities_are_found_by_their_athlete_without_accents_and_capitals(cast: Cast, root: Client) -> None:
    lucja = create_person("lucja")
    lucja.display_name = "Łucja Ångström"
    lucja.save()
    wanted = recorded(User.objects.select_related("athlete").get(pk=lucja.pk))
    recorded(cast.ada)
    for path, pk in ((LIST, wanted.pk), (FILES, wanted.original_id)):
        found = root.get(path, {"q": "lucja angstrom"}).context["cl"]
        assert [row.pk for row in found.queryset] == [pk]
        assert found.result_count == 1


def test_filters_leave_what_they_say(cast: Cast, root: Client) -> None:
    create_run(cast.ada, activity_type="bike", training_load=50)
    create_run(cast.ben, is_race=True)
    for question in (
        {"activity_type__exact": "bike"},
        {"is_race__exact": "1"},
        {"training_load__isempty": "0"},
    ):
        assert root.get(LIST, question).context["cl"].result_count == 1


def test_a_large_table_is_estimated_and_a_filtered_one_counted(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    class Small(EstimatedPaginator):
        exact_up_to = 10

    for day in range(12):
        create_run(cast.ada, NOON - timedelta(days=day))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE metrics_activity")
    create_run(cast.ben)
    everything = Activity.objects.order_by("-id")
    assert Small(everything, 5).count == 12  # as of the ANALYZE
    assert EstimatedPaginator(everything, 5).count == 13
    assert Small(everything.filter(athlete=cast.ben.athlete), 5).count == 1
    with django_assert_num_queries(1):
        assert Small(everything, 5).num_pages == 3


def test_an_activity_entered_by_staff_gets_the_athletes_local_day_and_raises_the_version(
    cast: Cast, root: Client
) -> None:
    before = version(cast.ben)
    assert root.post(f"{LIST}add/", ENTRY | {"athlete": cast.ben.pk, "name": "Late run"}).status_code == 302
    activity = Activity.objects.get()
    assert (activity.source, str(activity.local_date), activity.duration_s) == (
        "manual",
        "2026-06-11",
        3000,
    )  # Tokyo
    assert version(cast.ben) == before + 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"duration_s": "0"}, "duration_s"),
        ({"duration_s": "nan"}, "duration_s"),
        ({"distance_m": "-1"}, "distance_m"),
        ({"distance_m": "2000001"}, "distance_m"),
        ({"avg_hr_bpm": "900"}, "avg_hr_bpm"),
        ({"perceived_effort": "11"}, "perceived_effort"),
        ({"started_at_0": "2126-06-10"}, "started_at"),
        ({"utc_offset_min": "900"}, "utc_offset_min"),
        ({"athlete": ""}, "athlete"),
    ],
)
def test_what_the_api_refuses_staff_cannot_enter(
    cast: Cast, root: Client, changes: dict[str, str], field: str
) -> None:
    page = root.post(f"{LIST}add/", ENTRY | {"athlete": cast.ben.pk} | changes)
    assert field in page.context["adminform"].form.errors
    assert not Activity.objects.exists()


def test_a_changed_activity_moves_to_its_local_day_and_raises_the_version(cast: Cast, root: Client) -> None:
    activity = create_run(cast.ben, training_load=50.0)
    before = version(cast.ben)
    form = ENTRY | {"name": "Evening", "distance_m": "12000", "training_load": "999", "athlete": cast.ada.pk}
    assert root.post(page_of(activity), form).status_code == 302
    activity.refresh_from_db()
    assert (activity.name, activity.distance_m, str(activity.local_date)) == ("Evening", 12_000, "2026-06-11")
    assert activity.training_load != 999
    assert activity.athlete_id == cast.ben.pk
    assert version(cast.ben) == before + 1


def test_what_a_device_recorded_stays_and_what_is_said_about_it_changes(cast: Cast, root: Client) -> None:
    activity = recorded(cast.ada)
    before = activity.duration_s
    form = ENTRY | {"activity_type": "hike", "is_race": "on", "perceived_effort": "7", "duration_s": "1"}
    assert root.post(page_of(activity), form).status_code == 302
    activity.refresh_from_db()
    assert (activity.activity_type, activity.is_race, activity.perceived_effort) == ("hike", True, 7)
    assert (activity.duration_s, activity.started_at) == (before, NOON)


def test_a_deleted_activity_takes_its_streams_and_file_and_raises_the_version(
    cast: Cast, root: Client
) -> None:
    activity = recorded(cast.ada)
    before = version(cast.ada)
    assert root.post(page_of(activity, "delete"), {"post": "yes"}).status_code == 302
    assert not Activity.objects.exists()
    assert not Streams.objects.exists()
    assert not OriginalFile.objects.exists()
    assert version(cast.ada) == before + 1


def test_selected_activities_are_deleted_the_same_way(cast: Cast, root: Client) -> None:
    gone = [recorded(cast.ada), recorded(cast.ben)]
    kept = recorded(cast.ada, 1)
    people = (cast.ada, cast.ben, cast.zoe)
    before = [version(user) for user in people]
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in gone]}
    assert root.post(LIST, chosen).context["model_count"]
    assert root.post(LIST, chosen | {"post": "yes"}).status_code == 302
    assert list(Activity.objects.all()) == [kept]
    assert [row.pk for row in OriginalFile.objects.all()] == [kept.original_id]
    assert [version(user) for user in people] == [before[0] + 1, before[1] + 1, before[2]]


def test_activities_of_whom_one_looks_for_stand_by_start_with_the_zone_of_the_clock(
    cast: Cast, root: Client
) -> None:
    early, late = create_run(cast.ada, NOON - timedelta(days=1)), create_run(cast.ada, NOON)
    create_run(cast.ada, NOON - timedelta(days=2))  # arrived last
    shown = root.get(LIST, {"q": "ada"})
    assert [row.pk for row in shown.context["cl"].result_list][:2] == [late.pk, early.pk]
    assert f"{NOON:%b %Y, %H:%M} UTC" in shown.content.decode()
