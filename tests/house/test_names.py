"""Names for newcomers: one name for one thing, a verb and a noun for functions, small folders."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from tests.house.test_rules import SOURCES, get_relative_path, parse_file
from tests.support.paths import ROOT

MAX_MODULES = 15
LARGE_FOLDERS = {
    "metrics/science": "one module for each family of formulas, as in docs/FORMULAS.md",
}
# Names used more than once on purpose: Django or Python needs them, or the module's name completes them.
REPEATED = {"Command", "main", "encode", "decode", "pace", "minetti_cost", "grade_factor"}
# One word that Django, the field of training or a protocol uses.
ONE_WORD = {
    "healthz", "main", "forbidden", "success", "dumps", "encode", "decode", "gunzip", "chat", "reword",
    "unacknowledge",
}  # fmt: skip
# Functions here are nouns: terms of mathematics, names of signal rules, and template filters as in Django.
NOUNS_ALLOWED = ("metrics/science/", "coaching/science/", "coaching/attention/rules/", "templatetags/")
PARTICIPLE = ("ed", "ing")
# Words with such an ending that are no participles, or adjectives of the following noun.
NO_PARTICIPLES = {
    "embed", "feed", "speed", "string", "cached", "cascading", "coaching", "covering", "preferred",
    "running", "supervised",
}  # fmt: skip


def find_definitions(kind: type[ast.AST]) -> dict[str, list[str]]:
    """Return the files that define each public top-level name."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in SOURCES:
        for node in parse_file(path).body:
            if isinstance(node, kind) and not node.name.startswith("_"):  # type: ignore[attr-defined]
                found[node.name].append(get_relative_path(path))  # type: ignore[attr-defined]
    return found


def test_class_and_function_names_are_unique():
    for kind in (ast.ClassDef, ast.FunctionDef):
        names = find_definitions(kind)
        assert len(names) > 300
        assert {
            name: places for name, places in names.items() if len(places) > 1 and name not in REPEATED
        } == {}


def find_public_functions() -> dict[str, str]:
    return {
        name: places[0]
        for name, places in find_definitions(ast.FunctionDef).items()
        if not any(part in places[0] for part in NOUNS_ALLOWED)
    }


def test_public_functions_have_a_verb_and_a_noun():
    functions = find_public_functions()
    assert {name: place for name, place in functions.items() if "_" not in name} == {
        name: functions[name] for name in ONE_WORD
    }


def test_public_functions_do_not_begin_with_a_participle():
    found = {
        name: place
        for name, place in find_public_functions().items()
        if name.split("_")[0].endswith(PARTICIPLE) and name.split("_")[0] not in NO_PARTICIPLES
    }
    assert found == {}


def test_folders_have_at_most_15_modules_or_a_reason():
    counts: defaultdict[str, int] = defaultdict(int)
    for path in [*SOURCES, *(ROOT / "bench").rglob("*.py")]:
        if path.name != "__init__.py":
            counts[str(Path(get_relative_path(path)).parent)] += 1
    assert {folder for folder, count in counts.items() if count > MAX_MODULES} == LARGE_FOLDERS.keys()
