"""Staff pages of activities and original files."""

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
from metrics.models import Activity, ActivityRecording, BinActivity, BinStreams, Streams
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
    """A client with a superuser signed in."""
    client = Client()
    client.force_login(create_person("root", is_staff=True, is_superuser=True))
    return client


def build_page_path(activity: Activity, page: str = "change") -> str:
    return reverse(f"admin:metrics_activity_{page}", args=[activity.pk])


def get_data_version(user: User) -> int:
    return Athlete.objects.get(pk=user.pk).data_version


def ingest_run(user: User, number: int = 0) -> Activity:
    """A run from a file, with its streams, `number` days before NOON."""
    recording = build_example_run(NOON - timedelta(days=number), duration_s=600)
    (activity,) = ingest_file(user.athlete, Upload(encode_fit(recording), "morning.fit")).activities
    return activity


def test_a_superuser_can_open_every_page(cast: Cast, root: Client) -> None:
    activity = ingest_run(cast.ada)
    by_hand = create_run(cast.ben, training_load=61.4)
    file = reverse("admin:metrics_originalfile_change", args=[activity.original_id])
    pages = [LIST, f"{LIST}add/", build_page_path(by_hand), FILES, file]
    pages += [build_page_path(activity, page) for page in ("change", "delete", "history")]
    assert [root.get(page).status_code for page in pages] == [200] * len(pages)
    assert file in root.get(build_page_path(activity)).content.decode()


def test_a_user_who_is_not_staff_is_sent_to_sign_in(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.hanna)
    for path in (LIST, FILES, build_page_path(create_run(cast.ada))):
        assert client.get(path)["Location"].startswith("/admin/login/")


def test_streams_have_no_page_and_original_files_are_read_only(cast: Cast, root: Client) -> None:
    assert not admin.site.is_registered(Streams)
    original = ingest_run(cast.ada).original
    assert original
    change, delete = (
        reverse(f"admin:metrics_originalfile_{page}", args=[original.pk]) for page in ("change", "delete")
    )
    assert root.get(f"{FILES}add/").status_code == 403
    assert root.post(change, {"filename": "other"}).status_code == 403
    assert root.post(delete, {"post": "yes"}).status_code == 403
    assert bytes(original.sha256).hex() in root.get(change).content.decode()


def test_no_page_loads_streams_or_the_bytes_of_a_file(cast: Cast, root: Client) -> None:
    activity = ingest_run(cast.ada)
    file = reverse("admin:metrics_originalfile_change", args=[activity.original_id])
    with CaptureQueriesContext(connection) as queries:
        for path in (LIST, build_page_path(activity), build_page_path(activity, "delete"), FILES, file):
            assert root.get(path).status_code == 200
    assert not [query["sql"] for query in queries if '"content"' in query["sql"]]


@pytest.mark.parametrize("rows", [3, 30])
def test_a_list_takes_as_many_statements_for_30_rows_as_for_3(
    root: Client, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        ingest_run(create_person(f"runner{number}"))
    for path in (LIST, FILES):
        # Session, user, PostgreSQL's estimate, COUNT because the table is small, and the page.
        with django_assert_num_queries(5):
            page = root.get(path)
        assert page.context["cl"].result_count == rows


def test_a_search_for_an_athlete_ignores_accents_and_capitals(cast: Cast, root: Client) -> None:
    lucja = create_person("lucja")
    lucja.display_name = "Łucja Ångström"
    lucja.save()
    wanted = ingest_run(User.objects.select_related("athlete").get(pk=lucja.pk))
    ingest_run(cast.ada)
    for path, pk in ((LIST, wanted.pk), (FILES, wanted.original_id)):
        result = root.get(path, {"q": "lucja angstrom"}).context["cl"]
        assert [row.pk for row in result.queryset] == [pk]
        assert result.result_count == 1


def test_each_filter_shows_only_matching_activities(cast: Cast, root: Client) -> None:
    create_run(cast.ada, activity_type="bike", training_load=50)
    create_run(cast.ben, is_race=True)
    for filters in (
        {"activity_type__exact": "bike"},
        {"is_race__exact": "1"},
        {"training_load__isempty": "0"},
    ):
        assert root.get(LIST, filters).context["cl"].result_count == 1


def test_the_recordings_are_shown_without_their_samples(cast: Cast, root: Client) -> None:
    activity = ingest_run(cast.ada)
    recording = build_example_run(NOON + timedelta(seconds=5), duration_s=600)
    ingest_file(cast.ada.athlete, Upload(encode_fit(recording), "second.fit"))
    second = ActivityRecording.objects.get(activity=activity, counts=False)
    page = reverse("admin:metrics_activityrecording_change", args=[second.pk])
    with CaptureQueriesContext(connection) as queries:
        for path in (reverse("admin:metrics_activityrecording_changelist"), page):
            assert root.get(path).status_code == 200
    assert not [query for query in queries if '"content"' in query["sql"]]
    assert root.post(page, {"device": "x"}).status_code == 403


def test_a_large_table_is_estimated_and_a_filtered_table_is_counted(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    class SmallPaginator(EstimatedPaginator):
        exact_up_to = 10

    for day in range(12):
        create_run(cast.ada, NOON - timedelta(days=day))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE metrics_activity")
    create_run(cast.ben)
    everything = Activity.objects.order_by("-id")
    assert SmallPaginator(everything, 5).count == 12  # at the time of ANALYZE
    assert EstimatedPaginator(everything, 5).count == 13
    assert SmallPaginator(everything.filter(athlete=cast.ben.athlete), 5).count == 1
    with django_assert_num_queries(1):
        assert SmallPaginator(everything, 5).num_pages == 3


def test_an_activity_entered_by_staff_gets_the_local_date_and_raises_the_version(
    cast: Cast, root: Client
) -> None:
    before = get_data_version(cast.ben)
    assert root.post(f"{LIST}add/", ENTRY | {"athlete": cast.ben.pk, "name": "Late run"}).status_code == 302
    activity = Activity.objects.get()
    assert (activity.source, activity.duration_s) == ("manual", 3000)
    assert str(activity.local_date) == "2026-06-11"  # Ben lives in Tokyo
    assert get_data_version(cast.ben) == before + 1


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
def test_values_that_the_api_refuses_are_refused_for_staff_too(
    cast: Cast, root: Client, changes: dict[str, str], field: str
) -> None:
    page = root.post(f"{LIST}add/", ENTRY | {"athlete": cast.ben.pk} | changes)
    assert field in page.context["adminform"].form.errors
    assert not Activity.objects.exists()


def test_a_changed_activity_gets_a_new_local_date_and_raises_the_version(cast: Cast, root: Client) -> None:
    activity = create_run(cast.ben, training_load=50.0)
    before = get_data_version(cast.ben)
    form = ENTRY | {"name": "Evening", "distance_m": "12000", "training_load": "999", "athlete": cast.ada.pk}
    assert root.post(build_page_path(activity), form).status_code == 302
    activity.refresh_from_db()
    assert (activity.name, activity.distance_m, str(activity.local_date)) == ("Evening", 12_000, "2026-06-11")
    assert activity.training_load != 999
    assert activity.athlete_id == cast.ben.pk
    assert get_data_version(cast.ben) == before + 1


def test_a_recording_keeps_its_numbers_and_its_description_can_change(cast: Cast, root: Client) -> None:
    activity = ingest_run(cast.ada)
    before = activity.duration_s
    form = ENTRY | {"activity_type": "hike", "is_race": "on", "perceived_effort": "7", "duration_s": "1"}
    assert root.post(build_page_path(activity), form).status_code == 302
    activity.refresh_from_db()
    assert (activity.activity_type, activity.is_race, activity.perceived_effort) == ("hike", True, 7)
    assert (activity.duration_s, activity.started_at) == (before, NOON)


def test_deleting_an_activity_moves_it_to_the_bin_and_raises_the_version(cast: Cast, root: Client) -> None:
    activity = ingest_run(cast.ada)
    before = get_data_version(cast.ada)
    assert root.post(build_page_path(activity, "delete"), {"post": "yes"}).status_code == 302
    assert not Activity.objects.exists()
    assert not Streams.objects.exists()
    assert (BinActivity.objects.get().deleted_by, BinStreams.objects.count()) == ("staff", 1)
    assert get_data_version(cast.ada) == before + 1


def test_deleting_selected_activities_raises_the_version_of_each_athlete_once(
    cast: Cast, root: Client
) -> None:
    deleted = [ingest_run(cast.ada), ingest_run(cast.ben)]
    remaining = ingest_run(cast.ada, 1)
    people = (cast.ada, cast.ben, cast.zoe)
    before = [get_data_version(user) for user in people]
    form = {"action": "delete_selected", "_selected_action": [row.pk for row in deleted]}
    assert root.post(LIST, form).context["model_count"]
    assert root.post(LIST, form | {"post": "yes"}).status_code == 302
    assert list(Activity.objects.all()) == [remaining]
    assert {row.pk for row in BinActivity.objects.all()} == {row.pk for row in deleted}
    assert [get_data_version(user) for user in people] == [before[0] + 1, before[1] + 1, before[2]]


def test_search_results_are_sorted_by_start_and_times_name_their_zone(cast: Cast, root: Client) -> None:
    early, late = create_run(cast.ada, NOON - timedelta(days=1)), create_run(cast.ada, NOON)
    create_run(cast.ada, NOON - timedelta(days=2))  # stored last
    page = root.get(LIST, {"q": "ada"})
    assert [row.pk for row in page.context["cl"].result_list][:2] == [late.pk, early.pk]
    assert f"{NOON:%b %Y, %H:%M} UTC" in page.content.decode()
