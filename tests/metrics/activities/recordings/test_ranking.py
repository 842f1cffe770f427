"""Which recording counts: its own sensors, then more channels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from metrics.activities.recordings.ranking import has_own_distance, list_channels, rank_recording
from metrics.recording import Samples
from metrics.science.track import haversine_course
from tests.support.recordings import build_steady_run

WATCH = build_steady_run(duration_s=600).samples
MISSING = np.full(len(WATCH), np.nan)


def build_phone_samples() -> Samples:
    """Positions with noise, and the distance counted from them."""
    noise = np.random.default_rng(1).normal(0, 1e-6, len(WATCH))
    latitude = np.round(WATCH.latitude_deg + noise, 7)
    distance_m = np.round(haversine_course(latitude, WATCH.longitude_deg), 2)
    return replace(
        WATCH, latitude_deg=latitude, distance_m=distance_m, speed_mps=MISSING, heart_rate_bpm=MISSING
    )


def test_a_distance_that_follows_the_positions_is_no_sensor():
    assert not has_own_distance(build_phone_samples())


def test_a_distance_that_differs_from_the_positions_is_a_sensor():
    phone = build_phone_samples()
    assert has_own_distance(replace(phone, distance_m=phone.distance_m * 1.03))


def test_speed_of_the_device_is_a_sensor():
    assert has_own_distance(replace(build_phone_samples(), speed_mps=WATCH.speed_mps))


def test_a_distance_without_positions_is_a_sensor_and_nothing_is_none():
    indoor = replace(build_phone_samples(), latitude_deg=MISSING, longitude_deg=MISSING)
    assert has_own_distance(indoor)
    assert not has_own_distance(replace(indoor, distance_m=MISSING))


def test_channels_are_the_columns_with_readings():
    assert list_channels(build_phone_samples()) == [
        "distance_m", "latitude_deg", "longitude_deg", "altitude_m", "cadence_spm",
    ]  # fmt: skip


HEART, POSITION = ["heart_rate_bpm"], ["latitude_deg", "longitude_deg"]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ((HEART, True, True), ([*POSITION, "altitude_m", "cadence_spm", "power_w"], True, False)),
        ((HEART, True, False), ([*POSITION, "altitude_m"], True, False)),
        (([*HEART, *POSITION], True, True), (HEART, True, True)),
        (([], True, False), ([*HEART, *POSITION], False, True)),
    ],
)
def test_sensors_rank_before_channels_and_devices_before_people(better, worse):
    first, second = (
        rank_recording(channels, is_from_device=device, has_own_distance=own)
        for channels, device, own in (better, worse)
    )
    assert first > second
