"""manage.py import: what cannot be read is named, and the others are stored. The same again goes on."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command

from metrics.activities import encoded_recordings
from metrics.files.read import read_recordings
from metrics.files.xml.writer import encode_gpx
from metrics.models import Activity, Import
from tests.metrics.files.damaged_files import build_zip
from tests.metrics.imports.import_fixtures import build_day_run
from tests.metrics.imports.import_fixtures import build_zip as make_zip
from tests.support.cast import NOON, Cast
from tests.support.recordings import MORNING, build_steady_run


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def run_import(*paths: Path, command: str = "import", **options: Any) -> tuple[int, str, list[str]]:
    """Returns (exit status, stdout, lines of stderr)."""
    output, errors = StringIO(), StringIO()
    try:
        call_command(
            command, *map(str, paths), athlete="ada@example.test", stdout=output, stderr=errors, **options
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
    status, output, errors = run_import(archive)
    assert (status, Activity.objects.filter(athlete=cast.ada.athlete).count()) == (1, 2)
    assert output.startswith("export.zip (recordings): 2 stored, 2 refused. ")
    assert output.endswith(" files a second.\n")
    named = [line.split(": ")[:2] for line in errors if line.strip()]
    assert sorted(named) == [["broken.fit", "UNREADABLE_FILE"], ["padded.gpx", "FILE_TOO_LARGE"]]


def test_many_files_are_read_by_other_processes_and_stored_in_order(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for days in range(8):
        run = build_steady_run(MORNING - timedelta(days=days), duration_s=60 + days)
        (tmp_path / f"{9 - days}.gpx").write_bytes(encode_gpx(run))
    (tmp_path / "broken.fit").write_bytes(b"no")
    names = count_files_read_here(monkeypatch)
    status, output, errors = run_import(tmp_path)
    assert (status, names) == (1, [])
    assert "8 stored, 1 refused." in output
    assert [line.split(": ")[0] for line in errors if line.strip()] == ["broken.fit"]
    stored = Activity.objects.filter(athlete=cast.ada.pk).order_by("created_at")
    assert [row.started_at for row in stored] == sorted(row.started_at for row in stored)


def test_a_stored_file_is_not_read_again(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "run.gpx").write_bytes(encode_gpx(build_steady_run(MORNING, duration_s=60)))
    names = count_files_read_here(monkeypatch)
    run_import(tmp_path)
    assert names == ["run.gpx"]
    _, output, _ = run_import(tmp_path)
    assert names == ["run.gpx"]
    assert "1 already stored." in output


def test_several_files_are_one_import_and_folders_and_archives_each_one(cast: Cast, tmp_path: Path):
    for name in ("1.fit", "2.fit", "folder/3.fit"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(build_day_run(3 * int(name[-5])))
    (tmp_path / "4.zip").write_bytes(make_zip({"4.fit": build_day_run(12)}))
    paths = [tmp_path / name for name in ("1.fit", "folder", "4.zip", "2.fit")]
    status, output, _ = run_import(*paths)
    assert (status, Activity.objects.count(), Import.objects.count()) == (0, 4, 3)
    assert [line.split(" (")[0] for line in output.splitlines()] == ["folder", "4.zip", "2 files"]
    assert not list(Path(settings.IMPORTS_DIR).iterdir())
    run_import(*paths)
    assert Activity.objects.count() == 4


def test_a_dry_run_stores_nothing(cast: Cast, tmp_path: Path):
    (tmp_path / "1.fit").write_bytes(build_day_run(3))
    status, output, _ = run_import(tmp_path, dry_run=True)
    assert (status, Activity.objects.exists()) == (0, False)
    assert "1 file would come" in output
    run_import(tmp_path)
    assert Import.objects.get().status == "done"  # the dry run went on
    assert Activity.objects.exists()


def test_the_sport_of_recordings_without_one_can_be_named(cast: Cast, tmp_path: Path):
    (tmp_path / "1.gpx").write_bytes(build_day_run(1, sport="workout"))
    run_import(tmp_path, sport="hike")
    assert Activity.objects.get().activity_type == "hike"


def test_a_broken_archive_is_named(cast: Cast, tmp_path: Path):
    (tmp_path / "1.zip").write_bytes(make_zip({"1.fit": build_day_run(3)})[:-30])
    status, _, errors = run_import(tmp_path / "1.zip")
    assert status == 1
    assert "1.zip: UNREADABLE_FILE: " in "".join(errors)


def test_the_old_name_warns_and_does_the_same(cast: Cast, tmp_path: Path):
    (tmp_path / "1.fit").write_bytes(build_day_run(3))
    status, _, errors = run_import(tmp_path, command="ingest_files")
    assert (status, Activity.objects.count()) == (0, 1)
    assert errors[0].startswith("ingest_files is called import now.")


def count_files_read_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that this process reads."""
    names: list[str] = []

    def record_read(data: bytes, filename: str, **options: bool) -> object:
        names.append(filename)
        return read_recordings(data, filename, **options)

    monkeypatch.setattr(encoded_recordings, "read_recordings", record_read)
    return names
