"""manage.py ingest_health: invalid rows are named, and a second run stores nothing twice."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from athletes.models import Athlete
from metrics.models import HealthDay
from tests.metrics.health.imports.example_exports import (
    INTERVALS_ICU,
    WHOOP_CYCLES,
    WHOOP_SLEEPS,
    build_export,
    build_hrv4training_export,
)
from tests.support.cast import NOON, Cast

VALID_ROWS = ["2026-06-02,,52,,,,,,", "2026-06-01,,53,40,,28800,,,"]
LONG_SLEEP = "2026-05-31,,50,,,76484,,,"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def run_ingest(*paths: Path, athlete: str = "ada@example.test", **options: str) -> tuple[int, str, str]:
    """Returns (exit status, stdout, stderr)."""
    output, errors = StringIO(), StringIO()
    try:
        call_command(
            "ingest_health", *map(str, paths), athlete=athlete, stdout=output, stderr=errors, **options
        )
    except SystemExit as end:
        return int(end.code or 0), output.getvalue(), errors.getvalue()
    return 0, output.getvalue(), errors.getvalue()


@pytest.fixture
def write_wellness(tmp_path: Path):
    def write(*rows: str) -> Path:
        path = tmp_path / "wellness.csv"
        path.write_bytes(build_export(INTERVALS_ICU, rows))
        return path

    return write


def test_the_days_of_an_export_are_stored_with_its_service_as_source(cast: Cast, write_wellness):
    status, output, _ = run_ingest(write_wellness(*VALID_ROWS, "2026-05-30,,,,,,,,"))
    assert status == 0
    assert output == "Files: 1. Days stored: 2, already stored: 0. Rows without a reading: 1. Errors: 0.\n"
    first = HealthDay.objects.get(athlete=cast.ada.athlete, date="2026-06-01", source="intervals.icu")
    assert (first.resting_hr_bpm, first.hrv_rmssd_ms, first.sleep_s) == (53.0, 40.0, 28_800.0)


def test_a_second_run_stores_nothing_and_does_not_raise_the_version(cast: Cast, write_wellness):
    run_ingest(write_wellness(*VALID_ROWS))
    status, output, _ = run_ingest(write_wellness(*VALID_ROWS))
    assert (status, "Days stored: 0, already stored: 2." in output) == (0, True)
    assert Athlete.objects.get(pk=cast.ada.pk).data_version == 1


def test_an_invalid_row_is_named_and_nothing_is_stored(cast: Cast, write_wellness):
    path = write_wellness(*VALID_ROWS, LONG_SLEEP)
    status, output, errors = run_ingest(path)
    assert status == 1
    assert errors == f"{path}: line 4: sleep_s 76484 is not between 60 and 72000 seconds.\n"
    assert "Nothing was stored" in output
    assert not HealthDay.objects.exists()


def test_skip_stores_valid_rows_and_exits_with_1(cast: Cast, write_wellness):
    status, output, errors = run_ingest(
        write_wellness(*VALID_ROWS, LONG_SLEEP, "junk,,50,,,,,,"), on_error="skip"
    )
    assert (status, HealthDay.objects.count()) == (1, 2)
    assert [line.split(": ")[1] for line in errors.splitlines()] == ["line 4", "line 5"]
    assert "Days stored: 2," in output


def test_a_day_after_tomorrow_is_invalid(cast: Cast, write_wellness):
    status, _, errors = run_ingest(
        write_wellness("2026-06-12,,52,,,,,,", "2026-06-11,,52,,,,,,"), on_error="skip"
    )
    assert (status, HealthDay.objects.count()) == (1, 1)
    assert "line 2: 2026-06-12 is not between 1970-01-01 and 2026-06-11." in errors


def test_one_unreadable_file_stores_nothing_of_any_file(cast: Cast, write_wellness, tmp_path: Path):
    status, _, errors = run_ingest(write_wellness(*VALID_ROWS), tmp_path / "missing.csv", tmp_path)
    assert (status, HealthDay.objects.exists()) == (1, False)
    assert "No such file" in errors


def test_whoop_cycles_and_sleeps_fill_the_same_days(cast: Cast, tmp_path: Path):
    cycles, sleeps = tmp_path / "physiological_cycles.csv", tmp_path / "sleeps.csv"
    night = "2026-06-01 22:00:00,,UTC+01:00,"
    cycles.write_bytes(build_export(WHOOP_CYCLES, [f"{night}50,60,2026-06-02 06:00:00,450"]))
    sleeps.write_bytes(build_export(WHOOP_SLEEPS, [f"{night}2026-06-02 06:00:00,450,false"]))
    run_ingest(sleeps)
    run_ingest(cycles)
    _, output, _ = run_ingest(sleeps)
    stored = HealthDay.objects.get()
    assert (stored.source, str(stored.date)) == ("whoop", "2026-06-02")
    assert (stored.hrv_rmssd_ms, stored.resting_hr_bpm, stored.sleep_s) == (60.0, 50.0, 27_000.0)
    assert "already stored: 1." in output


def test_two_measurements_of_a_day_are_stored_as_their_median(cast: Cast, tmp_path: Path):
    path = tmp_path / "measurements.csv"
    path.write_bytes(
        build_hrv4training_export(["2026-30-05"], 40.0)
        + build_hrv4training_export(["2026-30-05"], 60.0).split(b"\n")[1]
    )
    assert run_ingest(path)[0] == 0
    assert HealthDay.objects.get().hrv_rmssd_ms == 50.0


def test_the_option_source_replaces_the_service(cast: Cast, write_wellness):
    run_ingest(write_wellness(*VALID_ROWS), source="oura")
    assert set(HealthDay.objects.values_list("source", flat=True)) == {"oura"}


@pytest.mark.parametrize("name", ["Oura", "a b", "", "x" * 33])
def test_an_invalid_source_is_refused(cast: Cast, write_wellness, name: str):
    with pytest.raises(CommandError):
        call_command(
            "ingest_health",
            str(write_wellness(*VALID_ROWS)),
            f"--source={name}",
            "--athlete=ada@example.test",
        )


def test_an_unknown_e_mail_address_is_an_error(cast: Cast, write_wellness):
    with pytest.raises(CommandError, match="No account has the e-mail address"):
        run_ingest(write_wellness(*VALID_ROWS), athlete="nobody@example.test")


def test_all_days_of_several_batches_are_stored(cast: Cast, write_wellness):
    rows = [f"{2000 + n // 336}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02},,52,,,,,," for n in range(2_100)]
    assert run_ingest(write_wellness(*rows))[0] == 0
    assert HealthDay.objects.count() == 2_100
    assert Athlete.objects.get(pk=cast.ada.pk).data_version == 3
