"""docs/FORMULAS.md names every formula of the code, and no other formula."""

import ast
import re
from pathlib import Path

from coaching.attention import SIGNAL_RULES
from tests.support.paths import ROOT

DOCUMENT = (ROOT / "docs" / "FORMULAS.md").read_text()
COACHING = ROOT / "coaching"
# The definition of a signal, the list of signals, messages, and what is told and done about signals.
NO_FORMULAS = (
    "registry.py", "signal.py", "distance_messages.py", "causes.py", "episodes.py", "suggested_actions.py",
)  # fmt: skip
FILES = [
    *sorted((ROOT / "metrics" / "science").rglob("*.py")),
    *sorted((COACHING / "science").glob("*.py")),
    *sorted(path for path in (COACHING / "attention").rglob("*.py") if path.name not in NO_FORMULAS),
]


def public_functions(path: Path) -> set[str]:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return {
        f"{module}.{node.name}"
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


IN_CODE = set().union(*(public_functions(path) for path in FILES))
DOCUMENTED = set(re.findall(r"^\| `((?:metrics|coaching)\.[\w.]+)", DOCUMENT, re.MULTILINE))


def test_every_signal_is_in_the_document():
    assert {
        f"{signal.evaluate_day.__module__}.{signal.evaluate_day.__name__}" for signal in SIGNAL_RULES
    } <= DOCUMENTED


def test_every_public_formula_is_in_the_document():
    assert not sorted(IN_CODE - DOCUMENTED)


def test_every_formula_of_the_document_is_in_the_code():
    assert not sorted(DOCUMENTED - IN_CODE)


def test_every_row_has_a_formula_a_source_and_a_known_tag():
    rows = [line for line in DOCUMENT.splitlines() if re.match(r"\| `(metrics|coaching)\.", line)]
    for row in rows:
        function, formula, source, tag = [cell.strip() for cell in row.strip("|").split(" | ")]
        assert formula, function
        assert source, function
        assert set(tag.split(", ")) <= {"P", "I", "D", "J"}, f"{function}: {tag}"
