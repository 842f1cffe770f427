"""Measuring whole activities: what is kept, where it comes from, and what a damaged recording does to it."""

import numpy as np
import pytest

from metrics.recording import Pause, empty_samples
from metrics.science.measurement import measure, measure_summary
from metrics.science.thresholds import Thresholds
from tests.metrics.science.recorded import (
    build_steady_stream,
    build_test_samples,
    build_test_totals,
    join_streams,
)

RUNNER = Thresholds(threshold_mps=4.0, lthr_bpm=170, hr_max_bpm=190, hr_rest_bpm=50)
NOBODY = Thresholds()


def run(t, d, thresholds=RUNNER, pauses=(), sport="run", totals=None, **columns):
    options = {
        name: columns.pop(name) for name in ("altitude_source", "is_race", "mass_kg") if name in columns
    }
    totals = totals or build_test_totals(float(t[-1] - t[0]))
    return measure(
        build_test_samples(t, distance_m=d, **columns), pauses, totals, sport, thresholds, None, **options
    )


def hour(speed=3.0, **columns):
    return run(*build_steady_stream(speed, 3600), **columns)


def test_a_steady_hour_has_its_time_distance_zones_and_load():
    measured = hour()
    assert measured.moving_s == 3600
    assert measured.distance_m == pytest.approx(10_800)
    assert measured.zone_s == (3600, 0, 0, 0, 0)
    assert measured.graded_speed_mps == pytest.approx(3.0)
    assert measured.load.value == pytest.approx(56.25)
    assert (measured.load.method, measured.load.quality) == ("pace_stream", "B")
    assert measured.load.intensity == pytest.approx(0.75)
    assert measured.warnings == ()


def test_zones_without_a_threshold_are_unknown_not_zero():
    measured = hour(thresholds=NOBODY)
    assert measured.zone_s is None
    assert measured.load.method == "duration"
    assert measured.load.value == pytest.approx(60.0)


def test_altitude_makes_the_load_graded():
    t, d = build_steady_stream(3.0, 3600)
    climbing = run(t, d, altitude_m=100 + 0.05 * np.asarray(d), altitude_source="barometric")
    assert (climbing.load.method, climbing.load.quality) == ("pace_grade_stream", "A")
    assert climbing.graded_speed_mps == pytest.approx(3.0 * 1.3014, abs=0.001)
    assert climbing.elevation_gain_m == pytest.approx(540)
    assert climbing.elevation_loss_m == 0


def test_noisy_altitudes_are_not_believed():
    t, d = build_steady_stream(3.0, 3600)
    noise = np.where(np.arange(len(t)) % 2, 100.0, 103.0)
    measured = run(t, d, altitude_m=noise)
    assert measured.warnings == ("altitude_unreliable",)
    assert measured.load.method == "pace_stream"
    assert measured.elevation_gain_m is None


def test_the_device_climb_goes_before_ours():
    t, d = build_steady_stream(3.0, 3600)
    totals = build_test_totals(3600, elevation_gain_m=512.0)
    measured = run(t, d, totals=totals, altitude_m=100 + 0.05 * np.asarray(d), altitude_source="barometric")
    assert (measured.elevation_gain_m, measured.elevation_loss_m) == (512.0, 0.0)


def test_a_paused_minute_changes_neither_load_nor_zones():
    whole = run(*build_steady_stream(3.0, 1200))
    stream = join_streams(build_steady_stream(3.0, 600), build_steady_stream(3.0, 600, 1, 660, 1800.0))
    paused = run(*stream, pauses=(Pause(600, 660),))
    assert paused.load == whole.load
    assert paused.zone_s == whole.zone_s
    assert paused.class_s == (1200, 0, 60, 0, 0)


def test_standing_is_no_moving_time_but_counts_for_the_heart():
    t, d = join_streams(build_steady_stream(3.0, 900), build_steady_stream(0.0, 899, 1, 901, 2700.0))
    measured = run(t, d, thresholds=Thresholds(lthr_bpm=170, hr_rest_bpm=50), heart_rate_bpm=[140.0] * 1801)
    assert measured.moving_s == 900
    assert measured.load.method == "hr_stream"
    assert measured.load.duration_s == 1800
    assert measured.load.value == pytest.approx(28.125)


def test_a_gap_in_the_heart_rate_is_scaled_up_when_four_fifths_are_covered():
    pulse = np.full(3601, 140.0)
    pulse[600:1200] = np.nan
    measured = hour(thresholds=Thresholds(lthr_bpm=170, hr_rest_bpm=50), heart_rate_bpm=pulse)
    assert measured.load.method == "hr_stream"
    assert measured.load.value == pytest.approx(56.25)
    assert measured.avg_hr_bpm == pytest.approx(140)


def test_too_little_heart_rate_is_not_used():
    pulse = np.full(3601, 140.0)
    pulse[600:1500] = np.nan
    measured = hour(thresholds=Thresholds(lthr_bpm=170, hr_rest_bpm=50), heart_rate_bpm=pulse)
    assert measured.load.method == "duration"
    assert measured.avg_hr_bpm is None
    assert measured.hr_zone_s is None


def test_heart_rate_zones_are_of_the_time_the_timer_ran():
    measured = hour(heart_rate_bpm=[150.0] * 1800 + [165.0] * 1801)
    assert sum(measured.hr_zone_s) == pytest.approx(3600)
    assert measured.hr_zone_s[1] == pytest.approx(1799)
    assert measured.max_hr_bpm == 165


def test_a_treadmill_hour_without_distance_is_rated_by_the_heart():
    measured = run(list(range(3601)), [0.0] * 3601, heart_rate_bpm=[140.0] * 3601)
    assert measured.load.method == "hr_stream"
    assert measured.distance_m is None
    assert measured.moving_s == 3600
    assert measured.graded_speed_mps is None
    assert measured.zone_s is None


def test_a_steep_run_with_a_measured_threshold_heart_rate_is_rated_by_the_heart():
    t, d = build_steady_stream(2.0, 3600)
    steep = {"altitude_m": 100 + 0.08 * np.asarray(d), "altitude_source": "barometric"}
    pulse = [150.0] * 3601
    assert run(t, d, heart_rate_bpm=pulse, **steep).load.method == "hr_stream"
    guessed = Thresholds(threshold_mps=4.0, hr_max_bpm=190, hr_rest_bpm=50)
    assert run(t, d, thresholds=guessed, heart_rate_bpm=pulse, **steep).load.method == "pace_grade_stream"


def test_many_glitches_take_pace_out_of_the_load():
    d = np.arange(1201) * 3.0 + 200.0 * (np.arange(1201) // 8)
    measured = run(list(range(1201)), d)
    assert measured.load.method == "duration"
    assert "gps_glitch" in measured.warnings


def test_one_long_jump_is_a_glitch():
    t = list(range(1201))
    assert run(t, [3.0 * s + (400 if s >= 600 else 0) for s in t]).warnings == ("gps_glitch",)


def test_a_mostly_missing_recording_is_rated_by_its_summary():
    t, d = join_streams(build_steady_stream(3.0, 300), build_steady_stream(3.0, 300, 1, 2000, 6000.0))
    measured = run(t, d, totals=build_test_totals(2300, distance_m=6900.0))
    assert (measured.load.method, measured.load.quality) == ("pace_summary", "C")
    assert measured.moving_s == 2300
    assert measured.load.intensity == pytest.approx(0.75)
    assert "sparse_stream" in measured.warnings


def test_a_moving_time_far_from_the_device_is_doubted():
    measured = hour(totals=build_test_totals(3600, moving_s=3000.0))
    assert measured.moving_s == 3600
    assert measured.warnings == ("moving_time_mismatch",)


@pytest.mark.parametrize(
    ("sport", "value"), [("run", 60.0), ("walk", 30.0), ("hike", 30.0), ("bike", 45.0), ("swim", 45.0)]
)
def test_a_summary_without_intensity_is_rated_by_its_duration(sport, value):
    load = measure_summary(build_test_totals(3600), sport, NOBODY).load
    assert load.value == pytest.approx(value)
    assert (load.method, load.quality) == ("duration", "E")


def test_a_workout_without_heart_rate_or_effort_has_no_load():
    load = measure_summary(build_test_totals(3600), "workout", NOBODY).load
    assert (load.value, load.reason) == (None, "no_hr_or_rpe")


def test_a_workout_is_rated_by_perceived_effort():
    measured = measure_summary(build_test_totals(3600), "workout", NOBODY, perceived_effort=7)
    assert (measured.load.value, measured.load.method, measured.load.quality) == (80.0, "srpe", "D")
    assert measured.session_rpe_au == 420


def test_an_effort_that_nobody_can_feel_is_ignored():
    assert (
        measure_summary(build_test_totals(3600), "run", NOBODY, perceived_effort=11).load.method == "duration"
    )


def test_no_duration_is_no_load_and_says_so():
    load = measure_summary(build_test_totals(0.0), "run", RUNNER).load
    assert (load.value, load.warnings) == (0.0, ("no_duration",))


def test_a_summary_is_rated_by_its_average_pace_and_climb():
    measured = measure_summary(
        build_test_totals(3000, distance_m=10_000, elevation_gain_m=200, elevation_loss_m=200), "run", RUNNER
    )
    assert measured.load.value == pytest.approx(60.8950, abs=0.001)
    assert (measured.load.method, measured.load.quality) == ("pace_summary", "C")
    assert measured.zone_s is None
    assert measured.vo2max.reason == "no_stream"


def test_other_sports_begin_with_the_heart():
    totals = build_test_totals(3600, distance_m=30_000, avg_hr_bpm=140)
    load = measure_summary(totals, "bike", RUNNER).load
    assert load.method == "hr_summary"
    assert load.value == pytest.approx(56.25)


def test_a_cyclist_may_go_faster_than_any_runner():
    measured = run(*build_steady_stream(14.0, 3600), sport="bike", thresholds=NOBODY)
    assert measured.moving_s == 3600
    assert measured.warnings == ()
    assert measured.best_efforts == ()


def test_a_swimmer_moves_while_the_timer_runs():
    measured = run(*build_steady_stream(0.2, 1800), sport="swim", thresholds=NOBODY)
    assert measured.moving_s == 1800


def test_empty_samples_are_measured_by_their_totals():
    totals = build_test_totals(3000, distance_m=10_000)
    assert measure(empty_samples(), (), totals, "run", RUNNER) == measure_summary(totals, "run", RUNNER)


def test_speed_stands_in_for_a_missing_distance():
    t = list(range(1801))
    measured = measure(
        build_test_samples(t, speed_mps=[3.0] * 1801), (), build_test_totals(1800), "run", RUNNER
    )
    assert measured.distance_m == pytest.approx(5400)
    assert measured.load.method == "pace_stream"


def test_positions_stand_in_for_distance_and_speed():
    north = 3.0 / 111_195.08
    samples = build_test_samples(
        range(1801), latitude_deg=10 + north * np.arange(1801), longitude_deg=np.full(1801, 20.0)
    )
    measured = measure(samples, (), build_test_totals(1800), "run", RUNNER)
    assert measured.distance_m == pytest.approx(5400, rel=1e-4)
    assert measured.moving_s == 1800


def test_the_calories_of_the_device_go_before_ours():
    ours = hour(mass_kg=70)
    assert ours.calories.value == pytest.approx(70 * 10800 * 3.6 / 4184)
    assert ours.calories.quality == "estimated"
    device = hour(mass_kg=70, totals=build_test_totals(3600, calories_kcal=777))
    assert (device.calories.value, device.calories.method) == (777, "device")
    assert hour().calories.reason == "no_mass"


def test_vo2max_of_a_steady_run_is_the_table_at_its_speed():
    measured = hour(speed=200 / 60, heart_rate_bpm=[150.0] * 3601)
    assert measured.vo2max.value == pytest.approx(53.0354, abs=0.001)
    assert measured.vo2max.n == 26


def test_the_noise_of_a_receiver_is_no_unsteadiness():
    speed = 200 / 60 + 0.4 * np.random.default_rng(7).standard_normal(3600)
    noisy = run(range(3601), np.concatenate(([0.0], np.cumsum(speed))), heart_rate_bpm=[150.0] * 3601)
    assert noisy.vo2max.value == pytest.approx(53.0, abs=0.5)
    surging = 200 / 60 + 0.8 * np.sin(np.arange(3600) / 20)
    uneven = run(range(3601), np.concatenate(([0.0], np.cumsum(surging))), heart_rate_bpm=[150.0] * 3601)
    assert uneven.vo2max.reason == "too_few_steady_windows"


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        ({"thresholds": Thresholds(threshold_mps=4.0), "heart_rate_bpm": [150.0] * 3601}, "no_hr_max"),
        ({"heart_rate_bpm": [100.0] * 3601}, "too_few_steady_windows"),
        ({"heart_rate_bpm": 145 + 10 * np.sin(np.arange(3601) / 10)}, "too_few_steady_windows"),
        ({}, "too_few_steady_windows"),
    ],
    ids=["unknown maximum", "too easy", "unsteady", "no heart rate"],
)
def test_vo2max_needs_steady_windows_and_a_maximal_heart_rate(spoilt, reason):
    assert hour(**spoilt).vo2max.reason == reason


def test_a_race_has_the_vdot_of_its_elapsed_time():
    measured = run(*build_steady_stream(5000 / 1200, 1200), is_race=True)
    assert measured.race_vdot == pytest.approx(49.8062, abs=0.001)
    assert run(*build_steady_stream(5000 / 1200, 1200)).race_vdot is None


def test_the_best_half_hour_is_found_and_needs_half_an_hour():
    fast = join_streams(
        build_steady_stream(3.0, 900),
        build_steady_stream(4.2, 1799, 1, 901, 2704.2),
        build_steady_stream(3.0, 899, 1, 2701, 10263.0),
    )
    assert run(*fast).best_30min_ngs_mps == pytest.approx(4.2, abs=0.02)
    assert run(*build_steady_stream(3.0, 1700)).best_30min_ngs_mps is None


def test_a_load_beyond_belief_is_flagged():
    day_and_night = measure_summary(build_test_totals(86_400.0 * 2), "run", NOBODY)
    assert day_and_night.load.value == pytest.approx(48 * 60)
    assert "implausible_load" in day_and_night.warnings


def test_a_broken_clock_is_measured_by_the_totals():
    t = np.arange(0, 40_000) * 30.0
    measured = run(t, t * 3.0, totals=build_test_totals(3600, distance_m=10_000))
    assert "implausible_duration" in measured.warnings
    assert measured.load.method == "pace_summary"


@pytest.mark.parametrize("nonsense", [float("nan"), float("inf"), -5.0])
def test_nonsense_totals_give_no_nonsense(nonsense):
    totals = build_test_totals(nonsense, distance_m=nonsense, avg_hr_bpm=nonsense, elevation_gain_m=nonsense)
    measured = run(*build_steady_stream(3.0, 600), totals=totals)
    assert measured.load.value == pytest.approx(9.375)
    assert measured.distance_m == pytest.approx(1800)
