"""Charts of training: fitness and fatigue, form, and load and distance by week; past and as planned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from astral.charts import Bars, Chart, ChartSide, ChartTable, Flag, Series, Shape, draw_chart
from astral.dates.local_time import format_date
from coaching.assessments.values import RaceAhead
from coaching.profile.load_forecast import LoadForecast
from coaching.profile.progress import DailyValues, ProgressSeries, TrainingProgress
from metrics.formatting import (
    NO_VALUE,
    convert_distance,
    format_distance,
    format_hours,
    format_number,
    get_distance_unit,
)

FITNESS_HEIGHT, FORM_HEIGHT, WEEKS_HEIGHT = 170, 90, 110  # pixels
MAX_DAYS_AHEAD = 112
WEEK_D = 7
SO_FAR, PLANNED = ", so far", ", planned"
NO_TABLE = ChartTable((), ())  # the table of the weeks has the numbers


@dataclass(frozen=True, slots=True)
class LoadCharts:
    """`weeks` has the numbers of all four charts. Without training only `fitness` says so."""

    fitness: Chart
    form: Chart
    load: Chart
    distance: Chart
    weeks: ChartTable


def count_days_ahead(progress: ProgressSeries) -> int:
    """How far the charts look ahead: half as far as back."""
    return min(len(progress.days) // 2, MAX_DAYS_AHEAD)


def build_load_charts(
    progress: ProgressSeries,
    training: TrainingProgress,
    forecast: LoadForecast,
    races: Sequence[RaceAhead],
    units: str,
) -> LoadCharts:
    has_data = any(training.load) or any(training.fitness)  # 0 after years without training
    lines = list(_build_averages(progress, training, forecast)) if has_data else []
    today = progress.days[-1]
    flags = [Flag(race.date, race.name) for race in races]
    near = [race.date for race in races if (race.date - today).days <= count_days_ahead(progress)]
    span = (progress.days[0], max([today, *forecast.days, *near]))
    is_form = [line.shape is Shape.COLUMNS for line in lines]
    return LoadCharts(
        draw_chart(
            "fitness",
            "Fitness and fatigue",
            ChartSide([line for line, form in zip(lines, is_form, strict=True) if not form], from_zero=True),
            span=span,
            flags=flags,
            height=FITNESS_HEIGHT,
            empty="No training in this time.",
            table=NO_TABLE,
        ),
        draw_chart(
            "form",
            "Form",
            ChartSide([line for line, form in zip(lines, is_form, strict=True) if form]),
            span=span,
            height=FORM_HEIGHT,
            table=NO_TABLE,
        ),
        _draw_weeks("load", "Load by week", progress, training.load),
        _draw_weeks(
            "distance",
            "Distance by week",
            progress,
            [convert_distance(metres, units) or 0.0 for metres in training.distance_m],
            get_distance_unit(units),
        ),
        ChartTable(
            ("Week of", "Load", "Distance", "Time", "Fitness", "Fatigue", "Form"),
            (*_build_past_rows(progress, training, units), *_build_planned_rows(today, forecast)),
        ),
    )


def _build_averages(
    progress: ProgressSeries, training: TrainingProgress, forecast: LoadForecast
) -> Iterator[Series]:
    averages: tuple[tuple[str, Shape, DailyValues, DailyValues], ...] = (
        ("Fitness", Shape.AREA, training.fitness, forecast.fitness),
        ("Fatigue", Shape.THIN_LINE, training.fatigue, forecast.fatigue),
        ("Form", Shape.COLUMNS, training.form, forecast.form),
    )
    for name, shape, past, ahead in averages:
        yield Series(name, progress.days, past, shape)
        if forecast.days:
            yield Series(f"{name}{PLANNED}", forecast.days, ahead, shape, is_forecast=True)


def _draw_weeks(
    key: str, title: str, progress: ProgressSeries, values: Sequence[float], unit: str = ""
) -> Chart:
    rounded = [round(value, 1) for value in values]
    bars = Bars(title, progress.mondays, rounded, is_last_partial=True) if any(rounded) else None
    return draw_chart(key, title, ChartSide(bars=bars, unit=unit), height=WEEKS_HEIGHT, table=NO_TABLE)


def _build_past_rows(
    progress: ProgressSeries, training: TrainingProgress, units: str
) -> Iterator[tuple[str, ...]]:
    weeks = zip(progress.mondays, training.load, training.distance_m, training.duration_s, strict=True)
    averages = (training.fitness, training.fatigue, training.form)
    for week, (monday, load, metres, seconds) in enumerate(weeks):
        yield (
            format_date(monday) + (SO_FAR if monday == progress.mondays[-1] else ""),
            format_number(load),
            format_distance(metres, units),
            format_hours(seconds),
            *(format_last_value(column[WEEK_D * week : WEEK_D * (week + 1)]) for column in averages),
        )


def _build_planned_rows(today: date, forecast: LoadForecast) -> Iterator[tuple[str, ...]]:
    """The weeks after this one, with the planned load and the values of their last day."""
    mondays = sorted({day - timedelta(days=day.weekday()) for day in forecast.days})
    for monday in mondays:
        inside = [index for index, day in enumerate(forecast.days) if 0 <= (day - monday).days < WEEK_D]
        if monday > today:
            yield (
                format_date(monday) + PLANNED,
                format_number(sum(forecast.load[index] for index in inside)),
                NO_VALUE,
                NO_VALUE,
                *(
                    format_number(column[inside[-1]], 1)
                    for column in (forecast.fitness, forecast.fatigue, forecast.form)
                ),
            )


def format_last_value(values: Sequence[float | None]) -> str:
    return format_number(next((value for value in reversed(values) if value is not None), None), 1)
