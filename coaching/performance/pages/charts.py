"""Charts of the performance page, in the viewer's units."""

from __future__ import annotations

import math
from collections.abc import Sequence

from astral.charts import (
    LOG_DURATION,
    NUMBER,
    PACE,
    Chart,
    ChartSide,
    ChartTable,
    Distribution,
    Series,
    build_distribution,
    draw_chart,
)
from astral.dates.local_time import format_date
from coaching.performance.performance import IntensityDistribution, SpanCurve
from metrics.formatting import convert_pace, format_hours, get_distance_unit
from metrics.performance.curves import BestSpeed
from metrics.performance.long_runs import LongRuns
from metrics.science.pace import average_pace
from metrics.science.zones import intensity_shares

CURVE_HEIGHT, LOW_HEIGHT = 240, 130  # pixels
INTENSITY_LABELS = (("Easy", "Z1"), ("Moderate", "Z2 and Z3"), ("Hard", "Z4 and Z5"))
MIN_DECOUPLING_SPAN = 10.0  # percent


def build_curve_chart(labelled: Sequence[tuple[str, SpanCurve]], units: str) -> Chart:
    """The level curve of each span, and the graded one of the first."""
    lines = [_build_line(label, curve.level, units) for label, curve in labelled]
    first_label, first = labelled[0]
    if first.graded:
        lines.append(_build_line(f"{first_label}, graded", first.graded, units))
    return draw_chart(
        "pace-curve",
        "Best pace over each time",
        ChartSide(lines, PACE, f"min/{get_distance_unit(units)}"),
        x_quantity=LOG_DURATION,
        heading="Time",
        height=CURVE_HEIGHT,
        empty="No recorded run in these days. The curve needs runs that were recorded with their distance.",
    )


def _build_line(label: str, points: Sequence[BestSpeed], units: str) -> Series:
    paces = [convert_pace(average_pace(1.0, point.speed_mps), units) for point in points]
    return Series(label, [math.log10(point.duration_s) for point in points], paces)


def build_intensity_shares(distribution: IntensityDistribution) -> Distribution:
    zone_s = distribution.total_zone_s
    seconds = (zone_s[0], zone_s[1] + zone_s[2], zone_s[3] + zone_s[4])
    parts = [
        (label, zones, time_s, format_hours(time_s))
        for (label, zones), time_s in zip(INTENSITY_LABELS, seconds, strict=True)
    ]
    return build_distribution(
        "Running time by intensity", parts, heading="Intensity", empty="No run with pace zones in these days."
    )


def build_intensity_chart(distribution: IntensityDistribution) -> Chart:
    """Shares of the time in zones by week, in percent; a week without zones is a gap."""
    shares = [intensity_shares(zone_s) for zone_s in distribution.zone_s]
    columns = zip(*[one or (None,) * 3 for one in shares], strict=True)
    lines = [
        Series(label, distribution.mondays, [None if share is None else 100 * share for share in column])
        for (label, _), column in zip(INTENSITY_LABELS, columns, strict=False)
    ]
    has_zones = any(shares)
    return draw_chart(
        "intensity",
        "Intensity by week",
        ChartSide(lines if has_zones else (), NUMBER, "%", from_zero=True),
        heading="Week of",
        height=LOW_HEIGHT,
        empty="No run with pace zones in these days.",
        table=_build_zone_table(distribution),
    )


def _build_zone_table(distribution: IntensityDistribution) -> ChartTable:
    rows = (
        (format_date(monday), *(f"{100 * seconds / sum(zone_s):.0f} %" for seconds in zone_s))
        for monday, zone_s in zip(distribution.mondays, distribution.zone_s, strict=True)
        if sum(zone_s)
    )
    return ChartTable(("Week of", "Z1", "Z2", "Z3", "Z4", "Z5"), tuple(rows))


def build_durability_chart(found: LongRuns) -> Chart:
    """The decoupling of each long run in percent, oldest first. A day has one value: that of its last run."""
    by_day = {run.day: run.durability.decoupling for run in reversed(found.measured)}
    percents = [None if value is None else 100 * (value - 1) for value in by_day.values()]
    side = ChartSide(
        (Series("Decoupling", list(by_day), percents),) if by_day else (),
        NUMBER,
        "%",
        from_zero=True,
        min_span=MIN_DECOUPLING_SPAN,
    )
    return draw_chart(
        "durability-trend",
        "Decoupling of long runs",
        side,
        height=LOW_HEIGHT,
        empty="No long run with a value in these days.",
        table=ChartTable((), ()),
    )
