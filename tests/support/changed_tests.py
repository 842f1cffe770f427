"""Arguments for `make quick`: the last failures, otherwise the tests of the changed files."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable

from tests.support.paths import ROOT

LAST_FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
APPS = ("astral", "athletes", "metrics", "coaching", "bench")
ALWAYS = "tests/house/test_rules.py"


def choose_arguments() -> list[str]:
    if LAST_FAILED.exists() and json.loads(LAST_FAILED.read_text()):
        return ["--last-failed"]
    return sorted({ALWAYS, *find_test_paths(list_changed_files())})


def list_changed_files() -> list[str]:
    """Files that differ from HEAD, and new files. If there are none, the files of the last commit."""
    changed = _git("diff", "--name-only", "HEAD") + _git("ls-files", "--others", "--exclude-standard")
    return changed or _git("diff", "--name-only", "HEAD~1")


def find_test_paths(files: Iterable[str]) -> set[str]:
    """The tests nearest to each file: the test file itself, or the tests of its folder or a parent folder."""
    return {path for name in files if (path := _find_test_path(name))}


def _find_test_path(name: str) -> str | None:
    parts = name.split("/")
    if parts[0] == "tests":
        if parts[-1].startswith("test_"):
            return name if (ROOT / name).exists() else None
        parts = parts[1:]
    elif parts[0] not in APPS:
        return None
    while len(parts) > 1:
        parts = parts[:-1]
        folder = ROOT.joinpath("tests", *parts)
        if folder.is_dir() and any(folder.glob("test_*.py")):
            return str(folder.relative_to(ROOT))
    return None


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


if __name__ == "__main__":
    print(*choose_arguments())
