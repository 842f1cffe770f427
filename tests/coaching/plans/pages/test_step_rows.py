"""What the pages say while one types: steps as rows of fields, and the sums of a plan's week."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from coaching.models import Plan
from tests.coaching.plans.pages.plan_browser import PlanBrowser, plan_path, read_text
from tests.support.cast import Cast


def read_field(answer: Any, name: str) -> str:
    """The value of the input `name`."""
    content: str = answer.content.decode()
    tag = content.split(f'name="{name}"', 1)[1].split(">", 1)[0]
    return tag.split('value="', 1)[1].split('"', 1)[0]


def read_line(answer: Any) -> str:
    content: str = answer.content.decode()
    return content.split('data-line="', 1)[1].split('"', 1)[0]


@pytest.fixture
def browser(cast: Cast) -> PlanBrowser:
    return PlanBrowser(cast.carl)


def test_a_line_becomes_rows_with_what_it_adds_up_to(browser: PlanBrowser):
    answer = browser.get("/step_rows", {"line": "15 min + 6×1 km Z4 90s + 10 min"})
    text = read_text(answer)
    assert "6 × (1 km in zone 4, 90 s jog)" in text
    assert "load" in text
    assert "% easy" in text
    assert [read_field(answer, f"length{number}") for number in (1, 2, 3, 4)] == [
        "15 min",
        "1 km",
        "10 min",
        "",
    ]
    assert read_field(answer, "pause2") == "90 s"


def test_rows_become_a_line(browser: PlanBrowser):
    rows = {"length1": "15 min", "times2": "5", "length2": "1 km", "target2": "pace", "value2": "3:50-4:00"}
    answer = browser.get("/step_rows", rows | {"pause2": "2 min", "standing2": "1"})
    assert read_line(answer) == "15 min + 5 × 1 km @3:50-4:00/km 2 min rest"


def test_a_row_moves_up_and_is_removed(browser: PlanBrowser):
    rows = {"length1": "15 min", "length2": "1 km", "length3": "10 min"}
    assert read_line(browser.get("/step_rows", rows | {"do": "up", "row": "3"})) == "15 min + 10 min + 1 km"
    assert read_line(browser.get("/step_rows", rows | {"do": "remove", "row": "1"})) == "1 km + 10 min"


def test_a_wrong_row_says_why_and_keeps_what_was_typed(browser: PlanBrowser):
    answer = browser.get("/step_rows", {"length1": "15 min", "length2": "<b>quick</b>"})
    assert "means nothing here" in read_text(answer)
    assert read_field(answer, "length2") == "&lt;b&gt;quick&lt;/b&gt;"


def test_a_line_that_is_no_steps_says_why(browser: PlanBrowser):
    text = read_text(browser.get("/step_rows", {"line": "15"}))
    assert "needs a unit" in text
    assert "Steps as fields" not in text


@pytest.mark.parametrize("query", [{"line": "x" * 301}, {"rows": "1"}, {"times16": "1"}, {"do": "drop"}])
def test_an_unknown_or_long_value_is_refused(browser: PlanBrowser, query: dict[str, str]):
    assert browser.get("/step_rows", query).status_code == 400


def test_a_visitor_must_sign_in(db: None):
    assert Client().get("/step_rows", {"line": "15 min"}).status_code == 302


def test_the_open_week_says_its_sums_with_what_is_typed(browser: PlanBrowser, cast: Cast):
    plan = Plan.objects.create(organization=cast.harbour, name="Base", created_by=cast.carl, total_weeks=1)
    browser.enter(plan, 1, day1="60 min easy")
    answer = browser.get(plan_path(plan, "/entries"), {"week": "1", "day2": "30 min easy", "day3": "soon"})
    text = read_text(answer)
    assert "The week with it: 2 sessions, 1 h 30 min" in text
    assert "Wednesday: Say how long or how far" in text
    assert plan.sessions.count() == 1
