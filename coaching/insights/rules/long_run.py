"""The last long run: distance, pace, heart rate, and the athlete's usual distance."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from coaching.insights.cited_numbers import CitedNumbers
from coaching.insights.insight import Insight, InsightInputs, RecentRun

MIN_RUN_M = 1_000.0  # a shorter run is only a test of the watch [J]
LONG_RUN_S = 90 * 60.0  # a run of this time is long enough [J]
# A shorter run is long at this factor of the median distance. The median needs at least 4 runs [J].
LONG_RUN_FACTOR, MIN_USUAL_RUNS = 1.3, 4
# It is also at least this part of the longest recent one: a long run of a light week still counts [J].
SHARE_OF_LONGEST = 2 / 3
INTERVAL_SHARE = 0.15  # a run with this part of its time in zones 4 and 5 is a session of intervals [J]


def build_long_run_insight(inputs: InsightInputs) -> Insight | None:
    """The insight of the latest long run; None without one."""
    runs = [run for run in inputs.runs if run.distance_m >= MIN_RUN_M and run.duration_s > 0]
    usual_m = median([run.distance_m for run in runs]) if len(runs) >= MIN_USUAL_RUNS else None
    long = _find_long_runs(runs, usual_m)
    if not long:
        return None
    return _write_insight(
        max(long, key=lambda run: (run.day, run.distance_m)), usual_m, runs, CitedNumbers(inputs.units)
    )


def _find_long_runs(runs: Sequence[RecentRun], usual_m: float | None) -> list[RecentRun]:
    """The long runs among `runs`. Races and sessions of intervals are none, however far they went."""
    steady = [run for run in runs if not run.is_race and (run.hard_share or 0.0) < INTERVAL_SHARE]
    longest_m = max((run.distance_m for run in steady), default=0.0)
    return [
        run
        for run in steady
        if run.distance_m >= SHARE_OF_LONGEST * longest_m and _is_long_enough(run, usual_m)
    ]


def _is_long_enough(run: RecentRun, usual_m: float | None) -> bool:
    return run.duration_s >= LONG_RUN_S or (
        usual_m is not None and run.distance_m >= LONG_RUN_FACTOR * usual_m
    )


def _write_insight(
    run: RecentRun, usual_m: float | None, runs: Sequence[RecentRun], cited: CitedNumbers
) -> Insight:
    heart = f" at an average of {cited.number('avg_hr_bpm', run.avg_hr_bpm)} bpm" if run.avg_hr_bpm else ""
    text = (
        f"The last long run, on {cited.day('run_date', run.day)},"
        f" covered {cited.distance('distance', run.distance_m)} in {cited.clock('duration', run.duration_s)}."
        f" That is {cited.pace('pace', 1000 * run.duration_s / run.distance_m)}{heart}."
    )
    if usual_m is not None:
        among = cited.number("recent_runs", len(runs))
        text += f" The typical run of the last {among} was {cited.distance('median_distance', usual_m)}."
    return Insight("last_long_run", "Last long run", text, cited.evidence)
