"""Charts as pure geometry: values in, a frozen value out that `templates/charts/*.html` draws as SVG. Knows no Django.

Nothing is styled inline and no script is needed. Drawings stretch with the page while their text keeps its size:
across, everything stands in parts of the width (`x="12.5%"`), down in pixels. Every drawing has its numbers as a table.

    chart = draw("hrv", "HRV", Side((Series("HRV", days, averages),), unit="ms", band=Band(days, lows, highs)))
    {% include "charts/chart.html" with chart=chart %}

`draw_chart` (lines, bars, a normal band, two axes), `build_distribution` (shares, as zones), `build_sparkline` (for a table cell) and
`build_calendar_strip` (planned against done) are all there is; pages link `astral/charts.css`.
"""

from astral.charts.calendar_strip import CalendarDay, CalendarMark, CalendarStrip, build_calendar_strip
from astral.charts.drawing import Chart, draw_chart
from astral.charts.quantities import DAYS, DURATION, NUMBER, PACE, Quantity
from astral.charts.series import Band, Bars, ChartSide, Series
from astral.charts.shares import Distribution, Share, build_distribution
from astral.charts.sparkline import Sparkline, build_sparkline
from astral.charts.tables import ChartTable

__all__ = [
    "DAYS",
    "DURATION",
    "NUMBER",
    "PACE",
    "Band",
    "Bars",
    "CalendarStrip",
    "Chart",
    "CalendarDay",
    "Distribution",
    "CalendarMark",
    "Quantity",
    "Series",
    "Share",
    "ChartSide",
    "Sparkline",
    "ChartTable",
    "build_calendar_strip",
    "build_distribution",
    "draw_chart",
    "build_sparkline",
]
