"""Every stored code has a text: each warning a sentence, each method a name and a formula."""

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
CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+|cropped")  # only one code is a single word
# Names in statements that add a warning.
WARNING_NAME = re.compile(r"warn|clamped|_level$")
NO_WARNINGS = {"no_stream", "sport_profile_name"}  # a reason and a field in such statements
STATEMENTS = (ast.Assign, ast.Return, ast.Expr)
KNOWN = Thresholds(
    threshold_mps=1000 / 300,
    threshold_source="coach",
    threshold_date=date(2026, 5, 1),
    lthr_bpm=170.0,
    hr_rest_bpm=50.0,
)


def find_warning_codes(*folders: str) -> Iterator[str]:
    """The codes in statements that add a warning."""
    for path in (path for folder in folders for path in (METRICS / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            is_warnings_property = isinstance(node, ast.FunctionDef) and node.name == "warnings"
            if is_warnings_property or (
                isinstance(node, STATEMENTS)
                and any(WARNING_NAME.search(name) for name in iterate_names(node))
            ):
                yield from (text for text in iterate_strings(node) if CODE.fullmatch(text))


def iterate_names(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr
        elif isinstance(part, ast.keyword):
            yield part.arg or ""


def iterate_strings(node: ast.AST) -> Iterator[str]:
    return (
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def test_every_warning_of_the_code_has_a_text_and_no_text_is_unused():
    assert set(find_warning_codes("science", "files")) - NO_WARNINGS == WARNINGS.keys()


def test_every_warning_text_is_a_sentence():
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in WARNINGS.values())
    assert explain_warning("clock_jump") == WARNINGS["clock_jump"]
    assert explain_warning("of_a_later_version") == "of a later version"


def test_every_load_method_has_a_text():
    source = (METRICS / "science" / "training_load.py").read_text()
    methods = set(re.findall(r'"((?:pace|hr)_\w+|srpe|duration)"', source))
    assert methods == LOAD_METHODS.keys()


@pytest.mark.parametrize("name", sorted({name for _, name, _ in LOAD_METHODS.values()}))
def test_every_formula_name_is_in_the_document(name: str):
    assert f"`metrics.science.load.{name}`" in (METRICS.parent / "docs" / "FORMULAS.md").read_text()


def test_a_load_by_pace_names_its_threshold():
    explanation = explain_load("pace_stream", "B", 1000 / 300, None, KNOWN, "metric")
    assert explanation is not None
    assert (explanation.name, explanation.quality) == ("load_stream", f"B: {QUALITIES['B']}")
    threshold_text = f"threshold pace 5:00 /km, {SOURCES['coach']}, valid from Fri 1 May 2026"
    assert explanation.threshold_text == threshold_text


def test_a_load_by_heart_rate_names_its_reference():
    explanation = explain_load("hr_stream", "B", None, 170.0, KNOWN, "metric")
    assert explanation is not None
    text = explanation.threshold_text
    assert text == "heart rate at threshold 170 bpm, as entered, resting heart rate 50 bpm"
    corrected = explain_load("hr_stream", "B", None, 165.0, KNOWN, "metric")
    assert corrected is not None
    assert corrected.threshold_text == "heart rate at threshold 165 bpm, which has been corrected since"


def test_without_load_there_is_no_explanation():
    assert explain_load("", "", None, None, KNOWN, "metric") is None
