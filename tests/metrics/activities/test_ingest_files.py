"""manage.py ingest_files: a file that cannot be read is refused by name, and the others are stored."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command

from metrics.activities import encoded_recordings
from metrics.files.read import read_recordings
from metrics.files.xml.writer import encode_gpx
from metrics.models import Activity
from tests.metrics.files.damaged_files import build_zip
from tests.support.cast import NOON, Cast
from tests.support.recordings import MORNING, build_steady_run


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def run_ingest(*paths: Path) -> tuple[int, str, list[str]]:
    """Returns (exit status, stdout, lines of stderr)."""
    output, errors = StringIO(), StringIO()
    try:
        call_command(
            "ingest_files", *map(str, paths), athlete="ada@example.test", stdout=output, stderr=errors
        )
    except SystemExit as end:
        return int(end.code or 0), output.getvalue(), errors.getvalue().splitlines()
    return 0, output.getvalue(), errors.getvalue().splitlines()


def test_one_bad_member_of_an_archive_is_refused_by_name(cast: Cast, tmp_path: Path):
    first, last = (
        encode_gpx(build_steady_run(MORNING - timedelta(days=days), duration_s=600)) for days in (2, 1)
    )
    archive = tmp_path / "export.zip"
    archive.write_bytes(
        build_zip(a__gpx=first, padded__gpx=b"<gpx>" + bytes(3_000_000), broken__fit=b"no", c__gpx=last)
    )
    status, output, errors = run_ingest(archive)
    assert (status, Activity.objects.filter(athlete=cast.ada.athlete).count()) == (1, 2)
    assert output.startswith(
        "4 files read. 2 activities stored, 0 activities already stored, 2 files refused. "
    )
    assert output.endswith(" files a second.\n")
    refused = [line for line in errors if line.strip()]
    assert [line.split(": ")[:2] for line in refused] == [
        [f"{archive}/padded.gpx", "FILE_TOO_LARGE"],
        [f"{archive}/broken.fit", "UNREADABLE_FILE"],
    ]


def test_many_files_are_read_by_other_processes_and_stored_in_order(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for days in range(8):
        run = build_steady_run(MORNING - timedelta(days=days), duration_s=60 + days)
        (tmp_path / f"{9 - days}.gpx").write_bytes(encode_gpx(run))
    (tmp_path / "broken.fit").write_bytes(b"no")
    names = count_files_read_here(monkeypatch)
    status, output, errors = run_ingest(tmp_path)
    assert (status, names) == (1, [])
    assert output.startswith("9 files read. 8 activities stored, ")
    assert [line.split(": ")[1] for line in errors if line.strip()] == ["UNREADABLE_FILE"]
    stored = Activity.objects.filter(athlete=cast.ada.pk).order_by("created_at")
    assert [row.started_at for row in stored] == sorted(row.started_at for row in stored)


def test_a_stored_file_is_not_read_again(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "run.gpx").write_bytes(encode_gpx(build_steady_run(MORNING, duration_s=60)))
    names = count_files_read_here(monkeypatch)
    run_ingest(tmp_path)
    assert names == ["run.gpx"]
    _, output, _ = run_ingest(tmp_path)
    assert names == ["run.gpx"]
    assert "0 activities stored, 1 activity already stored" in output


def count_files_read_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that this process reads."""
    names: list[str] = []

    def record_read(data: bytes, filename: str, **options: bool) -> object:
        names.append(filename)
        return read_recordings(data, filename, **options)

    monkeypatch.setattr(encoded_recordings, "read_recordings", record_read)
    return names
