"""The house rules that a program can see: who imports whom, what files are called, how long they are."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.paths import ROOT

APPS = ("astral", "athletes", "metrics", "coaching")
SOURCES = sorted(
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
ROLES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "services",
    "service",
    "common",
    "core",
    "misc",
    "managers",
    "lib",
}
DOORS = re.compile(r"(?:athletes|metrics|coaching)\.(?:.+\.)?(?:(?:\w+_)?(?:api|pages)|admin)(?:\.|$)")
API = re.compile(r"(?:athletes|metrics|coaching)\.(?:.+\.)?(?:\w+_)?api(?:\.|$)")
# Who may look at the clock: whatever a request, a command or the worker comes in through.
CLOCKS = re.compile(
    r"(?:athletes|metrics|coaching)\.(?:.+\.)?(?:(?:\w+_)?(?:api|pages?|tasks)|admin|management)(?:\.|$)"
    r"|metrics\.statistics\.view$|metrics\.thresholds_page$"  # views
    r"|athletes\.(?:accounts\.tokens|organizations\.api_keys)$"  # who signs in, and is the token still good?
    r"|metrics\.files\.example_recordings$"  # a command
)
CLOCK = re.compile(
    r"\b(?:timezone|datetime)\.now\(|\bdate\.today\(|\butcnow\(|\blocal(?:date|time)\(|import now\b"
)
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
Function = ast.FunctionDef | ast.AsyncFunctionDef

# Longer than the limit, each with the reason why it reads better in one piece.
LONG = {
    "astral/logs.py build_logging_config": "one literal, Django's LOGGING",
    "metrics/files/example_recordings.py build_example_run": "one literal",
}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def module_of(path: Path) -> str:
    return name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path) -> Iterator[str]:
    """Every module and name that a file imports, in full."""
    package = module_of(path).split(".") if path.name == "__init__.py" else module_of(path).split(".")[:-1]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def functions(path: Path) -> Iterator[Function]:
    yield from (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def code_lines(lines: list[str]) -> int:
    return sum(1 for line in lines if line.strip() and not line.strip().startswith("#"))


def length(function: Function, lines: list[str]) -> int:
    """Lines of code in its body, without the docstring."""
    first = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else function.body[0]
    return code_lines(lines[first.lineno - 1 : function.end_lineno])


def test_only_doors_look_at_the_clock():
    looking = [
        path for path in SOURCES if not name_of(path).startswith("astral/") and CLOCK.search(path.read_text())
    ]
    assert [name_of(path) for path in looking if not CLOCKS.match(module_of(path))] == []
    assert len(looking) > 10  # the pattern still finds what it is for


def test_imports_only_go_down_and_the_pure_half_knows_no_django():
    contracts = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert contracts.returncode == 0, contracts.stdout
    assert "0 broken" in contracts.stdout


def test_nothing_imports_a_door_but_the_map():
    found = [
        f"{name_of(path)} imports {name}"
        for path in SOURCES
        for name in imports(path)
        if DOORS.match(name)
        and path.name not in ("urls.py", "page_urls.py")
        and not DOORS.match(module_of(path))
    ]
    assert found == []


def test_an_api_is_imported_only_by_its_own_app():
    found = [
        f"{name_of(path)} imports {name}"
        for path in SOURCES
        for name in imports(path)
        if API.match(name) and module_of(path).partition(".")[0] != name.partition(".")[0]
    ]
    assert found == []


def test_nothing_is_imported_inside_a_function():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in [*SOURCES, *TESTS]
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_there_are_no_signal_receivers():
    found = [
        f"{name_of(path)}: {name}"
        for path in SOURCES
        for name in imports(path)
        if name.startswith(("django.dispatch", "django.db.models.signals", "django.core.signals"))
    ]
    found += [
        f"{name_of(path)}:{node.lineno} connects a signal"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "connect"
    ]
    assert found == []


def test_files_are_named_for_what_they_know():
    names = [name_of(path) for path in SOURCES + TESTS]
    assert [name for name in names if ROLES & set(name.removesuffix(".py").split("/"))] == []


def test_every_file_says_what_it_is_for():
    bare = [
        name_of(path) for path in SOURCES if path.read_text().strip() and not ast.get_docstring(tree(path))
    ]
    commands = {"apps.py"}  # three lines that Django asks for
    assert [name for name in bare if Path(name).name not in commands] == []


def test_a_file_is_at_most_300_lines_long():
    lengths = {name_of(path): code_lines(path.read_text().splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_a_function_is_at_most_40_lines_long_or_has_a_reason():
    lengths = {
        f"{name_of(path)} {function.name}": length(function, path.read_text().splitlines())
        for path in SOURCES
        for function in functions(path)
    }
    assert {name for name, lines in lengths.items() if lines > LONGEST_FUNCTION} <= LONG.keys()
    assert LONG.keys() <= lengths.keys()


def variables(path: Path) -> set[str]:
    """The environment variables that a file reads by name."""
    return {
        str(call.args[0].value)
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant)
        if ast.unparse(call.func) in {*(f"env.{kind}" for kind in KINDS), "os.environ.get", "os.getenv"}
    }


KINDS = ("read_text", "read_flag", "read_number", "read_list", "read_choice", "read_url")
INTERNAL = {"ASTRAL_PARENT"}  # make tells the house who started it; nobody sets it


def settings_table() -> set[str]:
    readme = (ROOT / "README.md").read_text()
    rows = re.findall(r"(?m)^\| (`[A-Z_`, ]+`) \|", readme)
    return {name for row in rows for name in re.findall(r"[A-Z_]+", row)}


def test_every_setting_is_in_the_table_of_the_readme():
    read = variables(ROOT / "astral/settings.py") | variables(ROOT / "astral/local/run.py")
    assert len(read) > 15
    assert read - settings_table() == INTERNAL


def test_every_setting_in_the_table_is_read_somewhere():
    everywhere = "".join(path.read_text() for path in [*SOURCES, *TESTS])
    assert [name for name in settings_table() if f'"{name}"' not in everywhere] == []
