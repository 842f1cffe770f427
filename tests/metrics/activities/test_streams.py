"""Encoded streams are decoded to the same samples, rounded to the precision of devices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from metrics.activities import streams
from metrics.recording import Samples, empty_samples

RANGES = {
    "time_s": (0, 1e6), "distance_m": (0, 1e6), "latitude_deg": (-90, 90), "longitude_deg": (-180, 180),
    "altitude_m": (-500, 9000), "speed_mps": (0, 100), "heart_rate_bpm": (30, 230), "cadence_spm": (0, 300),
    "power_w": (0, 3000),
}  # fmt: skip


@st.composite
def samples(draw: st.DrawFn) -> Samples:
    length = draw(st.integers(0, 50))
    drawn = {}
    for name, (lowest, highest) in RANGES.items():
        values = draw(hnp.arrays(float, length, elements=st.floats(lowest, highest)))
        missing = draw(hnp.arrays(bool, length))
        drawn[name] = np.where(missing, np.nan, values)
    return Samples(**drawn)


@settings(max_examples=100)
@given(samples())
def test_encoded_samples_are_decoded_to_half_a_step(recorded):
    returned = streams.decode(streams.encode(recorded))
    for name, step in streams.COLUMN_STEPS.items():
        before, after = getattr(recorded, name), getattr(returned, name)
        assert np.array_equal(np.isnan(before), np.isnan(after))
        assert np.nanmax(np.abs(before - after), initial=0.0, where=~np.isnan(before)) <= step * 0.501


@settings(max_examples=50)
@given(samples())
def test_rounding_equals_encoding_and_a_second_rounding_changes_nothing(recorded):
    rounded = streams.round_samples(recorded)
    for other in (streams.decode(streams.encode(recorded)), streams.round_samples(rounded)):
        assert all(
            np.array_equal(getattr(rounded, name), getattr(other, name), equal_nan=True)
            for name in streams.COLUMN_STEPS
        )


def test_columns_that_were_not_recorded_take_no_space():
    hour = np.arange(3600.0)
    missing = np.full(3600, np.nan)
    assert len(streams.encode(Samples(hour, hour * 3, *[missing] * 7))) < 500


def test_empty_samples_stay_empty():
    assert len(streams.decode(streams.encode(empty_samples()))) == 0


@pytest.mark.parametrize(
    "damaged", [b"", b"AST1", b"these are not streams at all", streams.encode(empty_samples())[:-3]]
)
def test_bytes_that_are_not_streams_are_refused(damaged):
    with pytest.raises(streams.DamagedStreams):
        streams.decode(damaged)
