"""Charts as pure geometry: values in, a frozen value out that `templates/charts/*.html` draws as SVG. Knows no Django.

Nothing is styled inline and no script is needed. Drawings stretch with the page while their text keeps its size:
across, everything stands in parts of the width (`x="12.5%"`), down in pixels. Every drawing has its numbers as a table.

    chart = draw("hrv", "HRV", Side((Series("HRV", days, averages),), unit="ms", band=Band(days, lows, highs)))
    {% include "charts/chart.html" with chart=chart %}

`draw` (lines, bars, a normal band, two axes), `distribution` (shares, as zones), `sparkline` (for a table cell) and
`calendar_strip` (planned against done) are all there is; pages link `astral/charts.css`.
"""

from astral.charts.calendar_strip import CalendarStrip, Day, Mark, calendar_strip
from astral.charts.drawing import Chart, draw
from astral.charts.quantities import DAYS, DURATION, NUMBER, PACE, Quantity
from astral.charts.series import Band, Bars, Series, Side
from astral.charts.shares import Distribution, Share, distribution
from astral.charts.sparkline import Sparkline, sparkline
from astral.charts.tables import Table

__all__ = [
    "DAYS",
    "DURATION",
    "NUMBER",
    "PACE",
    "Band",
    "Bars",
    "CalendarStrip",
    "Chart",
    "Day",
    "Distribution",
    "Mark",
    "Quantity",
    "Series",
    "Share",
    "Side",
    "Sparkline",
    "Table",
    "calendar_strip",
    "distribution",
    "draw",
    "sparkline",
]
