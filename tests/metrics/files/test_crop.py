"""A recording that its owner cropped elsewhere is cut to the kept part. A whole one stays as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from metrics.files.crop import Interval, crop_recording
from metrics.recording import Lap, Pause
from tests.support.recordings import MORNING, build_steady_run

RUN = replace(
    build_steady_run(MORNING, duration_s=600),
    pauses=(Pause(90, 110), Pause(300, 320)),
    laps=(Lap(0, 200, distance_m=600), Lap(200, 200), Lap(400, 200)),
)


def keep(first_s: float, last_s: float) -> Interval:
    return MORNING + timedelta(seconds=first_s), MORNING + timedelta(seconds=last_s)


@pytest.mark.parametrize(("first_s", "last_s"), [(0, 600), (-5, 700), (29, 571), (900, 1_000)])
def test_a_recording_that_is_not_cropped_stays(first_s: float, last_s: float):
    assert crop_recording(RUN, keep(first_s, last_s)) is RUN


def test_start_and_end_are_cut_off():
    kept = crop_recording(RUN, keep(100, 500))
    assert kept.started_at == MORNING + timedelta(seconds=100)
    assert (kept.totals.elapsed_s, kept.totals.duration_s) == (400, 370)  # ten and twenty seconds of pauses
    assert kept.totals.distance_m == pytest.approx(1_200)
    assert (kept.samples.time_s[0], kept.samples.time_s[-1], len(kept.samples)) == (0, 400, 401)
    assert kept.samples.distance_m[0] == 0
    assert np.array_equal(kept.samples.heart_rate_bpm, RUN.samples.heart_rate_bpm[100:501])
    assert kept.pauses == (Pause(0, 10), Pause(200, 220))
    assert kept.laps == (Lap(100, 200),)
    assert kept.warnings == ("cropped",)


def test_cropping_again_changes_nothing():
    kept = crop_recording(RUN, keep(100, 500))
    assert crop_recording(kept, keep(100, 500)) is kept
