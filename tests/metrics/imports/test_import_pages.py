"""Pages of imports: progress, the report, and what can be done."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from athletes.models import User
from metrics.imports.files.undo import undo_import
from metrics.imports.files.unknown_sports import apply_named_sport
from metrics.imports.pages.words import format_time_left
from metrics.models import Activity, HealthDay, Import, ImportFile
from tests.metrics.imports.import_fixtures import (
    WORK,
    build_day_run,
    build_health_item,
    build_recording_item,
    build_wellness,
    build_zip,
    run,
    send_files,
    send_planned,
)
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
# session, user, the user's athlete, import, clubs, counts (2), files, activities (2)
PAGE_STATEMENTS = 10
LIST_STATEMENTS = 7  # session, user, the user's athlete, imports, counts (2), clubs


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def path_of(parent: Import, action: str = "") -> str:
    return f"/imports/{parent.public_id}" + (f"/{action}" if action else "")


def read_page(user: User, parent: Import, query: str = "") -> str:
    answer = sign_in(user).get(path_of(parent) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def press(user: User, parent: Import, action: str, **fields: str) -> Any:
    return sign_in(user).post(path_of(parent, action), fields, follow=True)


def import_four_files(user: User) -> Import:
    """Two runs, of which one is there twice, and a broken file."""
    first = build_day_run(1)
    files = {"a.gpx": first, "b.fit": build_day_run(3), "c.gpx": first, "d.fit": b"no fit"}
    items = [build_recording_item(name) for name in files]
    return run(send_planned(user, files, items))


def create_files(parent: Import, count: int, status: str) -> None:
    fields = {"athlete": parent.athlete, "parent": parent, "kind": "recording", "status": status}
    ImportFile.objects.bulk_create(
        ImportFile(position=10 + number, name=f"{number}.fit", **fields) for number in range(count)
    )


def find_names(page: str) -> list[str]:
    return re.findall(r'scope="row" class="filename"><bdi>([^<]+)</bdi>', page)


def test_an_import_that_waits_shows_its_state_and_can_be_cancelled(cast: Cast):
    parent = send_files(cast.ada, {"years.zip": build_zip({"1.fit": build_day_run(1)})})
    page = read_page(cast.ada, parent)
    assert "Waiting for its turn" in page
    assert 'http-equiv="refresh"' in page
    assert 'hx-trigger="every 2s"' in page
    page = press(cast.ada, parent, "cancel").content.decode()
    assert "Cancelled. What is stored stays" in page
    assert 'hx-trigger="every 2s"' not in page
    assert "was cancelled" not in press(cast.ada, parent, "cancel").content.decode()


def test_the_report_is_grouped_by_outcome_with_reasons_and_links(cast: Cast):
    parent = import_four_files(cast.ada)
    page = read_page(cast.ada, parent)
    assert find_names(page) == ["d.fit", "a.gpx", "b.fit", "c.gpx"]
    assert "4 of 4 files" in page
    for activity in Activity.objects.all():
        assert f'href="/activities/{activity.public_id}"' in page
    assert escape(parent.files.get(status="refused").reason) in page
    stored = read_page(cast.ada, parent, "?status=stored")
    assert find_names(stored) == ["a.gpx", "b.fit"]
    assert sign_in(cast.ada).get(path_of(parent) + "?status=lost").status_code == 400


def test_the_report_is_a_table_for_spreadsheets(cast: Cast):
    answer = sign_in(cast.ada).get(path_of(import_four_files(cast.ada), "report.csv"))
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 5


def test_a_dry_run_says_what_would_come_and_can_be_started(cast: Cast):
    parent = run(send_files(cast.ada, {"1.fit": build_day_run(1)}, is_dry_run=True))
    page = read_page(cast.ada, parent)
    assert "What would come" in page
    assert "It contains 1 recording." in page
    assert "Would come 1" in page
    assert find_names(page) == ["1.fit"]
    assert not Activity.objects.exists()
    press(cast.ada, parent, "start")
    run(parent)
    assert Activity.objects.count() == 1


def test_refused_files_are_tried_again_with_their_readable_part(cast: Cast):
    incomplete = build_day_run(3, duration_s=900)[:-800]
    parent = run(send_planned(cast.ada, {"1.fit": incomplete}, [build_recording_item("1.fit")]))
    assert "Store the readable part" in read_page(cast.ada, parent)
    press(cast.ada, parent, "retry", accept_partial="on")
    assert [file.status for file in run(parent).files.all()] == ["stored"]
    page = press(cast.ada, parent, "retry").content.decode()
    assert "No refused file of this import is kept" in page


def test_the_sport_is_asked_once_for_all(cast: Cast):
    recordings = {f"{day}.gpx": build_day_run(day, sport="workout") for day in (1, 4)}
    parent = run(send_files(cast.ada, recordings))
    assert re.search(r"2 recordings\s+do not say their sport", read_page(cast.ada, parent))
    page = press(cast.ada, parent, "sport", activity_type="run").content.decode()
    assert "not say" not in page
    assert 'hx-trigger="every 2s"' in page
    assert apply_named_sport(parent.pk, WORK)
    assert 'hx-trigger="every 2s"' not in read_page(cast.ada, parent)
    assert set(Activity.objects.values_list("activity_type", flat=True)) == {"run"}


def test_an_undo_says_before_what_will_go(cast: Cast):
    files = {"a.gpx": build_day_run(1), "w.csv": build_wellness()}
    parent = run(send_planned(cast.ada, files, [build_recording_item("a.gpx"), build_health_item("w.csv")]))
    question = sign_in(cast.ada).get(path_of(parent, "undo")).content.decode()
    assert re.search(r"1 activity goes to the bin", question)
    assert "1 health day becomes as before" in question
    assert "is being undone" in press(cast.ada, parent, "undo").content.decode()
    assert undo_import(parent.pk, WORK)
    assert "Undone" in read_page(cast.ada, parent)
    assert not Activity.objects.exists()
    assert not HealthDay.objects.exists()


def test_a_coach_sees_the_import_that_the_coach_made(cast: Cast):
    parent = run(send_files(cast.ada, {"1.fit": build_day_run(1)}, made_by_id=cast.carl.pk))
    assert "for <bdi>Ada</bdi>" in read_page(cast.carl, parent)
    assert "for <bdi>Ada</bdi>" in sign_in(cast.carl).get("/imports").content.decode()
    assert sign_in(cast.hanna).get(path_of(parent)).status_code == 403
    assert "1.fit" not in sign_in(cast.hanna).get("/imports").content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_takes_the_same_statements_for_any_number_of_files(
    cast: Cast, django_assert_num_queries: Any, count: int
):
    parent = run(send_files(cast.ada, {"1.fit": build_day_run(1)}))
    create_files(parent, count, "skipped")
    client = sign_in(cast.ada)
    with django_assert_num_queries(PAGE_STATEMENTS):
        assert len(client.get(path_of(parent)).context["rows"]) == count + 1
    with django_assert_num_queries(LIST_STATEMENTS):
        assert len(client.get("/imports").context["rows"]) == 1


def test_a_long_report_has_pages(cast: Cast):
    parent = send_files(cast.ada, {"1.fit": b"x"})
    Import.objects.filter(pk=parent.pk).update(status="done")
    create_files(parent, 150, "refused")
    assert len(find_names(read_page(cast.ada, parent))) == 100
    second = read_page(cast.ada, parent, "?page=2&status=refused")
    assert find_names(second)[0] == "100.fit"
    assert "101–150 of 150" in second


def test_time_left_is_in_words():
    assert [format_time_left(seconds) for seconds in (None, 5, 61, 600, 9_000)] == [
        "", "less than a minute left", "about 1 minute left", "about 10 minutes left", "about 2 hours left",
    ]  # fmt: skip
