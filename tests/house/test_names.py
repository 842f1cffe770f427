"""Names that a newcomer finds: one thing a name, verbs for functions, small folders."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from tests.house.test_rules import SOURCES, name_of, tree
from tests.support.paths import ROOT

MAX_MODULES = 15
LARGE_FOLDERS = {
    "metrics/science": "one module for each family of formulas, as in docs/FORMULAS.md",
}
# The same name on purpose: Django and Python ask for it, or the module's name says of what.
REPEATED = {"Command", "main", "encode", "decode", "pace", "minetti_cost", "grade_factor"}
# One word that Django, the field or a protocol uses; filters of templates are nouns, as Django's own.
ONE_WORD = {
    "healthz", "main", "forbidden", "success", "dumps", "encode", "decode", "gunzip", "chat", "reword", "unacknowledge",
}  # fmt: skip
# Mathematics and signal rules have the field's own nouns.
NOUNS_ALLOWED = ("metrics/science/", "coaching/science/", "coaching/attention/rules/", "templatetags/")
PARTICIPLE = ("ed", "ing")
NO_PARTICIPLES = {  # or an adjective of the noun behind it
    "embed", "feed", "speed", "string", "cached", "cascading", "coaching", "covering", "preferred", "running", "supervised",
}  # fmt: skip


def definitions(kind: type[ast.AST]) -> dict[str, list[str]]:
    """Where each public top-level name is defined."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in SOURCES:
        for node in tree(path).body:
            if isinstance(node, kind) and not node.name.startswith("_"):  # type: ignore[attr-defined]
                found[node.name].append(name_of(path))  # type: ignore[attr-defined]
    return found


def test_a_class_or_function_name_stands_for_one_thing():
    for kind in (ast.ClassDef, ast.FunctionDef):
        names = definitions(kind)
        assert len(names) > 300
        assert {
            name: places for name, places in names.items() if len(places) > 1 and name not in REPEATED
        } == {}


def public_functions() -> dict[str, str]:
    return {
        name: places[0]
        for name, places in definitions(ast.FunctionDef).items()
        if not any(part in places[0] for part in NOUNS_ALLOWED)
    }


def test_a_public_function_has_a_verb_and_a_noun():
    functions = public_functions()
    assert {name: place for name, place in functions.items() if "_" not in name} == {
        name: functions[name] for name in ONE_WORD
    }


def test_no_public_function_begins_with_a_participle():
    found = {
        name: place
        for name, place in public_functions().items()
        if name.split("_")[0].endswith(PARTICIPLE) and name.split("_")[0] not in NO_PARTICIPLES
    }
    assert found == {}


def test_a_folder_holds_at_most_15_modules_or_has_a_reason():
    counts: defaultdict[str, int] = defaultdict(int)
    for path in [*SOURCES, *(ROOT / "bench").rglob("*.py")]:
        if path.name != "__init__.py":
            counts[str(Path(name_of(path)).parent)] += 1
    assert {folder for folder, count in counts.items() if count > MAX_MODULES} == LARGE_FOLDERS.keys()
