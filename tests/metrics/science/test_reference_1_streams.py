"""Reference cases of FORMULAS §1."""

import pytest

from metrics.science.streams import class_times, moving_series
from tests.metrics.science.recorded import build_steady_stream, join_streams

FIRST_RUN = build_steady_stream(3.0, 300)
RUN_AFTER_HOLE = build_steady_stream(3.0, 300, 1, 420, 900)
RUN_WITH_JUMP = (list(range(601)), [3.0 * i + (400 if i >= 300 else 0) for i in range(601)])


@pytest.mark.parametrize(
    ("stream", "seconds"),
    [
        (join_streams(FIRST_RUN, RUN_AFTER_HOLE), [600, 0, 0, 120, 0]),
        (join_streams(FIRST_RUN, build_steady_stream(3.0, 300, 1, 420, 1260)), [720, 0, 0, 0, 0]),
        (join_streams(FIRST_RUN, build_steady_stream(3.0, 300, 1, 320, 960)), [620, 0, 0, 0, 0]),
        (build_steady_stream(3.0, 600, 7), [595, 0, 0, 0, 0]),
        (RUN_WITH_JUMP, [599, 0, 0, 0, 1]),
        ((list(range(601)), [0] * 601), [0, 600, 0, 0, 0]),
    ],
    ids=["hole", "hole with distance", "bridged hole", "smart recording", "jump", "treadmill"],
)
def test_class_times(stream, seconds):
    assert class_times(*stream) == pytest.approx(seconds, abs=5e-4)


def test_the_moving_axis_has_one_value_per_whole_moving_second():
    assert len(moving_series(*build_steady_stream(3.0, 600, 7))) == 595
