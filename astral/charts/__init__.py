"""Charts without Django: functions build frozen dataclasses; `templates/charts/*.html` draws them as SVG.

There are no inline styles. A chart stretches with the page, its text does not: x is in percent of the width,
y in pixels. The numbers of every chart are in a table. Pages link `astral/charts.css`, and
`astral/charts.js` for values and zoom.

    side = ChartSide((Series("HRV", days, averages),), unit="ms", band=Band(days, lows, highs))
    chart = draw_chart("hrv", "HRV", side)
    {% include "charts/chart.html" with chart=chart %}

* `draw_chart`: lines, bars, a normal band, two axes
* `build_distribution`: shares of a whole, such as time in zones
* `build_sparkline`: a small line for a table cell
* `build_calendar_strip`: planned and done sessions by day
"""

from astral.charts.calendar_strip import CalendarDay, CalendarMark, CalendarStrip, build_calendar_strip
from astral.charts.drawing import Chart, draw_chart
from astral.charts.quantities import COUNT, DAYS, DURATION, LOG_DURATION, NUMBER, PACE, Quantity
from astral.charts.series import Band, Bars, ChartSide, Flag, Series, Shape
from astral.charts.shares import Distribution, Share, build_distribution
from astral.charts.sparkline import Sparkline, build_sparkline
from astral.charts.tables import ChartTable

__all__ = [
    "COUNT",
    "DAYS",
    "DURATION",
    "LOG_DURATION",
    "NUMBER",
    "PACE",
    "Band",
    "Bars",
    "CalendarStrip",
    "Chart",
    "CalendarDay",
    "Distribution",
    "Flag",
    "CalendarMark",
    "Quantity",
    "Series",
    "Shape",
    "Share",
    "ChartSide",
    "Sparkline",
    "ChartTable",
    "build_calendar_strip",
    "build_distribution",
    "draw_chart",
    "build_sparkline",
]
