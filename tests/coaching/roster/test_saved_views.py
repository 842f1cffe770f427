"""Saved views of the roster: columns, filters and order of one person."""

from __future__ import annotations

import pytest

from coaching.models import RosterView
from coaching.roster.saved_views.columns import COLUMN_LABELS
from coaching.roster.saved_views.store import MAX_VIEWS
from tests.coaching.calendar.pages.page_fixtures import PageClient
from tests.coaching.training_fixtures import add_to_training_group
from tests.support.cast import ApiClient, Cast

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/roster_views"


def list_headings(text: str) -> list[str]:
    head = text.split('class="roster-table"')[1].split("</thead>")[0]
    return [part.split("</th>")[0].split(">")[-1] for part in head.split("<th ")[3:]]


def test_view_is_saved_replaced_listed_and_deleted(cast: Cast):
    carl = ApiClient(cast.carl)
    filters = {"org_id": cast.harbour.public_id, "sort": "-load", "my_athletes": True}
    body = {"name": "Mine", "columns": ["week", "vdot"], "filters": filters}
    saved = carl.send_json("post", ADDRESS, body)
    assert (saved.status_code, saved.json()["data"]) == (201, body)
    assert RosterView.objects.get().filters["my_athletes"] == "1", "as in the address of the page"
    filters["my_athletes"] = "1"
    again = carl.send_json("post", ADDRESS, body)
    assert again.json()["data"] == saved.json()["data"]
    replaced = carl.send_json("post", ADDRESS, {"name": "Mine", "columns": ["hrv"]})
    assert replaced.json()["data"] == {"name": "Mine", "columns": ["hrv"], "filters": {}}
    assert carl.get(ADDRESS).json()["data"] == [replaced.json()["data"]]
    assert ApiClient(cast.asha).get(ADDRESS).json()["data"] == []
    assert ApiClient(cast.asha).delete(f"{ADDRESS}/Mine").status_code == 204
    assert RosterView.objects.count() == 1, "only one's own"
    for _ in range(2):
        assert carl.delete(f"{ADDRESS}/Mine").status_code == 204
    assert not RosterView.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"columns": []},
        {"columns": ["shoe_size"]},
        {"name": ""},
        {"name": "x" * 41},
        {"filters": {"page": "2"}},
        {"filters": {"sort": "shoe_size"}},
        {"owner": 1},
    ],
)
def test_wrong_views_are_refused(cast: Cast, change: dict[str, object]):
    body = {"name": "Mine", "columns": ["week"]} | change
    assert ApiClient(cast.carl).send_json("post", ADDRESS, body).status_code == 400
    assert not RosterView.objects.exists()


def test_a_person_has_at_most_twenty_views(cast: Cast):
    RosterView.objects.bulk_create(
        RosterView(owner=cast.carl, name=f"View {number}", columns=["week"]) for number in range(MAX_VIEWS)
    )
    refused = ApiClient(cast.carl).send_json("post", ADDRESS, {"name": "One more", "columns": ["week"]})
    assert refused.status_code == 409
    again = ApiClient(cast.carl).send_json("post", ADDRESS, {"name": "View 3", "columns": ["hrv"]})
    assert again.status_code == 201


def test_page_saves_its_filters_and_shows_the_columns_of_a_view(cast: Cast):
    group = add_to_training_group(cast.ada, cast.harbour)
    coach = PageClient(cast.carl)
    assert (
        list_headings(coach.read("/coach/"))
        == [label for name, label in COLUMN_LABELS.items() if name not in ("fatigue", "distance_7d")][:9]
    )
    answer = coach.client.post(
        "/coach/views",
        {
            "name": "Load & HRV",
            "columns": ["hrv", "fatigue", "resting_hr"],
            "org_id": cast.harbour.public_id,
            "group_id": group.public_id,
            "sort": "name",
        },
    )
    address = answer.headers["Location"]
    assert address.startswith("/coach/?view=Load+%26+HRV&")
    text = coach.read(address)
    assert list_headings(text) == ["HRV", "Fatigue", "Resting heart rate"]
    assert text.count('<th scope="row">') == 1, "the group alone"
    assert ">Load & HRV</a>" in text
    elsewhere = coach.read("/coach/?view=Gone")
    assert len(list_headings(elsewhere)) == 9
    deleted = coach.client.post("/coach/views/delete", {"name": "Load & HRV"})
    assert deleted.headers["Location"] == "/coach/"
    assert not RosterView.objects.exists()


def test_a_view_shows_no_withheld_number(cast: Cast):
    RosterView.objects.create(owner=cast.carl, name="Hearts", columns=["resting_hr"])
    text = PageClient(cast.carl).read("/coach/?view=Hearts")
    cells = text.split("</thead>")[1].count('data-label="Resting heart rate"')
    assert cells == text.count('<th scope="row">')
