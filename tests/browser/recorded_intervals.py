"""A recorded run of six repetitions on a route with bends, for the pages that show it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from metrics.activities.ingest import Upload, ingest_file
from metrics.files.xml.writer import encode_tcx
from metrics.models import Activity
from metrics.recording import Recording, Samples, Totals
from tests.metrics.science.intervals.built_sessions import build_session, repeat, run_distance
from tests.metrics.science.intervals.test_built_sessions import COOL_DOWN, WARM_UP, jog
from tests.support.cast import Cast
from tests.support.recordings import MORNING
from tests.support.routes import lay_route


def build_interval_run() -> Recording:
    built = build_session([WARM_UP, *repeat(6, run_distance(800, 4.4), jog(120)), COOL_DOWN], 11, hills=0.02)
    samples = lay_bends(built.samples)
    seconds, metres = float(samples.time_s[-1]), float(samples.distance_m[-1])
    return Recording("run", MORNING, Totals(seconds, seconds, metres), samples)


def lay_bends(samples: Samples) -> Samples:
    turned = 2 * np.pi * samples.distance_m / samples.distance_m[-1]
    east_m, north_m = 900 * np.sin(turned) + 350 * np.sin(3 * turned), 900 * (1 - np.cos(turned))
    return lay_route(replace(samples), east_m, north_m + 200 * np.sin(5 * turned))


def record_intervals(people: Cast) -> Activity:
    upload = Upload(
        encode_tcx(build_interval_run()), "intervals.tcx", None, False, MORNING + timedelta(days=9)
    )
    return ingest_file(people.ada.athlete, upload).activities[0]
