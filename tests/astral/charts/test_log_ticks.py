"""Ticks of a logarithmic time axis, and of whole numbers."""

import math

from astral.charts import COUNT, LOG_DURATION
from astral.charts.quantities import build_position_ticks


def test_a_logarithmic_time_axis_marks_usual_times():
    marks = build_position_ticks(LOG_DURATION, 0.0, math.log10(18_000), 10)
    assert [text for _, text in marks] == [
        "1 s", "5 s", "15 s", "1 min", "3 min", "10 min", "20 min", "1 h", "2 h", "5 h",
    ]  # fmt: skip
    assert [round(10**position) for position, _ in marks][:3] == [1, 5, 15]
    assert len(build_position_ticks(LOG_DURATION, 0.0, math.log10(18_000), 4)) <= 5


def test_weeks_are_marked_at_whole_numbers():
    assert [text for _, text in build_position_ticks(COUNT, 1.0, 4.0, 10)] == ["1", "2", "3", "4"]
