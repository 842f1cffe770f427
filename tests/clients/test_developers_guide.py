"""The examples of the developers' guide and the first calls of the README work as they stand."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from metrics.files.xml.writer import encode_gpx
from tests.clients.generated import run
from tests.clients.small_club import make_small_club
from tests.support.paths import ROOT
from tests.support.recordings import build_steady_run

GUIDE = (ROOT / "docs" / "guides" / "developers.md").read_text()
README = (ROOT / "README.md").read_text()
DEMO_ADDRESS = "http://127.0.0.1:8000"
NEEDS_CURL = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")


@pytest.fixture
def club(transactional_db: None) -> None:
    make_small_club(timezone.now())


def read_blocks(text: str, language: str) -> str:
    blocks = re.findall(rf"(?ms)^```{language}\n(.*?)^```", text)
    assert blocks
    return "\n".join(blocks)


def test_every_recipe_has_each_language_it_needs():
    recipes = re.split(r"(?m)^## Recipe \d: ", GUIDE)[1:]
    assert len(recipes) == 5
    for recipe in recipes:
        assert {"python", "ts"} <= set(re.findall(r"(?m)^```(\w+)$", recipe))


@NEEDS_CURL
def test_curl_examples_of_the_guide_work(club: None, live_server: LiveServer, tmp_path: Path):
    script = read_blocks(GUIDE, "sh").replace("/tmp/", f"{tmp_path}/")
    output = run("bash", "-euo", "pipefail", "-c", script, SERVER=live_server.url)
    assert re.search(r"(?m)^304$", output)
    assert output.count('"error"') == 1  # the example of an error
    sheet = (tmp_path / "astral-activities.csv").read_text()
    assert sheet.startswith("perceived_effort,") or "activity_id" in sheet.partition("\n")[0]
    proposals = re.findall(r'"change_id":"(\w+)"', output)
    assert len(proposals) >= 2
    assert len(set(proposals)) == 1


def test_python_examples_of_the_guide_work(club: None, live_server: LiveServer):
    run(sys.executable, "-W", "error", "-c", read_blocks(GUIDE, "python"), SERVER=live_server.url)


@NEEDS_CURL
def test_first_calls_of_the_readme_work(club: None, live_server: LiveServer, tmp_path: Path):
    recording = tmp_path / "run.fit"
    recording.write_bytes(encode_gpx(build_steady_run(duration_s=1800)))
    first_calls = README.partition("## First calls")[2].partition("### Bring your history")[0]
    script = read_blocks(first_calls, "sh").replace(DEMO_ADDRESS, live_server.url)
    script = re.sub(r"(?m)^\.venv/bin/python -m metrics\.files\.example_recordings.*\n", "", script)
    script = script.replace("/tmp/", f"{tmp_path}/").replace("curl -s ", "curl -s --fail-with-body ")
    output = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=False
    )
    assert output.returncode == 0, output.stdout + output.stderr
    assert '"error"' not in output.stdout
    assert (tmp_path / "astral.zip").read_bytes().startswith(b"PK")
