"""Charts of an athlete's time range, each with a table of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from astral.charts import (
    Band,
    Chart,
    ChartSide,
    ChartTable,
    Distribution,
    Series,
    build_distribution,
    draw_chart,
)
from astral.dates.local_time import format_date
from coaching.assessments.values import RaceAhead
from coaching.profile.load_forecast import LoadForecast
from coaching.profile.pages.load_charts import LoadCharts, build_load_charts, format_last_value
from coaching.profile.pages.metric_cards import VO2MAX_METHOD_LABELS
from coaching.profile.progress import (
    AverageWithBand,
    DailyValues,
    HealthProgress,
    ProgressSeries,
    TrainingProgress,
)
from metrics.formatting import format_distance, format_hours, format_number

MAX_WEEKS_BY_DAY = 5  # longer ranges have one table row per week,
MAX_WEEKS_BY_WEEK = 20  # and still longer ranges one row per four weeks of readings
LOW_CHART_HEIGHT = 120  # pixels
# The least that an axis covers: a reading is rounded, and devices err by as much [J].
MIN_SPANS = {"hrv": 10.0, "resting-hr": 8.0, "vo2max": 5.0}
ZONE_HINTS = ("easy", "steady", "threshold", "interval", "repetition")
HRV_TITLES = {"rmssd": "HRV (rMSSD)", "sdnn": "HRV (SDNN)"}


@dataclass(frozen=True, slots=True)
class ProgressCharts:
    """None if withheld. `totals` and `zones_known` are sentences, or empty."""

    load: LoadCharts | None
    totals: str
    zones: Distribution | None
    zones_known: str
    hrv: Chart | None
    resting_hr: Chart | None
    vo2max: Chart


def build_progress_charts(
    progress: ProgressSeries, forecast: LoadForecast, races: Sequence[RaceAhead], units: str
) -> ProgressCharts:
    training, health = progress.training, progress.health
    return ProgressCharts(
        build_load_charts(progress, training, forecast, races, units) if training else None,
        _describe_totals(training, units) if training else "",
        _build_zone_distribution(training) if training else None,
        _describe_zone_coverage(training) if training else "",
        _build_average_chart(
            progress, health.hrv, "hrv", HRV_TITLES.get(health.hrv_kind, "HRV"), "ms", "7-day average"
        )
        if health
        else None,
        _build_resting_hr_chart(progress, health) if health else None,
        _build_vo2max_chart(progress),
    )


def _describe_totals(training: TrainingProgress, units: str) -> str:
    far, long, load = sum(training.distance_m), sum(training.duration_s), sum(training.load)
    return (
        f"In all {format_distance(far, units)} in {format_hours(long)}, load {format_number(load)}."
        if long
        else ""
    )


def _build_zone_distribution(training: TrainingProgress) -> Distribution:
    zones = zip(ZONE_HINTS, training.zones_s, strict=True)
    parts = [
        (f"Z{number}", hint, seconds, format_hours(seconds))
        for number, (hint, seconds) in enumerate(zones, 1)
    ]
    return build_distribution(
        "Running time by pace zone", parts, empty="No run with pace zones in this time."
    )


def _describe_zone_coverage(training: TrainingProgress) -> str:
    coverage = training.zones_coverage
    return "" if not coverage else f"{format_number(100 * coverage)} % of the running time has zones."


def _build_resting_hr_chart(progress: ProgressSeries, health: HealthProgress) -> Chart:
    return _build_average_chart(
        progress, health.resting_hr, "resting-hr", "Resting heart rate", "bpm", "3-day average"
    )


def _build_average_chart(
    progress: ProgressSeries, usual: AverageWithBand, key: str, title: str, unit: str, average: str
) -> Chart:
    has_data = any(value is not None for value in usual.average)
    line, band = Series(average, progress.days, usual.average), _build_band(progress, usual)
    columns = {f"{average}, {unit}": usual.average, "Normal from": usual.low, "Normal to": usual.high}
    side = ChartSide((line,), unit=unit, band=band, min_span=MIN_SPANS[key]) if has_data else ChartSide()
    return draw_chart(
        key,
        title,
        side,
        height=LOW_CHART_HEIGHT,
        table=_build_week_table(progress, columns),
        empty="No readings in this time.",
    )


def _build_band(progress: ProgressSeries, usual: AverageWithBand) -> Band:
    """The normal range changes slowly: long ranges need one point per week, and today's."""
    every = 1 if len(progress.mondays) <= MAX_WEEKS_BY_DAY else 7
    indices = [*range(0, len(progress.days) - 1, every), len(progress.days) - 1]
    return Band(
        [progress.days[index] for index in indices],
        [usual.low[index] for index in indices],
        [usual.high[index] for index in indices],
    )


def _build_vo2max_chart(progress: ProgressSeries) -> Chart:
    word = VO2MAX_METHOD_LABELS.get(progress.vo2max_method, "")
    line = Series(f"VO₂max, {word}", progress.days, progress.vo2max)
    side = ChartSide((line,), unit="mL/kg/min", min_span=MIN_SPANS["vo2max"])
    title = f"VO₂max, {word}" if word else "VO₂max"
    return draw_chart(
        "vo2max",
        title,
        side,
        height=LOW_CHART_HEIGHT,
        table=_build_week_table(progress, {"mL/kg/min": progress.vo2max}),
        empty="No reading and no estimate in this time.",
    )


def _build_week_table(progress: ProgressSeries, columns: dict[str, DailyValues]) -> ChartTable | None:
    """The last value of each week or fourth week; None for short ranges, which have a row per day."""
    weeks = len(progress.mondays)
    if weeks <= MAX_WEEKS_BY_DAY:
        return None
    rows = (
        (
            format_date(progress.mondays[week]),
            *(format_last_value(column[7 * week : 7 * week + 7]) for column in columns.values()),
        )
        for week in reversed(range(weeks - 1, -1, -1 if weeks <= MAX_WEEKS_BY_WEEK else -4))
    )
    return ChartTable(("Week of", *columns), tuple(rows))
