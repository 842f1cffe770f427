"""Every list and series as CSV and NDJSON: the rows are those of the JSON, for every caller."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

import orjson
import pytest
from django.urls import resolve

from astral.http.documentation import get_schema_document
from astral.http.renderers import dumps
from astral.http.tables import whole_list
from astral.http.tables.columns import Table
from athletes.access.policy_document import PolicyEndpoint, list_endpoints
from tests.athletes.access.expected_access import Owner
from tests.athletes.access.matrix import build_request_data
from tests.athletes.access.world import World

pytestmark = pytest.mark.django_db
CSV, NDJSON = "text/csv", "application/x-ndjson"
PAGED = {"page", "page_size"}
FOR_COACHES = {"coach-athletes-metrics", "training-plans", "signals-history"}


def list_tables() -> dict[str, set[str]]:
    """The addresses that answer as CSV, with the names of their parameters."""
    paths = json.loads(get_schema_document().body)["paths"]
    return {
        path: {parameter["name"] for parameter in item["get"].get("parameters", [])}
        for path, item in paths.items()
        if {CSV, "application/json"}
        <= item.get("get", {"responses": {}})["responses"].get("200", {}).get("content", {}).keys()
    }


TABLES = list_tables()
ENDPOINTS = {endpoint.address: endpoint for endpoint in list_endpoints() if endpoint.address in TABLES}


def ask(world: World, endpoint: PolicyEndpoint, accept: str, persona: str = "", **more: Any) -> Any:
    """Ada asks for her own rows, the head coach for those of the club."""
    is_of_club = "org_id" in endpoint.address or endpoint.name in FOR_COACHES
    owner = Owner(person="ada", club="harbour", thing="harbour" if is_of_club else "ada")
    path, named = build_request_data(world, endpoint, "GET", owner)
    data = {name: value for name, value in named.items() if name in TABLES[endpoint.address]}
    client = world.clients[persona or ("hanna" if is_of_club else "ada")]
    return client.get(path, data | more, headers={"Accept": accept})


def find_table(endpoint: PolicyEndpoint) -> Table:
    match: Any = resolve(endpoint.address)
    view = match.func.cls(**match.func.initkwargs)
    view.action = getattr(match.func, "actions", {}).get("get")
    table = view.get_table()
    assert isinstance(table, Table)
    return table


def flatten(row: Any, before: str = "") -> dict[str, Any]:
    """The cells that are expected, by column."""
    cells: dict[str, Any] = {}
    for name, value in row.items():
        cells |= flatten(value, f"{before}{name}.") if isinstance(value, dict) else {before + name: value}
    return cells


def read_cell(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else dumps(value).decode()


def test_every_list_and_series_of_the_schema_is_a_table():
    assert ENDPOINTS.keys() == TABLES.keys()
    lists = {path for path, names in TABLES.items() if names >= PAGED}
    assert len(lists) > 20
    assert {endpoint.name for endpoint in ENDPOINTS.values()} >= {
        "activities", "health-days", "races", "absences", "organization-members", "coach-athletes-metrics",
        "running-stats", "activity-stats", "health-metrics", "calendar", "calendar-changes",
        "athlete-records",
        "activity-comments", "activity-streams", "plan-instances", "training-plans", "athlete-access-log",
        "athlete-changes", "organization-changes", "notices", "roster-views", "athlete-durability",
        "activity-intervals",
    }  # fmt: skip


@pytest.mark.parametrize("address", TABLES)
def test_rows_are_those_of_the_json(world: World, address: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(whole_list, "ROWS_PER_PART", 1)  # so that every list has several parts
    endpoint = ENDPOINTS[address]
    table = find_table(endpoint)
    page: dict[str, Any] = {"page_size": 200} if "page_size" in TABLES[address] else {}
    answer = ask(world, endpoint, "application/json", **page)
    assert answer.status_code == 200, answer.content
    expected = list(table.find_rows(answer.json()["data"]))

    lines = ask(world, endpoint, NDJSON)
    assert lines.headers["Content-Type"] == NDJSON
    assert [orjson.loads(line) for line in lines.getvalue().splitlines()] == expected

    sheet = ask(world, endpoint, CSV)
    assert sheet.headers["Content-Type"] == f"{CSV}; charset=utf-8"
    assert sheet.headers["Content-Disposition"] == f'attachment; filename="{endpoint.name}.csv"'
    assert "Accept" in sheet.headers["Vary"]
    header, *rows = csv.reader(StringIO(sheet.getvalue().decode(), newline=""), strict=True)
    assert header == table.header
    assert len(rows) == len(expected)
    for cells, row in zip(rows, expected, strict=True):
        named = {name: cell for name, cell in zip(header, cells, strict=True) if cell}
        assert named == {
            name: read_cell(value)
            for name, value in flatten(row).items()
            if read_cell(value) and name in header
        } | {name: read_cell(value) for name, value in find_whole_objects(row, header).items()}


def find_whole_objects(row: Any, header: list[str]) -> dict[str, Any]:
    """Objects whose keys are not known before: they are one cell."""
    return {name: value for name, value in row.items() if isinstance(value, dict) and name in header}


def test_lists_of_the_test_have_rows(world: World):
    empty = {
        endpoint.name
        for address, endpoint in ENDPOINTS.items()
        if not list(find_table(endpoint).find_rows(ask(world, endpoint, "*/*").json()["data"]))
    }
    assert empty <= {
        "signals-usefulness", "athlete-records", "group-plans", "athlete-access-log", "activity-intervals",
        "athlete-durability", "roster-views",
    }  # fmt: skip


@pytest.mark.parametrize("form", [CSV, NDJSON])
def test_refusal_is_the_same_json_as_ever(world: World, form: str):
    endpoint = ENDPOINTS["/api/v1/health/days"]
    usual = ask(world, endpoint, "*/*", "carl", user_id=world.user_id("zoe"))
    refused = ask(world, endpoint, form, "carl", user_id=world.user_id("zoe"))
    assert (refused.status_code, refused.json()) == (usual.status_code, usual.json())
    assert refused.status_code in (403, 404)
    wrong = ask(world, endpoint, form, start_date="tomorrow")
    assert (wrong.status_code, wrong.json()["details"]["field"]) == (400, "start_date")


def test_withheld_rows_are_left_out(world: World):
    endpoint = ENDPOINTS["/api/v1/activities"]
    shown = {
        orjson.loads(line)["user_id"]
        for line in ask(world, endpoint, NDJSON, "hanna").getvalue().splitlines()
    }
    assert world.user_id("ada") in shown
    assert world.user_id("ben") not in shown  # he does not share activities with the club
