"""manage.py ingest_health: right rows or none, each wrong one named, run again without harm."""

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

RIGHT = ["2026-06-02,,52,,,,,,", "2026-06-01,,53,40,,28800,,,"]
LONG_SLEEP = "2026-05-31,,50,,,76484,,,"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def ingest(*paths: Path, athlete: str = "ada@example.test", **options: str) -> tuple[int, str, str]:
    """Exit status, what was said, and what was complained about."""
    said, complained = StringIO(), StringIO()
    try:
        call_command(
            "ingest_health", *map(str, paths), athlete=athlete, stdout=said, stderr=complained, **options
        )
    except SystemExit as end:
        return int(end.code or 0), said.getvalue(), complained.getvalue()
    return 0, said.getvalue(), complained.getvalue()


@pytest.fixture
def wellness(tmp_path: Path):
    def write(*rows: str) -> Path:
        path = tmp_path / "wellness.csv"
        path.write_bytes(build_export(INTERVALS_ICU, rows))
        return path

    return write


def test_the_days_of_an_export_are_stored_as_of_its_service(cast: Cast, wellness):
    status, said, _ = ingest(wellness(*RIGHT, "2026-05-30,,,,,,,,"))
    assert status == 0
    assert said == "Files: 1. Days stored: 2, already stored: 0. Rows without a reading: 1. Errors: 0.\n"
    first = HealthDay.objects.get(athlete=cast.ada.athlete, date="2026-06-01", source="intervals.icu")
    assert (first.resting_hr_bpm, first.hrv_rmssd_ms, first.sleep_s) == (53.0, 40.0, 28_800.0)


def test_a_second_run_stores_nothing_and_keeps_the_version(cast: Cast, wellness):
    ingest(wellness(*RIGHT))
    status, said, _ = ingest(wellness(*RIGHT))
    assert (status, "Days stored: 0, already stored: 2." in said) == (0, True)
    assert Athlete.objects.get(pk=cast.ada.pk).data_version == 1


def test_a_wrong_row_is_named_and_nothing_is_stored(cast: Cast, wellness):
    path = wellness(*RIGHT, LONG_SLEEP)
    status, said, complained = ingest(path)
    assert status == 1
    assert complained == f"{path}: line 4: sleep_s 76484 is not between 60 and 72000 seconds.\n"
    assert "Nothing was stored" in said
    assert not HealthDay.objects.exists()


def test_skip_stores_the_right_rows_and_still_ends_with_1(cast: Cast, wellness):
    status, said, complained = ingest(wellness(*RIGHT, LONG_SLEEP, "junk,,50,,,,,,"), on_error="skip")
    assert (status, HealthDay.objects.count()) == (1, 2)
    assert [line.split(": ")[1] for line in complained.splitlines()] == ["line 4", "line 5"]
    assert "Days stored: 2," in said


def test_a_day_after_tomorrow_is_wrong(cast: Cast, wellness):
    status, _, complained = ingest(wellness("2026-06-12,,52,,,,,,", "2026-06-11,,52,,,,,,"), on_error="skip")
    assert (status, HealthDay.objects.count()) == (1, 1)
    assert "line 2: 2026-06-12 is not between 1970-01-01 and 2026-06-11." in complained


def test_one_unreadable_file_among_others_stores_nothing_of_any(cast: Cast, wellness, tmp_path: Path):
    status, _, complained = ingest(wellness(*RIGHT), tmp_path / "missing.csv", tmp_path)
    assert (status, HealthDay.objects.exists()) == (1, False)
    assert "No such file" in complained


def test_cycles_and_sleeps_fill_the_same_days(cast: Cast, tmp_path: Path):
    cycles, sleeps = tmp_path / "physiological_cycles.csv", tmp_path / "sleeps.csv"
    night = "2026-06-01 22:00:00,,UTC+01:00,"
    cycles.write_bytes(build_export(WHOOP_CYCLES, [f"{night}50,60,2026-06-02 06:00:00,450"]))
    sleeps.write_bytes(build_export(WHOOP_SLEEPS, [f"{night}2026-06-02 06:00:00,450,false"]))
    ingest(sleeps)
    ingest(cycles)
    _, said, _ = ingest(sleeps)
    stored = HealthDay.objects.get()
    assert (stored.source, str(stored.date)) == ("whoop", "2026-06-02")
    assert (stored.hrv_rmssd_ms, stored.resting_hr_bpm, stored.sleep_s) == (60.0, 50.0, 27_000.0)
    assert "already stored: 1." in said


def test_two_measurements_of_a_day_are_one_day_with_their_median(cast: Cast, tmp_path: Path):
    path = tmp_path / "measurements.csv"
    path.write_bytes(
        build_hrv4training_export(["2026-30-05"], 40.0)
        + build_hrv4training_export(["2026-30-05"], 60.0).split(b"\n")[1]
    )
    assert ingest(path)[0] == 0
    assert HealthDay.objects.get().hrv_rmssd_ms == 50.0


def test_the_source_can_be_named(cast: Cast, wellness):
    ingest(wellness(*RIGHT), source="oura")
    assert set(HealthDay.objects.values_list("source", flat=True)) == {"oura"}


@pytest.mark.parametrize("name", ["Oura", "a b", "", "x" * 33])
def test_a_source_that_is_no_word_is_refused(cast: Cast, wellness, name: str):
    with pytest.raises(CommandError):
        call_command("ingest_health", str(wellness(*RIGHT)), f"--source={name}", "--athlete=ada@example.test")


def test_nobody_of_that_address_is_said_plainly(cast: Cast, wellness):
    with pytest.raises(CommandError, match="No account has the e-mail address"):
        ingest(wellness(*RIGHT), athlete="nobody@example.test")


def test_more_days_than_fit_in_one_transaction_are_all_stored(cast: Cast, wellness):
    rows = [f"{2000 + n // 336}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02},,52,,,,,," for n in range(2_100)]
    assert ingest(wellness(*rows))[0] == 0
    assert HealthDay.objects.count() == 2_100
    assert Athlete.objects.get(pk=cast.ada.pk).data_version == 3
