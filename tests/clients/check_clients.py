"""Clients in Python and TypeScript, generated from the schema, type-checked and run by `make clients`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from metrics.files.xml.writer import encode_gpx
from tests.clients.generated import (
    FILES,
    NODE,
    compile_typescript,
    generate_python,
    generate_typescript,
    install_python_tools,
    run,
)
from tests.clients.small_club import make_small_club
from tests.support.paths import ROOT
from tests.support.recordings import build_steady_run

PROGRAMS = ROOT / "tests" / "clients" / "programs"
GUIDE = ROOT / "docs" / "guides" / "developers.md"
NEEDS_NODE = pytest.mark.skipif(not NODE, reason="node and npm are not installed: no TypeScript client")


@pytest.fixture
def club(transactional_db: None) -> None:
    make_small_club(timezone.now())


def test_python_client_has_strict_types_and_plays_the_calls(
    club: None, live_server: LiveServer, tmp_path: Path
):
    left_out = generate_python(tmp_path)
    assert set(re.findall(r"content_type ([\w/.-]+)", left_out)) == FILES
    program = tmp_path / "use_client.py"
    shutil.copy(PROGRAMS / "use_client.py", program)
    programs = install_python_tools()
    run(
        programs / "mypy", "--strict", "--follow-imports", "silent", "--cache-dir", tmp_path / ".mypy",
        program, folder=tmp_path,
    )  # fmt: skip
    recording = tmp_path / "run.fit"
    recording.write_bytes(encode_gpx(build_steady_run(duration_s=1800)))
    run(programs / "python", program, live_server.url, recording, folder=tmp_path)


@NEEDS_NODE
def test_typescript_client_has_strict_types_and_plays_the_calls(
    club: None, live_server: LiveServer, tmp_path: Path
):
    generate_typescript(tmp_path)
    shutil.copy(PROGRAMS / "use_client.ts", tmp_path)
    compile_typescript(tmp_path)
    run("node", "use_client.js", live_server.url, folder=tmp_path)


@NEEDS_NODE
def test_typescript_of_the_guide_has_strict_types(tmp_path: Path):
    generate_typescript(tmp_path)
    blocks = re.findall(r"(?ms)^```ts\n(.*?)^```", GUIDE.read_text())
    assert len(blocks) >= 5
    for number, block in enumerate(blocks):
        (tmp_path / f"recipe_{number}.ts").write_text(block)
    compile_typescript(tmp_path)
