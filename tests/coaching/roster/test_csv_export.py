"""The roster as a CSV file."""

from __future__ import annotations

import re

import pytest
import time_machine

from athletes.models import User
from athletes.organizations.consent import change_consent
from tests.coaching.roster.roster_fixtures import (
    download_table,
)
from tests.coaching.training_fixtures import create_training
from tests.support.cast import NOON, Cast


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def test_csv_contains_the_whole_filtered_roster_with_units_in_the_header(cast: Cast):
    create_training(cast.ada, cast.harbour)
    answer, rows = download_table(cast.carl, "?page_size=1&page=2&sort=name")
    assert (
        answer.headers["Content-Disposition"]
        == 'attachment; filename="roster-harbour-runners-2026-06-10.csv"'
    )
    assert [row["Name"] for row in rows] == ["Ada", "Ben"]
    ada = rows[0]
    assert (ada["Coach"], ada["Groups"], ada["Last activity (date)"]) == ("Carl", "Milers", "2026-06-10")
    assert (ada["Distance since Monday (km)"], ada["Four-week average distance (km per week)"]) == (
        "30.0",
        "70.0",
    )
    assert (ada["Plan week"], ada["Next race (date)"]) == ("1", "2026-06-30")
    assert [row["Name"] for row in download_table(cast.carl, "?my_athletes=1")[1]] == ["Ada"]


def test_withheld_cells_of_the_csv_are_empty(cast: Cast):
    create_training(cast.ada, cast.harbour)
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False, "goals_and_plans": False}, NOON)
    (ada,) = download_table(cast.carl, "?search=ada")[1]
    pattern = "Last|Distance|Four|Load|Fitness|Fatigue|Form|Plan|Next|Compl"
    withheld_columns = [column for column in ada if re.match(pattern, column)]
    assert len(withheld_columns) == 16
    assert {column: ada[column] for column in withheld_columns if ada[column]} == {}
    assert ada["Not shared"] == "activities, goals_and_plans"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1+1"])
def test_cells_of_the_csv_are_no_formulas(cast: Cast, name: str):
    User.objects.filter(pk=cast.ada.pk).update(display_name=name)
    assert f"'{name}" in [row["Name"] for row in download_table(cast.carl)[1]]
