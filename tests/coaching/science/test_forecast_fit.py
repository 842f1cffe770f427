"""Fitting the race forecast to a table of race times.

The runners of Vickers & Vertosick 2016 are in the folder of the environment variable ASTRAL_RECORDINGS, in
`races/`. Without it, their tests are skipped.
"""

from __future__ import annotations

import io
from dataclasses import astuple
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from django.core.management import CommandError, call_command

from coaching.science import forecast_coefficients
from coaching.science.forecast_coefficients import COEFFICIENTS, RUNNERS, SHA256
from coaching.science.forecast_fit import (
    RaceTableError,
    build_examples,
    fit_forecast,
    format_coefficients,
    read_race_table,
)
from coaching.science.forecast_parameters import ForecastCoefficients
from coaching.science.forecast_validation import compute_riegel_time, score_forecasts
from coaching.science.race_forecast import TimedDistance, forecast_race
from tests.support.paths import RECORDINGS

RACES = RECORDINGS / "races" / "vickers.csv"
needs_races = pytest.mark.skipif(not RACES.exists(), reason="no table of race times available")
DISTANCES_M = (5_000, 10_000, 16_093, 21_098, 42_195)


def flatten(coefficients: ForecastCoefficients) -> npt.NDArray[np.float64]:
    return np.hstack(astuple(coefficients))


def build_table(runners: int = 250) -> bytes:
    """Runners who differ in level and endurance, each with three races; more training makes them faster."""
    random = np.random.default_rng(1)
    lines = ["runner,female,typical_miles_week," + ",".join(f"time_{metres}_s" for metres in DISTANCES_M)]
    for runner in range(runners):
        miles, endurance = random.uniform(10, 70), random.normal(0.07, 0.02)
        pace = 0.34 - 0.001 * miles + random.normal(0, 0.02)
        times = [
            metres * pace * (metres / 10_000) ** endurance * np.exp(random.normal(0, 0.02))
            for metres in DISTANCES_M
        ]
        empty = set(random.choice(len(DISTANCES_M), 2, replace=False).tolist())
        cells = ["" if place in empty else f"{time_s:.1f}" for place, time_s in enumerate(times)]
        lines.append(f"{runner},{runner % 2},{miles:.0f},{','.join(cells)}")
    return "\n".join(lines).encode()


@needs_races
def test_coefficients_in_the_source_are_those_of_the_open_table():
    table = read_race_table(RACES.read_bytes())
    assert (table.sha256, len(table.times_s)) == (SHA256, RUNNERS)
    assert flatten(fit_forecast(build_examples(table))) == pytest.approx(flatten(COEFFICIENTS), abs=2e-4)


@needs_races
def test_examples_of_the_open_table_are_forecast_as_one_by_one():
    table = read_race_table(RACES.read_bytes())
    times = table.times_s[0]
    efforts = [
        TimedDistance(metres, time_s)
        for metres, time_s in zip(table.distances_m[:4], times[:4], strict=True)
        if np.isfinite(time_s)
    ]
    forecast = forecast_race(21_098.0, efforts, float(table.weekly_m[0]), is_female=True)
    assert forecast is not None
    assert forecast.low_s < times[4] < forecast.high_s


def test_source_holds_the_stored_coefficients_and_the_hash():
    source = Path(forecast_coefficients.__file__).read_text()
    table = read_race_table(build_table(30))
    expected = format_coefficients(COEFFICIENTS, table)
    expected = expected.replace(table.sha256, SHA256).replace("RUNNERS = 30", f"RUNNERS = {RUNNERS}")
    assert source == expected


def test_fit_finds_how_pace_falls_with_distance_and_rises_with_training():
    fitted = fit_forecast(build_examples(read_race_table(build_table())))
    assert fitted.fade == pytest.approx(0.07, abs=0.01)
    assert fitted.weekly_pace < 0
    assert 0.01 < fitted.noise_sd < 0.03
    assert fitted.female_share == pytest.approx(0.5)


def test_a_few_wrong_times_hardly_change_the_fit():
    table = read_race_table(build_table())
    clean = fit_forecast(build_examples(table))
    table.times_s[:4] *= np.array([1.0, 2.0, 0.6, 1.5, 1.0])
    spoiled = fit_forecast(build_examples(table))
    assert spoiled.fade == pytest.approx(clean.fade, abs=0.005)


def test_runners_who_were_held_out_are_covered_as_often_as_said():
    for score in score_forecasts(read_race_table(build_table()), folds=3):
        assert score.coverage == pytest.approx(0.8, abs=0.08)
        assert score.mae_min < 1.02 * score.riegel_mae_min
        assert len(score.class_coverage) == (3 if score.distance_m == 42_195 else 0)


def test_the_same_table_gives_the_same_bytes():
    table = read_race_table(build_table())
    first, second = (format_coefficients(fit_forecast(build_examples(table)), table) for _ in range(2))
    assert first == second


def test_command_shows_the_scores_and_writes_the_module(tmp_path: Path):
    path, shown = tmp_path / "table.csv", io.StringIO()
    path.write_bytes(build_table(150))
    call_command("fit_forecast", path, "--output", tmp_path / "module.py", "--folds", "2", stdout=shown)
    assert "150 runners; 2-fold cross-validation" in shown.getvalue()
    assert [line.split()[0] for line in shown.getvalue().splitlines()[2:7]] == [f"{m}" for m in DISTANCES_M]
    assert b"COEFFICIENTS = ForecastCoefficients(" in (tmp_path / "module.py").read_bytes()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"a,b\n1,2\n", b"time_5000_s,female,typical_miles_week\n1200,0,30\n",
     b"time_5000_s,time_10000_s,female,typical_miles_week\n1200,fast,0,30\n", build_table(30)],
)  # fmt: skip
def test_command_refuses_what_is_no_table_of_race_times(content: bytes, tmp_path: Path):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError):
        call_command("fit_forecast", path, "--output", tmp_path / "module.py", stdout=io.StringIO())
    assert not (tmp_path / "module.py").exists()
    with pytest.raises(CommandError):
        call_command("fit_forecast", tmp_path / "none.csv", stdout=io.StringIO())


def test_table_with_too_few_times_is_refused():
    with pytest.raises(RaceTableError, match="fewer than 20 times near"):
        fit_forecast(build_examples(read_race_table(build_table(30))))


def test_riegels_time():
    assert compute_riegel_time(1_200.0, 5_000.0, 10_000.0) == pytest.approx(2_501.918, abs=0.01)
    assert compute_riegel_time(2_400.0, 10_000.0, 21_097.5) == pytest.approx(5_295.367, abs=0.01)
    assert compute_riegel_time(5_400.0, 21_097.5, 42_195.0) == pytest.approx(11_258.630, abs=0.01)
