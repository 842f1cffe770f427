"""Generates the clients into a throw-away folder. Their generators have pinned versions and own folders."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from astral.http.documentation import get_schema_document
from tests.support.paths import ROOT

NODE = shutil.which("node") and shutil.which("npm")
TOOLS = ROOT / ".astral" / "client-generators"
PYTHON_TOOLS = ("openapi-python-client==0.29.1", "mypy==1.18.2")
NODE_TOOLS = ("openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "typescript@5.9.3")
# Files that are no JSON: openapi-python-client has no `parsed` for them, only `content`.
FILES = {"application/zip", "application/vnd.ant.fit"}
TYPESCRIPT_OPTIONS = ("--default-non-nullable=false",)  # an input with a default may be left out
COMPILER_OPTIONS = {
    "strict": True,
    "noUncheckedIndexedAccess": True,
    "target": "es2022",
    "module": "esnext",
    "moduleResolution": "bundler",
    "lib": ["es2022", "dom"],
    "types": [],
    "skipLibCheck": True,  # of openapi-fetch itself; schema.d.ts is used by what is checked
}


def run(*command: str | Path, folder: Path | None = None, **environment: str) -> str:
    """The output. Raises AssertionError with it if the command fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def install_python_tools() -> Path:
    """The folder of their programs."""
    home = TOOLS / f"python-{'-'.join(PYTHON_TOOLS).replace('=', '')}"
    if not (home / "ready").exists():
        run(sys.executable, "-m", "uv", "venv", "--quiet", "--clear", home)
        run(
            sys.executable,
            "-m",
            "uv",
            "pip",
            "install",
            "--quiet",
            "--python",
            home / "bin/python",
            *PYTHON_TOOLS,
        )
        (home / "ready").touch()
    return home / "bin"


def install_node_tools() -> Path:
    """The folder of their modules."""
    home = TOOLS / "node"
    wanted = " ".join(NODE_TOOLS)
    if not (home / "ready").exists() or (home / "ready").read_text() != wanted:
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").write_text('{"private": true}')
        run("npm", "install", "--silent", "--no-audit", "--no-fund", *NODE_TOOLS, folder=home)
        (home / "ready").write_text(wanted)
    return home / "node_modules"


def write_schema(folder: Path) -> Path:
    path = folder / "openapi.json"
    path.write_bytes(get_schema_document().body)
    return path


def generate_python(folder: Path) -> str:
    """Write the package astral_client. Returns what the generator left out."""
    programs = install_python_tools()
    output = run(
        programs / "openapi-python-client", "generate", "--path", write_schema(folder),
        "--output-path", folder / "astral_client", "--overwrite", "--meta", "none",
        PATH=f"{programs}:{os.environ['PATH']}",
    )  # fmt: skip
    left_out = [line for line in output.splitlines() if re.search(r"WARNING|ERROR|Cannot|Unsupported", line)]
    return "\n".join(line for line in left_out if not line.startswith("WARNING parsing"))


def generate_typescript(folder: Path) -> None:
    modules = install_node_tools()
    (folder / "node_modules").symlink_to(modules)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": COMPILER_OPTIONS}))
    run(
        modules / ".bin/openapi-typescript",
        write_schema(folder),
        "-o",
        folder / "schema.d.ts",
        *TYPESCRIPT_OPTIONS,
    )


def compile_typescript(folder: Path) -> None:
    """Check all programs in the folder, and write them as JavaScript."""
    run(install_node_tools() / ".bin/tsc", "--project", folder)
