"""Measure whole activities: the results, their origin, and the effect of damaged recordings."""

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
NO_THRESHOLDS = Thresholds()


def measure_run(t, d, thresholds=RUNNER, pauses=(), sport="run", totals=None, **columns):
    options = {
        name: columns.pop(name) for name in ("altitude_source", "is_race", "mass_kg") if name in columns
    }
    totals = totals or build_test_totals(float(t[-1] - t[0]))
    return measure(
        build_test_samples(t, distance_m=d, **columns), pauses, totals, sport, thresholds, None, **options
    )


def measure_hour(speed=3.0, **columns):
    return measure_run(*build_steady_stream(speed, 3600), **columns)


def test_a_steady_hour_has_its_time_distance_zones_and_load():
    measured = measure_hour()
    assert measured.moving_s == 3600
    assert measured.distance_m == pytest.approx(10_800)
    assert measured.zone_s == (3600, 0, 0, 0, 0)
    assert measured.graded_speed_mps == pytest.approx(3.0)
    assert measured.load.value == pytest.approx(56.25)
    assert (measured.load.method, measured.load.quality) == ("pace_stream", "B")
    assert measured.load.intensity == pytest.approx(0.75)
    assert measured.warnings == ()


def test_zones_without_a_threshold_are_none():
    measured = measure_hour(thresholds=NO_THRESHOLDS)
    assert measured.zone_s is None
    assert measured.load.method == "duration"
    assert measured.load.value == pytest.approx(60.0)


def test_a_run_with_altitudes_has_a_graded_load():
    t, d = build_steady_stream(3.0, 3600)
    climbing = measure_run(t, d, altitude_m=100 + 0.05 * np.asarray(d), altitude_source="barometric")
    assert (climbing.load.method, climbing.load.quality) == ("pace_grade_stream", "A")
    assert climbing.graded_speed_mps == pytest.approx(3.0 * 1.3014, abs=0.001)
    assert climbing.elevation_gain_m == pytest.approx(540)
    assert climbing.elevation_loss_m == 0


def test_noisy_altitudes_are_not_used():
    t, d = build_steady_stream(3.0, 3600)
    noise = 100 + np.random.default_rng(1).normal(0, 20, len(t))
    measured = measure_run(t, d, altitude_m=noise)
    assert measured.warnings == ("altitude_unreliable",)
    assert measured.load.method == "pace_stream"
    assert measured.elevation_gain_m is None


def test_the_elevation_gain_of_the_device_is_used():
    t, d = build_steady_stream(3.0, 3600)
    totals = build_test_totals(3600, elevation_gain_m=512.0)
    measured = measure_run(
        t, d, totals=totals, altitude_m=100 + 0.05 * np.asarray(d), altitude_source="barometric"
    )
    assert (measured.elevation_gain_m, measured.elevation_loss_m) == (512.0, 0.0)


def test_a_paused_minute_changes_neither_load_nor_zones():
    unpaused = measure_run(*build_steady_stream(3.0, 1200))
    stream = join_streams(build_steady_stream(3.0, 600), build_steady_stream(3.0, 600, 1, 660, 1800.0))
    paused = measure_run(*stream, pauses=(Pause(600, 660),))
    assert paused.load == unpaused.load
    assert paused.zone_s == unpaused.zone_s
    assert paused.class_s == (1200, 0, 60, 0, 0)


def test_standing_counts_for_the_heart_rate_load_but_not_as_moving_time():
    t, d = join_streams(build_steady_stream(3.0, 900), build_steady_stream(0.0, 899, 1, 901, 2700.0))
    measured = measure_run(
        t, d, thresholds=Thresholds(lthr_bpm=170, hr_rest_bpm=50), heart_rate_bpm=[140.0] * 1801
    )
    assert measured.moving_s == 900
    assert measured.load.method == "hr_stream"
    assert measured.load.duration_s == 1800
    assert measured.load.value == pytest.approx(28.125)


def test_the_heart_rate_load_is_scaled_up_for_a_gap_below_20_percent():
    pulse = np.full(3601, 140.0)
    pulse[600:1200] = np.nan
    measured = measure_hour(thresholds=Thresholds(lthr_bpm=170, hr_rest_bpm=50), heart_rate_bpm=pulse)
    assert measured.load.method == "hr_stream"
    assert measured.load.value == pytest.approx(56.25)
    assert measured.avg_hr_bpm == pytest.approx(140)


def test_heart_rate_with_less_than_80_percent_coverage_is_not_used():
    pulse = np.full(3601, 140.0)
    pulse[600:1500] = np.nan
    measured = measure_hour(thresholds=Thresholds(lthr_bpm=170, hr_rest_bpm=50), heart_rate_bpm=pulse)
    assert measured.load.method == "duration"
    assert measured.avg_hr_bpm is None
    assert measured.hr_zone_s is None


def test_heart_rate_zones_sum_to_the_timer_time():
    measured = measure_hour(heart_rate_bpm=[150.0] * 1800 + [165.0] * 1801)
    assert sum(measured.hr_zone_s) == pytest.approx(3600)
    assert measured.hr_zone_s[1] == pytest.approx(1799)
    assert measured.max_hr_bpm == 165


def test_a_treadmill_hour_without_distance_gets_its_load_from_heart_rate():
    measured = measure_run(list(range(3601)), [0.0] * 3601, heart_rate_bpm=[140.0] * 3601)
    assert measured.load.method == "hr_stream"
    assert measured.distance_m is None
    assert measured.moving_s == 3600
    assert measured.graded_speed_mps is None
    assert measured.zone_s is None


def test_a_steep_run_with_a_measured_lthr_gets_its_load_from_heart_rate():
    t, d = build_steady_stream(2.0, 3600)
    steep = {"altitude_m": 100 + 0.08 * np.asarray(d), "altitude_source": "barometric"}
    pulse = [150.0] * 3601
    assert measure_run(t, d, heart_rate_bpm=pulse, **steep).load.method == "hr_stream"
    without_lthr = Thresholds(threshold_mps=4.0, hr_max_bpm=190, hr_rest_bpm=50)
    measured = measure_run(t, d, thresholds=without_lthr, heart_rate_bpm=pulse, **steep)
    assert measured.load.method == "pace_grade_stream"


def test_pace_is_not_used_for_the_load_with_many_glitches():
    d = np.arange(1201) * 3.0 + 200.0 * (np.arange(1201) // 8)
    measured = measure_run(list(range(1201)), d)
    assert measured.load.method == "duration"
    assert "gps_glitch" in measured.warnings


def test_one_long_jump_is_a_glitch():
    t = list(range(1201))
    assert measure_run(t, [3.0 * s + (400 if s >= 600 else 0) for s in t]).warnings == ("gps_glitch",)


def test_a_mostly_missing_recording_gets_its_load_from_the_totals():
    t, d = join_streams(build_steady_stream(3.0, 300), build_steady_stream(3.0, 300, 1, 2000, 6000.0))
    measured = measure_run(t, d, totals=build_test_totals(2300, distance_m=6900.0))
    assert (measured.load.method, measured.load.quality) == ("pace_summary", "C")
    assert measured.moving_s == 2300
    assert measured.load.intensity == pytest.approx(0.75)
    assert "sparse_stream" in measured.warnings


def test_a_moving_time_far_from_that_of_the_device_gives_a_warning():
    measured = measure_hour(totals=build_test_totals(3600, moving_s=3000.0))
    assert measured.moving_s == 3600
    assert measured.warnings == ("moving_time_mismatch",)


@pytest.mark.parametrize(
    ("sport", "value"),
    [("run", 60.0), ("walk", 30.0), ("hike", 30.0), ("bike", 45.0), ("swim", 45.0)],
)
def test_a_summary_without_intensity_gets_its_load_from_duration(sport, value):
    load = measure_summary(build_test_totals(3600), sport, NO_THRESHOLDS).load
    assert load.value == pytest.approx(value)
    assert (load.method, load.quality) == ("duration", "E")


def test_a_workout_without_heart_rate_or_effort_has_no_load():
    load = measure_summary(build_test_totals(3600), "workout", NO_THRESHOLDS).load
    assert (load.value, load.reason) == (None, "no_hr_or_rpe")


def test_a_workout_gets_its_load_from_perceived_effort():
    measured = measure_summary(build_test_totals(3600), "workout", NO_THRESHOLDS, perceived_effort=7)
    assert (measured.load.value, measured.load.method, measured.load.quality) == (80.0, "srpe", "D")
    assert measured.session_rpe_au == 420


def test_a_perceived_effort_above_10_is_ignored():
    measured = measure_summary(build_test_totals(3600), "run", NO_THRESHOLDS, perceived_effort=11)
    assert measured.load.method == "duration"


def test_an_activity_without_duration_has_load_0_and_a_warning():
    load = measure_summary(build_test_totals(0.0), "run", RUNNER).load
    assert (load.value, load.warnings) == (0.0, ("no_duration",))


def test_a_summary_gets_its_load_from_average_pace_and_climb():
    measured = measure_summary(
        build_test_totals(3000, distance_m=10_000, elevation_gain_m=200, elevation_loss_m=200),
        "run",
        RUNNER,
    )
    assert measured.load.value == pytest.approx(60.8950, abs=0.001)
    assert (measured.load.method, measured.load.quality) == ("pace_summary", "C")
    assert measured.zone_s is None
    assert measured.vo2max.reason == "no_stream"


def test_the_load_of_other_sports_comes_from_heart_rate_first():
    totals = build_test_totals(3600, distance_m=30_000, avg_hr_bpm=140)
    load = measure_summary(totals, "bike", RUNNER).load
    assert load.method == "hr_summary"
    assert load.value == pytest.approx(56.25)


def test_a_ride_faster_than_any_runner_has_no_glitches():
    measured = measure_run(*build_steady_stream(14.0, 3600), sport="bike", thresholds=NO_THRESHOLDS)
    assert measured.moving_s == 3600
    assert measured.warnings == ()
    assert measured.best_efforts == ()


def test_a_slow_swimmer_is_moving_while_the_timer_runs():
    measured = measure_run(*build_steady_stream(0.2, 1800), sport="swim", thresholds=NO_THRESHOLDS)
    assert measured.moving_s == 1800


def test_empty_samples_are_measured_by_their_totals():
    totals = build_test_totals(3000, distance_m=10_000)
    assert measure(empty_samples(), (), totals, "run", RUNNER) == measure_summary(totals, "run", RUNNER)


def test_speed_replaces_a_missing_distance():
    t = list(range(1801))
    measured = measure(
        build_test_samples(t, speed_mps=[3.0] * 1801), (), build_test_totals(1800), "run", RUNNER
    )
    assert measured.distance_m == pytest.approx(5400)
    assert measured.load.method == "pace_stream"


def test_positions_replace_missing_distance_and_speed():
    north = 3.0 / 111_195.08
    samples = build_test_samples(
        range(1801), latitude_deg=10 + north * np.arange(1801), longitude_deg=np.full(1801, 20.0)
    )
    measured = measure(samples, (), build_test_totals(1800), "run", RUNNER)
    assert measured.distance_m == pytest.approx(5400, rel=1e-4)
    assert measured.moving_s == 1800


def test_the_calories_of_the_device_win_over_the_estimate():
    estimate = measure_hour(mass_kg=70)
    assert estimate.calories.value == pytest.approx(70 * 10800 * 3.6 / 4184)
    assert estimate.calories.quality == "estimated"
    device = measure_hour(mass_kg=70, totals=build_test_totals(3600, calories_kcal=777))
    assert (device.calories.value, device.calories.method) == (777, "device")
    assert measure_hour().calories.reason == "no_mass"


def test_vo2max_of_a_steady_run_is_the_table_value_at_its_speed():
    measured = measure_hour(speed=200 / 60, heart_rate_bpm=[150.0] * 3601)
    assert measured.vo2max.value == pytest.approx(53.0354, abs=0.001)
    assert measured.vo2max.n == 26


def test_receiver_noise_does_not_make_a_run_unsteady():
    speed = 200 / 60 + 0.4 * np.random.default_rng(7).standard_normal(3600)
    noisy = measure_run(range(3601), np.concatenate(([0.0], np.cumsum(speed))), heart_rate_bpm=[150.0] * 3601)
    assert noisy.vo2max.value == pytest.approx(53.0, abs=0.5)
    surging = 200 / 60 + 0.8 * np.sin(np.arange(3600) / 20)
    uneven = measure_run(
        range(3601), np.concatenate(([0.0], np.cumsum(surging))), heart_rate_bpm=[150.0] * 3601
    )
    assert uneven.vo2max.reason == "too_few_steady_windows"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"thresholds": Thresholds(threshold_mps=4.0), "heart_rate_bpm": [150.0] * 3601}, "no_hr_max"),
        ({"heart_rate_bpm": [100.0] * 3601}, "too_few_steady_windows"),
        ({"heart_rate_bpm": 145 + 10 * np.sin(np.arange(3601) / 10)}, "too_few_steady_windows"),
        ({}, "too_few_steady_windows"),
    ],
    ids=["unknown maximum", "too easy", "unsteady", "no heart rate"],
)
def test_vo2max_without_steady_windows_or_maximal_heart_rate_has_a_reason(changed, reason):
    assert measure_hour(**changed).vo2max.reason == reason


def test_race_vdot_uses_the_elapsed_time():
    measured = measure_run(*build_steady_stream(5000 / 1200, 1200), is_race=True)
    assert measured.race_vdot == pytest.approx(49.8062, abs=0.001)
    assert measure_run(*build_steady_stream(5000 / 1200, 1200)).race_vdot is None


def test_the_best_half_hour_is_found_only_in_a_run_of_half_an_hour():
    fast = join_streams(
        build_steady_stream(3.0, 900),
        build_steady_stream(4.2, 1799, 1, 901, 2704.2),
        build_steady_stream(3.0, 899, 1, 2701, 10263.0),
    )
    assert measure_run(*fast).best_30min_ngs_mps == pytest.approx(4.2, abs=0.02)
    assert measure_run(*build_steady_stream(3.0, 1700)).best_30min_ngs_mps is None


def test_an_implausible_load_gives_a_warning():
    day_and_night = measure_summary(build_test_totals(86_400.0 * 2), "run", NO_THRESHOLDS)
    assert day_and_night.load.value == pytest.approx(48 * 60)
    assert "implausible_load" in day_and_night.warnings


def test_a_recording_with_a_broken_clock_is_measured_by_its_totals():
    t = np.arange(0, 40_000) * 30.0
    measured = measure_run(t, t * 3.0, totals=build_test_totals(3600, distance_m=10_000))
    assert "implausible_duration" in measured.warnings
    assert measured.load.method == "pace_summary"


@pytest.mark.parametrize("invalid", [float("nan"), float("inf"), -5.0])
def test_invalid_totals_are_ignored(invalid):
    totals = build_test_totals(invalid, distance_m=invalid, avg_hr_bpm=invalid, elevation_gain_m=invalid)
    measured = measure_run(*build_steady_stream(3.0, 600), totals=totals)
    assert measured.load.value == pytest.approx(9.375)
    assert measured.distance_m == pytest.approx(1800)
