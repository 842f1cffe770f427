"""Which races and efforts a forecast rests on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from coaching.science.forecast_efforts import (
    ForecastBasis,
    PastRun,
    RaceEffort,
    choose_basis,
    compute_weekly_distance,
    forecast_goals,
    is_hard_effort,
)

TODAY = date(2026, 6, 10)
FIVE, TEN, HALF = 5_000.0, 10_000.0, 21_097.5


def build_effort(
    distance_m: float, time_s: float, back: int = 10, pk: int | None = 1, race: bool = True
) -> RaceEffort:
    activity_id = None if pk is None else UUID(int=pk)
    return RaceEffort(distance_m, time_s, TODAY - timedelta(days=back), activity_id, race)


def build_training(distance_m: float, time_s: float, back: int = 20, pk: int = 9) -> RaceEffort:
    return build_effort(distance_m, time_s, back, pk, race=False)


def build_runs(n: int, pace_s_per_km: float = 330.0, every_d: int = 2) -> list[PastRun]:
    return [PastRun(UUID(int=100 + place), every_d * place, TEN, 10 * pace_s_per_km) for place in range(n)]


def choose(results: Any = (), recorded: Any = (), runs: Any = (), vdot: float | None = None) -> ForecastBasis:
    return choose_basis(results, recorded, runs, vdot, None)


def test_races_count_as_they_are_fastest_first():
    ten, half = build_effort(TEN, 2_500.0, pk=1), build_effort(HALF, 5_900.0, pk=2)
    basis = choose(recorded=[half, ten])
    assert (basis.efforts, basis.method) == ((ten, half), "races")


def test_the_faster_of_two_races_over_the_same_distance_counts():
    fast, slow = build_effort(TEN, 2_400.0, pk=1), build_effort(10_080.0, 2_600.0, pk=2)
    assert choose(recorded=[slow, fast]).efforts == (fast,)


def test_a_recorded_race_counts_once_with_its_best_part():
    """The recording also contains the way to the start."""
    whole, part = build_effort(12_000.0, 3_400.0), build_effort(TEN, 2_500.0)
    assert choose(recorded=[whole, part]).efforts == (part,)


def test_an_entered_result_replaces_the_recording_of_the_same_day():
    result = build_effort(TEN, 2_490.0, pk=None)
    recording = [build_effort(10_070.0, 2_493.0, pk=4), build_effort(FIVE, 1_180.0, pk=4)]
    other_day = build_effort(HALF, 5_700.0, back=11, pk=5)
    basis = choose([result], [*recording, other_day])
    assert basis.efforts == (result._replace(activity_id=UUID(int=4)), other_day)


def test_training_counts_only_if_it_is_faster_than_the_races_forecast():
    race = build_effort(TEN, 2_500.0)
    slow, fast = build_training(FIVE, 1_260.0), build_training(FIVE, 1_150.0, pk=8)
    assert choose(recorded=[race, slow]).efforts == (race,)
    basis = choose(recorded=[race, fast])
    assert (basis.efforts, basis.method) == ((fast, race), "races_and_efforts")


def test_faster_training_over_the_distance_of_a_race_replaces_it():
    race, training = build_effort(TEN, 2_500.0), build_training(TEN, 2_400.0)
    basis = choose(recorded=[race, training])
    assert (basis.efforts, basis.method) == ((training,), "efforts")


@pytest.mark.parametrize(("time_s", "back", "distance_m"), [(1_150.0, 10, FIVE), (240.0, 20, 1_609.344)])
def test_parts_of_a_race_day_and_short_repetitions_do_not_count_as_training(
    time_s: float, back: int, distance_m: float
):
    race = build_effort(TEN, 2_500.0)
    assert choose(recorded=[race, build_training(distance_m, time_s, back)]).efforts == (race,)


def test_without_a_race_the_hardest_effort_of_training_counts():
    hard, easy = build_training(FIVE, 1_300.0), build_training(TEN, 3_200.0, pk=100)
    basis = choose(recorded=[easy, hard], runs=build_runs(30))
    assert (basis.efforts, basis.method) == ((hard,), "efforts")


def test_easy_training_is_no_basis():
    easy = build_training(FIVE, 1_600.0, pk=100)
    assert choose(recorded=[easy], runs=build_runs(30)).method == ""
    (forecast,) = forecast_goals([TEN], choose(recorded=[easy], runs=build_runs(30)))
    assert (forecast.times_s, forecast.reason) == (None, "no_race_or_hard_effort")


def test_an_effort_is_hard_from_5_percent_under_the_usual_time_of_the_other_runs():
    runs = [*build_runs(3), PastRun(UUID(int=9), 5, TEN, 2_000.0), PastRun(UUID(int=8), 90, TEN, 9_000.0)]
    assert is_hard_effort(build_training(FIVE, 0.95 * 1_650.0 - 1e-6), runs)
    assert not is_hard_effort(build_training(FIVE, 0.95 * 1_650.0 + 1), runs)
    assert is_hard_effort(build_training(FIVE, 1_650.0), [PastRun(UUID(int=9), 5, TEN, 3_300.0)])


def test_without_races_and_efforts_the_vdot_counts_as_a_race_over_ten_kilometres():
    basis = choose(vdot=50.0, runs=build_runs(42))
    (forecast,) = forecast_goals([TEN], basis)
    assert (basis.method, forecast.method, forecast.based_on) == ("vdot", "vdot", ())
    assert forecast.median_s == pytest.approx(2_481, rel=0.02)  # the book's 41:21


def test_the_vdot_does_not_count_beside_a_race():
    race = build_effort(TEN, 2_900.0)
    assert forecast_goals([TEN], choose(recorded=[race], vdot=60.0)) == forecast_goals(
        [TEN], choose(recorded=[race])
    )


def test_forecasts_have_their_basis_or_a_reason():
    race = build_effort(TEN, 2_500.0)
    inside, outside = forecast_goals([HALF, 400.0], choose(recorded=[race]))
    assert (inside.based_on, inside.method, inside.reason) == ((race,), "races", "")
    assert inside.times_s is not None
    median_s, low_s, high_s = inside.times_s
    assert low_s < median_s < high_s
    assert (outside.times_s, outside.reason) == (None, "distance_out_of_range")


@pytest.mark.parametrize(
    "impossible",
    [build_effort(TEN, 600.0), build_effort(400.0, 60.0), build_effort(TEN, 0.0), build_effort(2e5, 9e4)],
)
def test_times_faster_than_records_and_distances_outside_the_range_do_not_count(impossible: RaceEffort):
    assert choose([impossible], [impossible]).efforts == ()


def test_week_is_the_mean_of_twelve_weeks():
    assert compute_weekly_distance(build_runs(60)) == pytest.approx(42 * TEN / 12)


def test_week_is_the_mean_since_the_first_run_and_unknown_in_the_first_four_weeks():
    assert compute_weekly_distance(build_runs(14)) is None  # 27 days
    assert compute_weekly_distance(build_runs(15)) == pytest.approx(15 * TEN / 29 * 7)
    assert compute_weekly_distance([]) is None
    assert compute_weekly_distance([PastRun(UUID(int=1), 100, TEN, 3_000.0)]) is None
