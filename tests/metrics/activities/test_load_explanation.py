"""Words for what is stored as codes: every warning and every method has its sentence, every formula its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date

import pytest

from metrics.activities.load_explanation import (
    LOAD_METHODS,
    QUALITIES,
    SOURCES,
    WARNINGS,
    explain_load,
    explain_warning,
)
from metrics.science.thresholds import Thresholds
from tests.support.paths import ROOT

METRICS = ROOT / "metrics"
CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")
# What a statement mentions that hands a warning on.
HANDED_ON = re.compile(r"warn|doubt|clamped|_level$")
NO_WARNINGS = {"no_stream", "sport_profile_name"}  # a reason and a field that stand in such statements too
STATEMENTS = (ast.Assign, ast.Return, ast.Expr)
KNOWN = Thresholds(
    threshold_mps=1000 / 300,
    threshold_source="coach",
    threshold_date=date(2026, 5, 1),
    lthr_bpm=170.0,
    hr_rest_bpm=50.0,
)


def written(*folders: str) -> Iterator[str]:
    """The codes in statements that warn."""
    for path in (path for folder in folders for path in (METRICS / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            mine = isinstance(node, ast.FunctionDef) and node.name == "warnings"
            if mine or (
                isinstance(node, STATEMENTS) and any(HANDED_ON.search(name) for name in mentioned(node))
            ):
                yield from (text for text in strings(node) if CODE.fullmatch(text))


def mentioned(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr
        elif isinstance(part, ast.keyword):
            yield part.arg or ""


def strings(node: ast.AST) -> Iterator[str]:
    return (
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def test_every_warning_that_can_be_stored_has_a_sentence_and_no_other_has():
    assert set(written("science", "files")) - NO_WARNINGS == WARNINGS.keys()


def test_every_warning_is_told_in_a_sentence():
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in WARNINGS.values())
    assert explain_warning("clock_jump") == WARNINGS["clock_jump"]
    assert explain_warning("of_a_later_version") == "of a later version"


def test_every_method_has_its_words():
    written_down = (METRICS / "science" / "training_load.py").read_text()
    named = set(re.findall(r'"((?:pace|hr)_\w+|srpe|duration)"', written_down))
    assert named == LOAD_METHODS.keys()


@pytest.mark.parametrize("name", sorted({name for _, name, _ in LOAD_METHODS.values()}))
def test_every_formula_is_called_as_in_the_document(name: str):
    assert f"`metrics.science.load.{name}`" in (METRICS.parent / "docs" / "FORMULAS.md").read_text()


def test_a_load_by_pace_is_told_with_its_threshold():
    told = explain_load("pace_stream", "B", 1000 / 300, None, KNOWN, "metric")
    assert told is not None
    assert (told.name, told.quality) == ("load_stream", f"B: {QUALITIES['B']}")
    assert told.threshold_text == f"threshold pace 5:00 /km, {SOURCES['coach']}, valid from Fri 1 May 2026"


def test_a_load_by_heart_rate_is_told_with_its_reference():
    told = explain_load("hr_stream", "B", None, 170.0, KNOWN, "metric")
    assert told is not None
    assert told.threshold_text == "heart rate at threshold 170 bpm, as entered, resting heart rate 50 bpm"
    corrected = explain_load("hr_stream", "B", None, 165.0, KNOWN, "metric")
    assert corrected is not None
    assert corrected.threshold_text == "heart rate at threshold 165 bpm, which has been corrected since"


def test_no_load_has_no_words():
    assert explain_load("", "", None, None, KNOWN, "metric") is None
