"""The last long run: how far, how fast, at which heart rate, and what the athlete usually runs."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from coaching.insights.cited_numbers import Cited
from coaching.insights.insight import Insight, InsightInputs, RunDone

SHORTEST_M = 1_000.0  # less was a test of the watch [J]
LONG_S = 90 * 60.0  # so long a run is a long run whatever else is run [J]
LONG_TIMES_USUAL, USUAL_RUNS = 1.3, 4  # else one that stands out from at least so many [J]


def last_long_run(inputs: InsightInputs) -> Insight | None:
    """None where no recent run stands out."""
    runs = [run for run in inputs.runs if run.distance_m >= SHORTEST_M and run.duration_s > 0]
    usual_m = median([run.distance_m for run in runs]) if len(runs) >= USUAL_RUNS else None
    long = [run for run in runs if _is_long(run, usual_m)]
    if not long:
        return None
    return _told(max(long, key=lambda run: (run.day, run.distance_m)), usual_m, runs, Cited(inputs.units))


def _is_long(run: RunDone, usual_m: float | None) -> bool:
    return run.duration_s >= LONG_S or (usual_m is not None and run.distance_m >= LONG_TIMES_USUAL * usual_m)


def _told(run: RunDone, usual_m: float | None, runs: Sequence[RunDone], cited: Cited) -> Insight:
    heart = f" at an average of {cited.number('avg_hr_bpm', run.avg_hr_bpm)} bpm" if run.avg_hr_bpm else ""
    text = (
        f"The last long run, on {cited.day('run_date', run.day)}, covered {cited.distance('distance', run.distance_m)}"
        f" in {cited.clock('duration', run.duration_s)}."
        f" That is {cited.pace('pace', 1000 * run.duration_s / run.distance_m)}{heart}."
    )
    if usual_m is not None:
        among = cited.number("recent_runs", len(runs))
        text += f" The typical run of the last {among} was {cited.distance('median_distance', usual_m)}."
    return Insight("last_long_run", "Last long run", text, cited.evidence)
