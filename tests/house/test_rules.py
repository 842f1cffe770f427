"""The rules of the code that a program can check: imports, file names, lengths, the clock, settings."""

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
ENTRY_POINTS = re.compile(r"(?:athletes|metrics|coaching)\.(?:.+\.)?(?:(?:\w+_)?(?:api|pages)|admin)(?:\.|$)")
API = re.compile(r"(?:athletes|metrics|coaching)\.(?:.+\.)?(?:\w+_)?api(?:\.|$)")
# Modules that may read the clock: they receive requests, commands or jobs, and pass `now` on.
CLOCKS = re.compile(
    r"(?:athletes|metrics|coaching)\.(?:.+\.)?(?:(?:\w+_)?(?:api|pages?|tasks)|admin|management)(?:\.|$)"
    r"|metrics\.statistics\.view$|metrics\.thresholds_page$"  # views
    r"|athletes\.(?:accounts\.(?:tokens|sessions|limits\.rate_limits)|organizations\.api_keys)$"  # early
    r"|metrics\.files\.example_recordings$"  # a command
)
CLOCK = re.compile(
    r"\b(?:timezone|datetime)\.now\(|\bdate\.today\(|\butcnow\(|\blocal(?:date|time)\(|import now\b"
)
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
Function = ast.FunctionDef | ast.AsyncFunctionDef

# Functions longer than the limit, each with the reason.
LONG = {
    "metrics/files/example_recordings.py build_example_run": "one literal",
}


def get_relative_path(path: Path) -> str:
    return str(path.relative_to(ROOT))


def get_module_name(path: Path) -> str:
    return get_relative_path(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def parse_file(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def list_imports(path: Path) -> Iterator[str]:
    """Yield the full name of every module and object that a file imports."""
    parts = get_module_name(path).split(".")
    package = parts if path.name == "__init__.py" else parts[:-1]
    for node in ast.walk(parse_file(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def list_functions(path: Path) -> Iterator[Function]:
    yield from (node for node in ast.walk(parse_file(path)) if isinstance(node, Function))


def count_code_lines(lines: list[str]) -> int:
    return sum(1 for line in lines if line.strip() and not line.strip().startswith("#"))


def count_body_lines(function: Function, lines: list[str]) -> int:
    """Return the number of code lines in the body, without the docstring."""
    first = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else function.body[0]
    return count_code_lines(lines[first.lineno - 1 : function.end_lineno])


def test_only_entry_points_read_the_clock():
    readers = [
        path
        for path in SOURCES
        if not get_relative_path(path).startswith("astral/") and CLOCK.search(path.read_text())
    ]
    assert [get_relative_path(path) for path in readers if not CLOCKS.match(get_module_name(path))] == []
    assert len(readers) > 10  # the pattern still matches


def test_import_contracts_are_kept():
    contracts = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert contracts.returncode == 0, contracts.stdout
    assert "0 broken" in contracts.stdout


def test_only_urls_and_entry_points_import_entry_points():
    found = [
        f"{get_relative_path(path)} imports {name}"
        for path in SOURCES
        for name in list_imports(path)
        if ENTRY_POINTS.match(name)
        and path.name not in ("urls.py", "page_urls.py")
        and not ENTRY_POINTS.match(get_module_name(path))
    ]
    assert found == []


def test_api_modules_are_imported_only_by_their_own_app():
    found = [
        f"{get_relative_path(path)} imports {name}"
        for path in SOURCES
        for name in list_imports(path)
        if API.match(name) and get_module_name(path).partition(".")[0] != name.partition(".")[0]
    ]
    assert found == []


def test_nothing_is_imported_inside_a_function():
    found = [
        f"{get_relative_path(path)}:{node.lineno}"
        for path in [*SOURCES, *TESTS]
        for function in list_functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_there_are_no_signal_receivers():
    found = [
        f"{get_relative_path(path)}: {name}"
        for path in SOURCES
        for name in list_imports(path)
        if name.startswith(("django.dispatch", "django.db.models.signals", "django.core.signals"))
    ]
    found += [
        f"{get_relative_path(path)}:{node.lineno} connects a signal"
        for path in SOURCES
        for node in ast.walk(parse_file(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "connect"
    ]
    assert found == []


def test_file_names_are_not_generic():
    names = [get_relative_path(path) for path in SOURCES + TESTS]
    assert [name for name in names if ROLES & set(name.removesuffix(".py").split("/"))] == []


def test_every_file_has_a_docstring():
    bare = [
        get_relative_path(path)
        for path in SOURCES
        if path.read_text().strip() and not ast.get_docstring(parse_file(path))
    ]
    assert [name for name in bare if Path(name).name != "apps.py"] == []  # three lines that Django needs


def test_files_have_at_most_300_lines():
    lengths = {get_relative_path(path): count_code_lines(path.read_text().splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_have_at_most_40_lines_or_a_reason():
    lengths = {
        f"{get_relative_path(path)} {function.name}": count_body_lines(
            function, path.read_text().splitlines()
        )
        for path in SOURCES
        for function in list_functions(path)
    }
    assert {name for name, lines in lengths.items() if lines > LONGEST_FUNCTION} <= LONG.keys()
    assert LONG.keys() <= lengths.keys()


def find_environment_variables(path: Path) -> set[str]:
    """Return the names of the environment variables that a file reads."""
    return {
        str(call.args[0].value)
        for call in ast.walk(parse_file(path))
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant)
        if ast.unparse(call.func) in {*(f"env.{kind}" for kind in KINDS), "os.environ.get", "os.getenv"}
    }


KINDS = (
    "read_text",
    "read_file",
    "read_flag",
    "read_number",
    "read_list",
    "read_choice",
    "read_url",
    "read_urls",
    "read_words",
)
INTERNAL = {"ASTRAL_PARENT"}  # set by make, never by users


def read_settings_table() -> set[str]:
    readme = (ROOT / "README.md").read_text()
    rows = re.findall(r"(?m)^\| (`[A-Z_`, ]+`) \|", readme)
    return {name for row in rows for name in re.findall(r"[A-Z_]+", row)}


def test_readme_table_lists_every_setting():
    files = (ROOT / "astral/settings.py", ROOT / "astral/local/run.py")
    read = {name for path in files for name in find_environment_variables(path)}
    assert len(read) > 15
    assert read - read_settings_table() == INTERNAL


def test_every_setting_of_the_readme_table_is_read():
    everywhere = "".join(path.read_text() for path in [*SOURCES, *TESTS])
    assert [name for name in read_settings_table() if f'"{name}"' not in everywhere] == []
