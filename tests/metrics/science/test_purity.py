"""The science modules import only numpy, orjson, the standard library and each other."""

import ast
import subprocess
import sys

import pytest

from tests.support.paths import ROOT

PURE_OF_COACHING = ("attention/**/*.py", "science/*.py")
CANDIDATES = [
    *sorted((ROOT / "metrics" / "science").glob("*.py")),
    ROOT / "metrics" / "recording.py",
    *(path for pattern in PURE_OF_COACHING for path in sorted((ROOT / "coaching").glob(pattern))),
]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in CANDIDATES
}
ALLOWED = sys.stdlib_module_names | {"numpy", "orjson"}


def find_imports(module: str) -> set[str]:
    tree = ast.parse(MODULES[module].read_text())
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("module", MODULES)
def test_a_pure_module_imports_only_pure_modules(module):
    for name in find_imports(module):
        pure = name in MODULES or f"{name}.__init__" in MODULES or name == "metrics.science"
        pure = pure or name.startswith("coaching.steps.")  # an import contract keeps it pure
        assert pure or name.split(".")[0] in ALLOWED, f"{module} imports {name}"


def test_the_science_runs_without_django():
    blocked = "import sys; sys.modules.update(dict.fromkeys(['django', 'rest_framework', 'redis']))"
    program = f"{blocked}; import {', '.join(module.removesuffix('.__init__') for module in MODULES)}"
    process = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
