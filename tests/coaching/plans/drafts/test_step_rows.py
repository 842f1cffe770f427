"""The steps of a session as rows of fields: each line becomes rows that write the same steps again."""

from __future__ import annotations

from typing import Any

import pytest

from coaching.plans.drafts.line_entry import parse_steps
from coaching.plans.drafts.step_rows import StepRow, list_step_rows, write_row, write_rows


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("6×1 km Z4 90s", [StepRow("6", "1 km", "zone", "4", "90 s")]),
        ("6×1 km @3:50-4:00/km 90s rest", [StepRow("6", "1 km", "pace", "3:50-4:00", "90 s", True)]),
        (
            "15' + 20 min @150-160 bpm + 10 min",
            [
                StepRow("", "15 min"),
                StepRow("", "20 min", "heart_rate", "150-160"),
                StepRow("", "10 min"),
            ],
        ),
        ("3 × (4 × 400 m Z5 60 s) 3 min", [StepRow("3", "(4 × 400 m Z5 1 min)", pause="3 min")]),
        ("40 min RPE 7", [StepRow("", "40 min", "effort", "7")]),
        ("5 km @4:30/km", [StepRow("", "5 km", "pace", "4:30")]),
    ],
)
def test_each_step_of_a_line_has_a_row_that_writes_it_again(line: str, rows: list[StepRow]):
    steps = parse_steps(line)
    assert list_step_rows(steps) == rows
    assert parse_steps(write_rows(rows)) == steps


@pytest.mark.parametrize(
    ("stored", "row"),
    [
        (
            {"repeat": 5, "distance": 1000, "zone": 4, "recovery": 120},
            StepRow("5", "1 km", "zone", "4", "2 min"),
        ),
        ({"duration": 600, "zone": 1}, StepRow("", "10 min", "zone", "1")),
        (
            {"repeat": 3, "steps": [{"repeat": 4, "distance": 400, "zone": 5}]},
            StepRow("3", "(4 × 400 m Z5)"),
        ),
    ],
)
def test_steps_without_a_kind_have_rows_too(stored: dict[str, Any], row: StepRow):
    assert list_step_rows([stored]) == [row]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (StepRow("1", "5 km", "zone", "Z3"), "5 km Z3"),
        (StepRow("", "5 km", "pace", "7:00/mi"), "5 km @7:00/mi"),
        (StepRow("", "5 km", "pace", "@4:30/km"), "5 km @4:30/km"),
        (StepRow("", "5 km", "heart_rate", "150 bpm"), "5 km @150 bpm"),
        (StepRow("", "5 km", "effort", ""), "5 km"),
    ],
)
def test_a_value_may_have_the_marks_of_the_line(row: StepRow, text: str):
    assert write_row(row) == text
