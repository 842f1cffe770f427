"""Odd definitions in FIT files, and developer fields beside native ones."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.files.errors import FileError
from metrics.files.fit.message_writer import STRING, UINT8, UINT16, UINT32
from metrics.files.read import read_recordings
from metrics.recording import Recording, Samples
from tests.metrics.files.built_files import (
    START,
    STARTED_AT,
    build_fit,
    encode_records,
    encode_session,
    read_one,
)
from tests.metrics.files.damaged_files import build_fit_definition, build_fit_with_empty_fields

BYTES, FLOAT32 = 0x0D, 0x88
RUN = encode_records(range(START, START + 601), range(0, 1_803, 3))
Field = tuple[int, int, int]


def define_other(number: int, *fields: Field) -> bytes:
    """A definition of local type 3, and one message of letters."""
    definition = build_fit_definition(number, *fields)
    return b"\x43" + definition[1:] + b"\x03" + b"a" * sum(size for _, size, _ in fields)


def assert_is_the_run(recording: Recording) -> None:
    assert (recording.sport, recording.started_at, recording.warnings) == ("run", STARTED_AT, ())
    assert (recording.totals.duration_s, recording.totals.distance_m) == (600, 1_800)
    assert (recording.totals.avg_hr_bpm, len(recording.samples)) == (150, 601)


@pytest.mark.parametrize(
    "odd",
    [
        define_other(23, (19, 0, STRING)),
        define_other(23, (253, 4, UINT32), (19, 0, STRING), (1, 1, UINT8)),
        define_other(207, (1, 16, BYTES), (3, 1, UINT8), (4, 4, 0x06)),
        define_other(65_280, (1, 3, 0x1F), (2, 7, 0x3F)),
        define_other(23, (27, 3, STRING), (4, 3, UINT32)),
        define_other(22),
        b"\x43\x00\x02" + build_fit_definition(22, (1, 2, UINT16))[3:] + b"\x03aa",
    ],
    ids=["empty", "one empty", "no endian flag", "unknown types", "wrong size", "no fields", "architecture"],
)
def test_an_odd_definition_costs_only_its_own_bytes(odd: bytes):
    assert_is_the_run(read_one(build_fit(odd, RUN, encode_session(elapsed_s=600, metres=1_800))))


@settings(max_examples=60, deadline=None)
@given(
    number=st.sampled_from([22, 23, 49, 104, 206, 207, 225, 65_280]),
    fields=st.lists(st.tuples(st.integers(0, 252), st.integers(0, 20), st.integers(0, 255)), max_size=12),
)
def test_no_definition_of_another_message_changes_the_activity(number: int, fields: list[Field]):
    odd = define_other(number, *fields)
    session = encode_session(elapsed_s=600, metres=1_800)
    assert_is_the_run(read_one(build_fit(odd, RUN, odd, session)))


def test_records_without_the_endian_flag_are_read():
    plain = encode_session(elapsed_s=600, metres=1_800)
    flagless = RUN.replace(bytes((253, 4, UINT32)), bytes((253, 4, 0x06)), 1)
    assert flagless != RUN
    assert_is_the_run(read_one(build_fit(flagless, plain)))


def test_many_empty_fields_are_refused():
    with pytest.raises(FileError):
        read_recordings(build_fit_with_empty_fields(1_000))


def describe_field(number: int, kind: int, name: str, native: int | None, units: str = "") -> bytes:
    texts = [(3, name.encode() + b"\0")] + ([(8, units.encode() + b"\0")] if units else [])
    fields = [(0, 1, UINT8), (1, 1, UINT8), (2, 1, UINT8)]
    fields += [(field, len(text), STRING) for field, text in texts]
    values = bytes([0, number, kind]) + b"".join(text for _, text in texts)
    if native is not None:
        fields += [(14, 2, UINT16), (15, 1, UINT8)]
        values += struct.pack("<HB", 20, native)
    return build_fit_definition(206, *fields) + b"\0" + values


def read_developed(
    description: bytes, value: bytes, native: tuple[Field, ...] = (), shown: bytes = b""
) -> Samples:
    """The samples of records with one developer field, after native fields with the bytes `shown`."""
    developer = build_fit_definition(207, (3, 1, UINT8)) + b"\0\0"
    definition = bytearray(build_fit_definition(20, (253, 4, UINT32), (5, 4, UINT32), *native))
    definition[0] |= 0x20
    definition += bytes([1, 0, len(value), 0])
    records = b"".join(
        struct.pack("<BII", 0, START + second, 300 * second) + shown + value for second in range(61)
    )
    session = encode_session(elapsed_s=60, metres=180)
    return read_one(build_fit(developer, description, bytes(definition), records, session)).samples


def test_a_developer_field_never_replaces_a_native_one():
    for native in (3, None):
        samples = read_developed(
            describe_field(0, UINT8, "heart_rate", native), b"\x4d", ((3, 1, UINT8),), b"\x96"
        )
        assert set(samples.heart_rate_bpm.tolist()) == {150}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FLOAT32, struct.pack("<f", 251.5)),
        (UINT16, struct.pack("<H", 251)),
        (UINT16 & 0x1F, struct.pack("<H", 251)),
    ],
)
def test_a_developer_field_alone_is_the_native_field_that_it_names(kind: int, value: bytes):
    samples = read_developed(describe_field(0, kind, "Power", 7, "Watts"), value)
    assert samples.power_w[0] == pytest.approx(251, abs=0.5)
    assert samples.distance_m[-1] == 180


def test_developer_fields_for_cadence_and_speed_are_read_in_their_units():
    cadence = read_developed(describe_field(0, UINT8, "Cadence", 4, "SPM"), bytes([85]))
    assert set(cadence.cadence_spm.tolist()) == {170}
    speed = struct.pack("<f", 3.25)
    assert read_developed(describe_field(0, FLOAT32, "Speed", 6, "m/s"), speed).speed_mps[0] == 3.25
    assert not read_developed(describe_field(0, FLOAT32, "Speed", 6, "km/h"), speed).has("speed_mps")


def test_a_developer_field_without_a_native_number_is_not_read():
    samples = read_developed(describe_field(0, UINT16, "power", None), struct.pack("<H", 251))
    assert not samples.has("power_w")


def test_a_developer_reading_that_is_missing_in_some_records_is_missing_there_only():
    description = describe_field(0, UINT16, "Power", 7)
    values = [struct.pack("<H", 0xFFFF if row % 2 else 250) for row in range(61)]
    developer = build_fit_definition(207, (3, 1, UINT8)) + b"\0\0"
    definition = bytearray(build_fit_definition(20, (253, 4, UINT32)))
    definition[0] |= 0x20
    definition += bytes([1, 0, 2, 0])
    records = b"".join(struct.pack("<BI", 0, START + row) + value for row, value in enumerate(values))
    power_w = read_one(build_fit(developer, description, bytes(definition), records)).samples.power_w
    assert set(power_w[::2].tolist()) == {250}
    assert np.isnan(power_w[1::2]).all()


def test_missing_developer_readings_stay_missing():
    samples = read_developed(describe_field(0, UINT8, "Heart Rate", 3), b"\xff")
    assert np.isnan(samples.heart_rate_bpm).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9), st.integers(0, 255)), max_size=12))
def test_no_description_of_a_developer_field_changes_native_readings(fields: list[Field]):
    samples = read_developed(define_other(206, *fields), b"\x4d", ((3, 1, UINT8),), b"\x96")
    assert set(samples.heart_rate_bpm.tolist()) == {150}
