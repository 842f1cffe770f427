"""Reference cases of FORMULAS §5."""

import pytest

from metrics.science.pace import hms, mmss
from metrics.science.vdot import (
    frac_vo2max,
    race_time,
    train_pace,
    training_paces,
    v_at_vo2,
    vdot,
    vdot_current,
    vdot_raw,
    vo2_cost,
)
from metrics.science.vo2max import pct_vvo2max, vo2max_correction, vo2max_current, vo2max_hr_table, vo2max_hrr

# VDOT, 5k, 10k, half, marathon (s) as printed; T, M, I, slow E, fast E per km as computed.
BOOK = [
    (30, 1840, 3826, 8464, 17357, "6:24", "6:52", "5:54", "8:43", "7:20"),
    (40, 1448, 3003, 6659, 13785, "5:06", "5:27", "4:41", "6:59", "5:51"),
    (50, 1197, 2481, 5495, 11449, "4:15", "4:31", "3:55", "5:52", "4:54"),
    (60, 1023, 2122, 4689, 9805, "3:40", "3:52", "3:23", "5:04", "4:13"),
    (70, 895, 1860, 4101, 8590, "3:14", "3:24", "2:59", "4:29", "3:44"),
    (80, 798, 1661, 3654, 7658, "2:54", "3:02", "2:41", "4:01", "3:21"),
]
DISTANCES = (5000, 10000, 21097.5, 42195)


@pytest.mark.parametrize(
    ("distance", "seconds", "expected", "tolerance"),
    [
        (5000, 1200, 49.8062, 0.0005),
        (5000, 19 * 60 + 57, 50, 0.1),
        (10000, 2400, 51.9, 0.05),
        (10000, 3000, 40.01, 0.1),
        (21097.5, 5400, 50.9769, 0.0005),
        (42195, 3 * 3600 + 10 * 60 + 49, 50, 0.1),
        (42195, 10800, 53.5283, 0.0005),
        (5000, 12 * 60 + 53, 83, 0.05),
    ],
)
def test_vdot_of_a_race(distance, seconds, expected, tolerance):
    assert vdot(distance, seconds) == pytest.approx(expected, abs=tolerance)


def test_vdot_of_the_5k_world_record():
    assert vdot_raw(5000, 755.36) == pytest.approx(85.2537, abs=0.001)


@pytest.mark.parametrize(
    ("distance", "seconds"),
    [(1000, 180), (5000, 200), (60_000, 18_001), (5000, 680), (None, 1200), (5000, None)],
)
def test_vdot_is_none_outside_its_domain(distance, seconds):
    assert vdot(distance, seconds) is None


@pytest.mark.parametrize("row", BOOK, ids=lambda row: f"VDOT {row[0]}")
def test_vdot_of_the_printed_race_times(row):
    for distance, seconds in zip(DISTANCES, row[1:5], strict=True):
        assert vdot(distance, seconds) == pytest.approx(row[0], abs=0.1)


@pytest.mark.parametrize("row", BOOK, ids=lambda row: f"VDOT {row[0]}")
def test_race_times_equal_the_book(row):
    # The book rounds VDOT 30 more coarsely: its half is 13 s and its marathon 32 s faster than the equations.
    tolerances = (2, 3, 13.5, 32.5) if row[0] == 30 else (2, 3, 6, 11)
    for distance, seconds, tolerance in zip(DISTANCES, row[1:5], tolerances, strict=True):
        assert race_time(row[0], distance) == pytest.approx(seconds, abs=tolerance)


@pytest.mark.parametrize("row", BOOK, ids=lambda row: f"VDOT {row[0]}")
def test_training_paces(row):
    paces = training_paces(row[0])
    assert paces is not None
    computed = (paces.threshold, paces.marathon, paces.interval, paces.easy_slowest, paces.easy_fastest)
    assert tuple(mmss(p) for p in computed) == row[5:]


def test_four_hundred_metres_at_repetition_pace_of_vdot_50():
    paces = training_paces(50)
    assert paces is not None
    assert 0.4 * paces.repetition == pytest.approx(86.9, abs=0.05)


@pytest.mark.parametrize("invalid_vdot", [None, 14.9, 90.1])
def test_an_invalid_vdot_has_no_training_paces(invalid_vdot):
    assert training_paces(invalid_vdot) is None


@pytest.mark.parametrize(
    ("value", "expected", "tolerance"),
    [
        (frac_vo2max(60), 0.8880, 0.0001),
        (frac_vo2max(10.8), 1.0021, 0.0001),
        (v_at_vo2(50), 260.77, 0.01),
        (vo2_cost(200), 36.0116, 1e-4),
        (race_time(50, 42195), 11449, 11),
        (race_time(40, 10000), 3003, 3),
        (race_time(70, 21097.5), 4101, 6),
        (pct_vvo2max(0.80), 0.75, 0.0125),
        (pct_vvo2max(0.90), 0.86, 0.0125),
        (pct_vvo2max(0.95), 0.92, 0.0125),
        (vo2max_hr_table(200, 150, 190), 53.0354, 0.001),
        (vo2max_hr_table(10000 / 2481 * 60, 190, 200), 50.0, 0.5),
        (vo2max_hrr(200, 150, 50, 190), 49.0162, 0.001),
    ],
)
def test_oxygen_and_heart_rate_equations(value, expected, tolerance):
    assert value == pytest.approx(expected, abs=tolerance)


def test_equivalent_times_as_text():
    assert hms(race_time(vdot(5000, 1200), 10000)) == "0:41:28"
    assert hms(race_time(vdot(5000, 1200), 42195)) == "3:11:17"
    assert mmss(train_pace(60, 0.975)) == "3:23"


def test_a_heart_rate_outside_the_table_gives_no_vo2max():
    assert vo2max_hr_table(150, 110, 190) is None
    assert vo2max_hr_table(250, 188, 190) is None
    assert vo2max_hrr(150, 50, 50, 190) is None


def test_the_current_vdot_is_the_best_of_120_days_or_a_stale_one():
    assert vdot_current([(10, 48.0), (119, 50.0), (121, 55.0)]).value == 50.0
    old = vdot_current([(121, 55.0), (300, 56.0)])
    assert (old.value, old.warnings) == (56.0, ("stale",))
    assert vdot_current([]).reason == "no_race_effort"


def test_the_current_vo2max_is_the_median_of_28_days_or_of_56():
    recent = vo2max_current([(1, 50.0), (20, 53.0), (27, 51.0), (40, 60.0)])
    assert (recent.value, recent.method) == (51.0, "median_28d")
    wider = vo2max_current([(1, 50.0), (28, 54.0), (55, 52.0)])
    assert (wider.value, wider.method) == (52.0, "median_56d")
    assert vo2max_current([(1, 50.0), (56, 54.0), (57, 52.0)]).reason == "too_few_estimates"


def test_the_personal_correction_is_a_clamped_median_ratio():
    assert vo2max_correction([]) == 1.0
    assert vo2max_correction([(50.0, 40.0)]) == 1.15
    assert vo2max_correction([(50.0, 50.0), (51.0, 50.0), (55.0, 50.0)]) == pytest.approx(1.02)
